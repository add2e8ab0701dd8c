import type { Clock } from './clock.ts';
import { isActive, type Job, type JobRecord } from './job.ts';
import type { Answer, JobAnswers } from './jobAnswers.ts';
import type { JobAssets, JobDetails } from './jobDetails.ts';
import { type JobQuery, matchesQuery } from './jobQuery.ts';
import type { JobStore } from './jobStore.ts';
import { jobProgress } from './progress.ts';
import { ServiceError } from './serviceError.ts';

export interface AskedJobsOptions {
  readonly answers: JobAnswers;
  readonly store: JobStore;
  /** The service no longer has a job that it was asked for by its id. */
  readonly onJobGone: (id: string) => void;
  readonly clock: Clock;
  /**
   * The service has answered for these jobs, or was told to change them; what it said is in the store.
   * @param at when it was asked, in milliseconds since the Unix epoch
   */
  readonly onAnswered: (ids: readonly string[], at: number) => void;
}

/** What people and callers ask of single jobs, and do to them, beside the polls. Everything rejects with a `ServiceError`. */
export class AskedJobs {
  readonly #options: AskedJobsOptions;

  constructor(options: AskedJobsOptions) {
    this.#options = options;
  }

  /** Asks for one job and its tasks. */
  async check(jobId: string, signal: AbortSignal): Promise<Job> {
    const { answers, onJobGone, clock } = this.#options;
    const at = clock.now();
    const [record, tasks] = await Promise.all([answers.job(jobId, signal, onJobGone), answers.tasks(jobId, signal)]);
    return this.#takeOver(record, tasks, at, signal);
  }

  /** Asks for all that the service says of one job. */
  async details(jobId: string, signal: AbortSignal): Promise<JobDetails> {
    const { answers, onJobGone, clock } = this.#options;
    const at = clock.now();
    const { began, value } = await answers.details(jobId, signal, onJobGone);
    this.#takeOver({ began, value: value.job }, { began, value: value.tasks }, at, signal);
    return value;
  }

  assets(jobId: string, signal: AbortSignal): Promise<JobAssets> {
    return this.#options.answers.client.listJobAssets(jobId, signal);
  }

  /** How many tasks the account can run at a time; `null` where the service does not say. */
  reservedUnits(signal: AbortSignal): Promise<number | null> {
    return this.#options.answers.client.countReservedUnits(signal);
  }

  /** Has a job canceled. It is Canceling in the store afterwards, or whatever the service says of it by then. */
  async cancel(jobId: string, signal: AbortSignal): Promise<void> {
    const { client } = this.#options.answers;
    await this.#change(jobId, client.cancelJob(jobId, signal), signal);
    await this.#lookAgain(jobId, { state: 'Canceling' }, signal);
  }

  async changePriority(jobId: string, priority: number, signal: AbortSignal): Promise<void> {
    const { client } = this.#options.answers;
    await this.#change(jobId, client.changePriority(jobId, priority, signal), signal);
    await this.#lookAgain(jobId, { priority }, signal);
  }

  /** Has a job deleted. It is in the store no longer, and no answer from before brings it back. */
  async delete(jobId: string, signal: AbortSignal): Promise<void> {
    const { answers, onAnswered, clock } = this.#options;
    await this.#change(jobId, answers.client.deleteJob(jobId, signal), signal);
    const { began } = await answers.ask(async () => undefined);
    answers.remove([jobId], began, signal);
    onAnswered([jobId], clock.now());
  }

  /** Lists up to `top` jobs, in the service's order, with what is known of their tasks. */
  async list(query: JobQuery, top: number, signal: AbortSignal): Promise<readonly Job[]> {
    const { answers } = this.#options;
    const found: Answer<JobRecord>[] = [];
    const seen = new Set<string>();
    let from: string | null = null;
    do {
      const { rows, next } = await answers.list(query, from, top - found.length, signal);
      const news = rows.filter(({ value }) => !seen.has(value.id));
      for (const { value } of news) {
        seen.add(value.id);
      }
      found.push(...news.filter(({ value }) => matchesQuery(value, query)));
      // A service that answers with the same page again has no other.
      from = news.length === 0 ? null : next;
    } while (from !== null && found.length < top);
    // Jobs that are on show become fresher; others do not appear in the panel because somebody asked for them.
    const shown = found.filter(({ value }) => this.#known(value.id) !== undefined);
    answers.apply(shown, new Map(), signal);
    const active = found.filter(({ value }) => isActive(value)).map(({ value }) => value.id);
    const tasks = await answers.collectTasks(active, signal);
    answers.apply([], tasks, signal);
    return found.map(
      ({ value }) => this.#known(value.id) ?? unlistedJob(answers.account, value, tasks.get(value.id)?.value ?? null),
    );
  }

  /** Where the service refuses a change, the job is not what it was taken for: one look says what it is. */
  async #change(jobId: string, change: Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await change;
    } catch (error) {
      if (ServiceError.is(error) && (error.kind === 'conflict' || error.kind === 'notFound')) {
        await this.check(jobId, signal).catch(() => undefined);
      }
      throw error;
    }
  }

  /** What the service says after a change; where it does not answer, what the change means by itself. */
  async #lookAgain(jobId: string, change: Partial<JobRecord>, signal: AbortSignal): Promise<void> {
    const { answers } = this.#options;
    try {
      await this.check(jobId, signal);
    } catch {
      const known = this.#known(jobId);
      if (known === undefined || signal.aborted) {
        return;
      }
      const { began } = await answers.ask(async () => undefined);
      const { account: _account, tasks: _tasks, progress: _progress, pace: _pace, ...record } = known;
      answers.apply([{ began, value: { ...record, ...change } }], new Map(), signal);
    }
  }

  #takeOver(
    record: Answer<JobRecord>,
    tasks: Answer<NonNullable<Job['tasks']>> | null,
    at: number,
    signal: AbortSignal,
  ): Job {
    const { answers, onAnswered } = this.#options;
    const { id } = record.value;
    answers.apply([record], new Map(tasks ? [[id, tasks]] : []), signal);
    onAnswered([id], at);
    const job = this.#known(id);
    if (!job) {
      throw new ServiceError('notFound', `The service no longer has this job: ${id}`);
    }
    return job;
  }

  #known(id: string): Job | undefined {
    const { answers, store } = this.#options;
    return store.get({ account: answers.account, id });
  }
}

function unlistedJob(account: string, record: JobRecord, tasks: Job['tasks']): Job {
  return { account, ...record, tasks, progress: jobProgress(record, tasks, undefined), pace: null };
}
