import type { Clock } from './clock.ts';
import { isActive, type Job, type JobRecord } from './job.ts';
import { JobAnswers } from './jobAnswers.ts';
import { JobListing } from './jobListing.ts';
import type { JobQuery } from './jobQuery.ts';
import type { JobStore } from './jobStore.ts';
import type { JobsClient } from './jobsClient.ts';
import type { Disposable } from './lifecycle.ts';
import { type PollDelays, type PollDemand, type PollHistory, type PollSettings, pollDelays } from './pollSchedule.ts';
import { jobProgress } from './progress.ts';
import { ServiceError } from './serviceError.ts';

export interface AccountPollerOptions {
  readonly account: string;
  readonly client: JobsClient;
  readonly store: JobStore;
  readonly clock: Clock;
  readonly random: () => number;
  readonly settings: () => PollSettings & { readonly pageSize: number };
  readonly demand: () => PollDemand;
  /** Ids of the jobs that are tracked or waited for. */
  readonly watchedIds: () => readonly string[];
  readonly onPollFailed: (error: ServiceError) => void;
  /** The service no longer has a job that it was asked for by its id. */
  readonly onJobGone: (id: string) => void;
  /** Whether somebody tracks or waits for a job, so that it stays although it ended long ago. */
  readonly isKept: (id: string) => boolean;
}

type PollKind = keyof PollDelays;

const calm: PollHistory = { unchanged: 0, failed: 0, retryAfterMs: null, jitter: 0 };

/** What a run of requests brought; where nothing was asked, nothing is known of how the service is. */
type Outcome = 'nothingAsked' | 'unchanged' | 'changed';

/**
 * Asks for the jobs of one account: by itself when its schedule says so, and at once when somebody wants to know. Only
 * one poll is under way at a time, and a failed one never ends the polling.
 */
export class AccountPoller implements Disposable {
  readonly #options: AccountPollerOptions;
  readonly #abort = new AbortController();
  readonly #history: Record<PollKind, PollHistory> = { list: calm, watched: calm };
  /** When the last poll of each kind ended; never is long ago. */
  readonly #endedAt: Record<PollKind, number> = { list: Number.NEGATIVE_INFINITY, watched: Number.NEGATIVE_INFINITY };
  readonly #answers: JobAnswers;
  readonly #listing: JobListing;
  #timer: Disposable | null = null;
  #running: Promise<void> = Promise.resolve();
  #pendingRefresh: Promise<void> | null = null;
  #polling = false;

