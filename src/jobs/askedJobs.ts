import type { Clock } from './clock.ts';
import { isActive, type Job, type JobRecord, type ListedJob } from './job.ts';
import { type Answer, type JobAnswers, ofOneJob, throwIfAborted } from './jobAnswers.ts';
import type { JobAssets, JobDetails } from './jobDetails.ts';
import { Glances } from './jobGlances.ts';
import type { JobListing } from './jobListing.ts';
import { type JobQuery, matchesQuery } from './jobQuery.ts';
import type { JobStore } from './jobStore.ts';
import { jobProgress } from './progress.ts';
import { ServiceError } from './serviceError.ts';

export interface AskedJobsOptions {
  readonly answers: JobAnswers;
  readonly store: JobStore;
  readonly clock: Clock;
  readonly listing: Pick<JobListing, 'known'>;
  readonly lastPoll: LastPoll;
  /** The service no longer has a job that it was asked for by its id. */
  readonly onJobGone: (id: string) => void;
  /**
   * The service has answered for these jobs, or was told to change them; what it said is in the store.
   * @param at when it was asked, in milliseconds since the Unix epoch
   */
  readonly onAnswered: (ids: readonly string[], at: number) => void;
  /**
   * A change, or the look after one, failed in a way that says something of the service.
   * @param ids of the jobs that the service took a change of all the same; what that means is in the store
   * @param at as for `onAnswered`
   */
  readonly onFailed: (error: ServiceError, ids: readonly string[], at: number) => void;
}

/** Reserved units are paid for by the day, and changed by hand or once in a while by a script. */
const reservedUnitsKeptMs = 5 * 60_000;

/** When polls last asked for what views show, in milliseconds since the Unix epoch; 0 for never. */
export interface LastPoll {
  /** All active jobs, the running tasks and the first rows of the list. */
  readonly listAt: number;
  /** This job with its progress. */
  jobAt(id: string): number;
}

/** What is known of a job, without asking for all of it. */
export interface JobGlance {
  /** Its tasks and its progress are `null` where they are not known as of the same time. */
  readonly job: Job;
  /** In milliseconds since the Unix epoch; `null` where nothing can become different any more. */
  readonly asOf: number | null;
}

export interface ListGlance {
  readonly jobs: readonly Job[];
  /** Whether there may be more. */
  readonly hasMore: boolean;
  readonly asOf: number;
}

/** What people and callers ask of single jobs, and do to them, beside the polls. Everything rejects with a `ServiceError`. */
export class AskedJobs {
  readonly #options: AskedJobsOptions;
  /** The last answer or the request that is under way for it, and when that began. */
  #reservedUnits: { readonly at: number; readonly count: Promise<number | null> } | null = null;
  readonly #glances = new Glances();

  constructor(options: AskedJobsOptions) {
    this.#options = options;
  }