  constructor(options: AccountPollerOptions) {
    const { account, client, store, settings, isKept } = options;
    this.#options = options;
    this.#answers = new JobAnswers(account, client, store);
    this.#listing = new JobListing({
      answers: this.#answers,
      store,
      pageSize: () => Math.max(1, settings().pageSize),
      isKept,
    });
  }

  get client(): JobsClient {
    return this.#options.client;
  }

  /** Looks again at who is watching, and asks when it is time. Cheap; call it whenever something may have changed. */
  wake(): void {
    this.#timer?.dispose();
    this.#timer = null;
    if (this.#abort.signal.aborted || this.#polling) {
      return;
    }
    const dueIn = this.#dueIn();
    const delay = Math.min(dueIn.list, dueIn.watched);
    if (delay === Number.POSITIVE_INFINITY) {
      return;
    }
    // Even what is due now waits for a timer, so that several wishes of one moment become one poll.
    this.#timer = this.#options.clock.setTimeout(
      () => {
        this.#timer = null;
        void this.#enqueue(() => {
          // Looked at only now, as something asked for meanwhile may have brought what was due.
          const due = this.#dueIn();
          return this.#poll({ list: due.list <= 0, watched: due.watched <= 0 });
        });
      },
      Math.max(0, delay),
    );
  }

  /** Starts afresh after someone came to look: what failed or stood still before no longer counts. */
  calm(): void {
    this.#history.list = { ...calm, retryAfterMs: this.#history.list.retryAfterMs };
    this.#history.watched = { ...calm, retryAfterMs: this.#history.watched.retryAfterMs };
  }

  /** Asks for the list and the watched jobs now. Resolves when the answer is in the store or its failure is. */
  refresh(): Promise<void> {
    this.calm();
    // Wishes that come while a poll is under way are all met by the next one.
    this.#pendingRefresh ??= this.#enqueue(() => {
      this.#pendingRefresh = null;
      return this.#poll({ list: true, watched: true });
    });
    return this.#pendingRefresh;
  }

  /** Loads one more page behind those that are loaded. */
  loadMore(): Promise<void> {
    return this.#enqueue(() =>
      this.#attempt(['list'], async (signal) => {
        const news = await this.#listing.loadMore(signal);
        if (news === null) {
          return 'nothingAsked';
        }
        return outcome((await this.#answers.refreshMovingTasks(news.ids, signal)) || news.changed);
      }),
    );
  }

  /**
   * Asks for one job and its tasks now.
   * @throws ServiceError
   */
  check(jobId: string, signal?: AbortSignal): Promise<Job> {
    return this.#answers.during(() => this.#check(jobId, this.#signalWith(signal)));
  }

  /**
   * Lists up to `top` jobs, in the service's order, with what is known of their tasks.
   * @throws ServiceError
   */
  list(query: JobQuery, top: number, signal?: AbortSignal): Promise<readonly Job[]> {
    return this.#answers.during(() => this.#list(query, top, this.#signalWith(signal)));
  }

  /** Asks for the tasks of one job, unless they are known and final. */
  loadTasks(jobId: string): Promise<void> {
    const job = this.#known(jobId);
    if (!job || (job.tasks !== null && !isActive(job))) {
      return Promise.resolve();
    }
    return this.#attempt([], async (signal) => outcome(await this.#answers.refreshTasks([jobId], signal)));
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = null;
    this.#abort.abort(new ServiceError('aborted', 'The account was removed or signed out.'));
  }

  async #check(jobId: string, signal: AbortSignal): Promise<Job> {
    const { account, store, clock } = this.#options;
    const [record, tasks] = await Promise.all([
      this.#answers.job(jobId, signal, this.#options.onJobGone),
      this.#answers.tasks(jobId, signal),
    ]);
    const { id } = record.value;
    this.#answers.apply([record], new Map(tasks ? [[id, tasks]] : []), signal);
    // The service answers: whatever held polls up is over. All that comes before the status, whose listeners look at it.
    this.#history.list = calm;
    this.#history.watched = calm;
    this.#endedAt.watched = clock.now();
    store.setStatus(account, { state: 'ready', asOf: clock.now() });
    this.wake();
    const job = this.#known(id);
    if (!job) {
      throw new ServiceError('notFound', `The service no longer has this job: ${id}`);
    }
    return job;
  }

  async #list(query: JobQuery, top: number, signal: AbortSignal): Promise<readonly Job[]> {
    const { rows } = await this.#answers.list(query, null, top, signal);
    // Jobs that are on show become fresher; others do not appear in the panel because somebody asked for them.
    const shown = rows.filter(({ value }) => this.#known(value.id) !== undefined);
    this.#answers.apply(shown, new Map(), signal);
    const active = rows.filter(({ value }) => isActive(value)).map(({ value }) => value.id);
    const tasks = await this.#answers.collectTasks(active, signal);
    this.#answers.apply([], tasks, signal);
    return rows.map(
      ({ value }) =>
        this.#known(value.id) ?? unlistedJob(this.#options.account, value, tasks.get(value.id)?.value ?? null),
    );
  }

  #signalWith(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#abort.signal]) : this.#abort.signal;
  }

  #known(id: string): Job | undefined {
    return this.#options.store.get({ account: this.#options.account, id });
  }

  #dueIn(): Record<PollKind, number> {
    const { settings, demand, clock } = this.#options;
    const delays = pollDelays(settings(), demand(), this.#history);
    const due = (kind: PollKind): number => {
      const delay = delays[kind];
      if (delay === null) {
        return Number.POSITIVE_INFINITY;
      }
      const since = clock.now() - this.#endedAt[kind];
      // A clock that was set back must not hold polls up: then the wait begins again.
      return since < 0 ? delay : delay - since;
    };
    return { list: due('list'), watched: due('watched') };
  }

  /** One thing at a time: what is asked for meanwhile runs afterwards. */
  #enqueue(run: () => Promise<void>): Promise<void> {
    this.#running = this.#running.then(async () => {
      if (!this.#abort.signal.aborted) {
        this.#polling = true;
        try {
          await run();
        } finally {
          this.#polling = false;
          this.wake();
        }
      }
    });
    return this.#running;
  }

  async #poll(due: Record<PollKind, boolean>): Promise<void> {
    const kinds: PollKind[] = [];
    if (due.list) {
      kinds.push('list');
    }
    if (due.watched) {
      kinds.push('watched');
    }
    if (kinds.length === 0) {
      return;
    }
    await this.#attempt(kinds, async (signal) => {
      // Taken now: a job that turns out to have ended is no longer watched, yet its tasks are read once more.
      const watched = due.watched ? this.#options.watchedIds() : [];
      if (!due.list && watched.length === 0) {
        return 'nothingAsked';
      }
      const listed = due.list ? await this.#listing.refresh(signal) : { changed: false, ids: [] };
      // What still runs behind the loaded rows would stand still for ever: only its id leads to it.
      const beyond = due.list ? this.#listing.activeBeyond(listed.ids) : [];
      const listedIds = new Set(listed.ids);
      const unlisted = [...new Set([...watched, ...beyond])].filter((id) => !listedIds.has(id));
      const asked = await this.#answers.refreshJobs(unlisted, signal);
      asked.gone.forEach(this.#options.onJobGone);
      const moved = await this.#answers.refreshMovingTasks([...listedIds, ...unlisted, ...watched], signal);
      return outcome(listed.changed || asked.changed || moved);
    });
  }

  /** Runs requests, takes down in status and history how they went, and never throws. */
  async #attempt(kinds: readonly PollKind[], run: (signal: AbortSignal) => Promise<Outcome>): Promise<void> {
    const { account, store, clock, random, onPollFailed } = this.#options;
    const { signal } = this.#abort;
    const settle = (next: (history: PollHistory) => PollHistory): void => {
      for (const kind of kinds) {
        this.#history[kind] = next(this.#history[kind]);
        this.#endedAt[kind] = clock.now();
      }
    };
    try {
      const brought = await this.#answers.during(() => run(signal));
      if (signal.aborted) {
        return;
      }
      if (brought === 'nothingAsked') {
        settle((history) => history);
      } else {
        settle((history) => ({ ...calm, unchanged: brought === 'changed' ? 0 : history.unchanged + 1 }));
        store.setStatus(account, { state: 'ready', asOf: clock.now() });
      }
    } catch (thrown) {
      const error = ServiceError.from(thrown);
      if (signal.aborted) {
        return;
      }
      const jitter = random();
      settle((history) => ({
        unchanged: 0,
        failed: history.failed + 1,
        retryAfterMs: error.retryAfterMs ?? null,
        jitter,
      }));
      const status = store.status(account);
      store.setStatus(account, { state: 'failed', error, asOf: status.state === 'idle' ? null : status.asOf });
      onPollFailed(error);
    }
  }
}

function outcome(changed: boolean): Outcome {
  return changed ? 'changed' : 'unchanged';
}

function unlistedJob(account: string, record: JobRecord, tasks: Job['tasks']): Job {
  return { account, ...record, tasks, progress: jobProgress(record, tasks, undefined), pace: null };
}