  /** Asks for one job and its tasks. */
  async check(jobId: string, signal: AbortSignal): Promise<Job> {
    const { answers, onJobGone, clock } = this.#options;
    const at = clock.now();
    const [record, tasks] = await Promise.all([
      answers.job(jobId, signal, onJobGone),
      answers.client.capabilities.tasksWithJobs ? null : answers.tasks(jobId, signal),
    ]);
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

  /**
   * How many tasks the account can run at a time; `null` where the service does not say. An answer holds for some
   * minutes, for whoever asks; of those who ask together none ends the request of the others.
   */
  async reservedUnits(signal: AbortSignal): Promise<number | null> {
    const { clock, answers } = this.#options;
    throwIfAborted(signal);
    const age = clock.now() - (this.#reservedUnits?.at ?? Number.NEGATIVE_INFINITY);
    if (this.#reservedUnits === null || age < 0 || age >= reservedUnitsKeptMs) {
      const asked = { at: clock.now(), count: answers.client.countReservedUnits() };
      this.#reservedUnits = asked;
      asked.count.catch(() => {
        if (this.#reservedUnits === asked) {
          this.#reservedUnits = null;
        }
      });
    }
    return await untilAborted(this.#reservedUnits.count, signal);
  }

  /**
   * Has a job canceled. It is Canceling in the store afterwards, or whatever the service says of it by then.
   * @returns why the service, which took the change, could not be asked how the job is since then, if so: other requests
   * would fare no better
   */
  async cancel(jobId: string, signal: AbortSignal): Promise<ServiceError | null> {
    const { client } = this.#options.answers;
    await this.#change(jobId, client.cancelJob(jobId, signal), signal);
    return await this.#lookAgain(jobId, { state: 'Canceling' }, signal);
  }

  /** Has a job's priority changed. @returns as `cancel` does */
  async changePriority(jobId: string, priority: number, signal: AbortSignal): Promise<ServiceError | null> {
    const { client } = this.#options.answers;
    await this.#change(jobId, client.changePriority(jobId, priority, signal), signal);
    return await this.#lookAgain(jobId, { priority }, signal);
  }

  /** Has a job deleted. It is in the store no longer, and no answer from before brings it back. */
  async delete(jobId: string, signal: AbortSignal): Promise<null> {
    const { answers, onAnswered, clock } = this.#options;
    await this.#change(jobId, answers.client.deleteJob(jobId, signal), signal);
    const { began } = await answers.ask(async () => undefined);
    // Whoever signed out meanwhile has nothing in the store, but the job is deleted.
    if (!signal.aborted) {
      answers.remove([jobId], began, signal);
      onAnswered([jobId], clock.now());
    }
    return null;
  }

  /** Lists up to `top` jobs, in the service's order, with what is known of their tasks. */
  async list(query: JobQuery, top: number, signal: AbortSignal): Promise<readonly Job[]> {
    const { answers } = this.#options;
    const found: Answer<ListedJob>[] = [];
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
    const active = found.flatMap(({ value }) => (isActive(value) && !value.tasks ? value.id : []));
    const tasks = await answers.collectTasks(active, signal);
    answers.apply([], tasks, signal);
    return found.map(
      ({ value }) => this.#known(value.id) ?? unlistedJob(answers.account, value, tasks.get(value.id)?.value),
    );
  }

  /**
   * One job, with what is known of it since then, else with what one request brings: its record, or, where that is known,
   * its tasks. Nobody sees more jobs because of it, and no poll comes later.
   * @param since in milliseconds since the Unix epoch
   */
  async glance(jobId: string, since: number, signal: AbortSignal): Promise<JobGlance> {
    const { answers, store, clock, lastPoll, onJobGone } = this.#options;
    const now = clock.now();
    const shown = this.#known(jobId);
    const glanced = this.#glances.get(jobId);
    const polledAt = lastPoll.jobAt(jobId);
    const job = shown ?? (glanced && unlistedJob(answers.account, glanced.record, glanced.tasks));
    // A job that has ended stays as it is.
    const hasEnded = job !== undefined && !isActive(job);
    const recordAt = hasEnded ? Number.POSITIVE_INFINITY : Math.max(shown ? polledAt : 0, glanced?.recordAt ?? 0);
    const tasksAreFinal = hasEnded && job.tasks !== null && !job.tasks.some(isActive);
    // Tasks that run on in a job that has ended are as of before it did.
    const tasksWhileActive = hasEnded ? 0 : Math.max(shown?.tasks ? polledAt : 0, glanced?.tasksAt ?? 0);
    const tasksAt = tasksAreFinal ? Number.POSITIVE_INFINITY : tasksWhileActive;
    if (job === undefined || recordAt < since) {
      const record = await answers.job(jobId, signal, onJobGone);
      const itsTasks = record.value.tasks;
      const looked = { tasks: itsTasks ?? glanced?.tasks ?? null, tasksAt: itsTasks ? now : tasksAt };
      this.#glances.note(jobId, { record: record.value, recordAt: now, ...looked });
      if (shown) {
        answers.apply([record], new Map(), signal);
      }
      const { id } = record.value;
      const after = this.#known(id) ?? unlistedJob(answers.account, record.value, looked.tasks);
      return { job: looked.tasksAt < since ? withoutTasks(after) : after, asOf: now };
    }
    if (tasksAt >= since) {
      const asOf = Math.min(recordAt, tasksAt);
      return { job, asOf: Number.isFinite(asOf) ? asOf : null };
    }
    const tasks = await answers.tasks(jobId, signal);
    const { account: _account, tasks: _tasks, progress: _progress, pace: _pace, ...record } = job;
    const value = tasks?.value ?? [];
    this.#glances.note(jobId, { record, recordAt: glanced?.recordAt ?? 0, tasks: value, tasksAt: now });
    if (tasks && store.get(job)) {
      answers.apply([], new Map([[jobId, tasks]]), signal);
    }
    return {
      job: this.#known(jobId) ?? unlistedJob(answers.account, record, value),
      asOf: hasEnded ? now : recordAt,
    };
  }

  /**
   * Up to `top` jobs, newest first, as they are known since then, else as one request brings them: of no more jobs than
   * the service puts in one answer, and without asking for their tasks.
   * @param since in milliseconds since the Unix epoch
   */
  async glanceAtList(query: JobQuery, top: number, since: number, signal: AbortSignal): Promise<ListGlance> {
    const { answers, clock, listing, lastPoll } = this.#options;
    const known = lastPoll.listAt >= since ? listing.known(query, top) : null;
    if (known) {
      return { ...known, asOf: lastPoll.listAt };
    }
    const asOf = clock.now();
    const { began, value: page } = await answers.ask(() =>
      answers.client.listJobs(query, { token: null, pageSize: top }, signal),
    );
    const meant = page.jobs.filter((record) => matchesQuery(record, query));
    const records = meant.slice(0, top);
    const shown = records.filter(({ id }) => this.#known(id) !== undefined).map((value) => ({ began, value }));
    answers.apply(shown, new Map(), signal);
    const jobs = records.map((record) => {
      const job = this.#known(record.id) ?? unlistedJob(answers.account, record);
      return isActive(job) && !record.tasks && lastPoll.jobAt(job.id) < since ? withoutTasks(job) : job;
    });
    return { jobs, hasMore: page.next !== null || meant.length > top, asOf };
  }

  /**
   * Where the service refuses a change, the job is not what it was taken for: one look says what it is. Where it is too
   * busy for one, it is for polls too.
   */
  async #change(jobId: string, change: Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await change;
    } catch (error) {
      const { kind } = ServiceError.from(error);
      if (kind === 'conflict' || kind === 'notFound') {
        await this.check(jobId, signal).catch((failure) => this.#noteFailure(failure, signal));
      } else if (kind === 'throttled') {
        this.#noteFailure(error, signal);
      }
      throw error;
    }
  }

  /** What the service says after a change; where it does not answer, what the change means by itself. */
  async #lookAgain(jobId: string, change: Partial<JobRecord>, signal: AbortSignal): Promise<ServiceError | null> {
    const { answers, clock, onAnswered } = this.#options;
    const at = clock.now();
    try {
      await this.check(jobId, signal);
      return null;
    } catch (thrown) {
      const { began } = await answers.ask(async () => undefined);
      const known = this.#known(jobId);
      // One that has ended meanwhile, as a poll beside this one says, is past all changes.
      const isMeant = known !== undefined && isActive(known) && !signal.aborted;
      if (isMeant) {
        const { account: _account, tasks: _tasks, progress: _progress, pace: _pace, ...record } = known;
        answers.apply([{ began, value: { ...record, ...change } }], new Map(), signal);
      }
      const failure = this.#noteFailure(thrown, signal, isMeant ? [jobId] : [], at);
      if (isMeant && !failure) {
        onAnswered([jobId], clock.now());
      }
      return failure;
    }
  }

  /** Takes down what says something of the service, and not of one job alone; returns that. */
  #noteFailure(thrown: unknown, signal: AbortSignal, ids: readonly string[] = [], at = 0): ServiceError | null {
    const error = ServiceError.from(thrown);
    if (signal.aborted || error.kind === 'aborted' || ofOneJob.has(error.kind)) {
      return null;
    }
    this.#options.onFailed(error, ids, at);
    return error;
  }

  #takeOver(
    record: Answer<ListedJob>,
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

function unlistedJob(account: string, record: ListedJob, tasks: Job['tasks'] = record.tasks ?? null): Job {
  return { account, ...record, tasks, progress: jobProgress(record, tasks, undefined), pace: null };
}

/** @throws ServiceError of the kind `aborted` as soon as the signal is aborted, whatever becomes of the promise. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => {
    reject(new ServiceError('aborted', 'The request was canceled.'));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}

/** Tasks from before say how far the job was, not how far it is. */
function withoutTasks(job: Job): Job {
  return { ...job, tasks: null, progress: jobProgress(job, null, undefined), pace: null };
}
