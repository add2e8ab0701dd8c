import type { Clock } from './clock.ts';
import { isActive, type Job, type JobKey, type JobRecord, type JobTask } from './job.ts';
import type { JobStore } from './jobStore.ts';
import type { JobPage, JobQuery, JobsClient, PageToken } from './jobsClient.ts';
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
  /** The service no longer has a job that somebody watches. */
  readonly onJobGone: (id: string) => void;
}

type PollKind = keyof PollDelays;

/** A service takes at most this many rows a page. */
const maxPageSize = 1000;
const maxParallelRequests = 4;
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
  /** Ids that the list brought, so that a job missing from it is known to be gone. */
  readonly #listedIds = new Set<string>();
  #nextPage: PageToken | null = null;
  #loadedRows = 0;
  #timer: Disposable | null = null;
  #running: Promise<void> = Promise.resolve();
  #polling = false;

  constructor(options: AccountPollerOptions) {
    this.#options = options;
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
    return this.#enqueue(() => this.#poll({ list: true, watched: true }));
  }

  /** Loads one more page behind those that are loaded. */
  loadMore(): Promise<void> {
    return this.#enqueue(() =>
      this.#attempt(['list'], async (signal) => {
        if (this.#nextPage === null) {
          return 'nothingAsked';
        }
        const page = { token: this.#nextPage, pageSize: this.#pageSize() };
        const { jobs, next } = await this.client.listJobs({}, page, signal);
        const changed = this.#takePage(jobs, next);
        const ids = jobs.map((job) => job.id);
        return outcome((await this.#loadTasks(ids, signal)) || changed);
      }),
    );
  }

  /**
   * Asks for one job and its tasks now.
   * @throws ServiceError
   */
  async check(jobId: string, signal?: AbortSignal): Promise<Job> {
    const { account, store } = this.#options;
    const combined = signal ? AbortSignal.any([signal, this.#abort.signal]) : this.#abort.signal;
    const [record, tasks] = await Promise.all([
      this.client.getJob(jobId, combined),
      this.client.listTasks(jobId, combined),
    ]);
    store.apply(account, [record], new Map([[record.id, tasks]]));
    store.setStatus(account, { state: 'ready', asOf: this.#options.clock.now() });
    this.#endedAt.watched = this.#options.clock.now();
    const job = store.get({ account, id: record.id });
    if (!job) {
      throw new ServiceError('aborted', 'The account was removed.');
    }
    return job;
  }

  /**
   * Lists up to `top` jobs, in the service's order, with what is known of their tasks.
   * @throws ServiceError
   */
  async list(query: JobQuery, top: number, signal?: AbortSignal): Promise<readonly Job[]> {
    const { account, store } = this.#options;
    const combined = signal ? AbortSignal.any([signal, this.#abort.signal]) : this.#abort.signal;
    const { rows } = await this.#listRows(query, top, combined);
    // Jobs that are on show become fresher; others do not appear in the panel because somebody asked for them.
    store.apply(
      account,
      rows.filter(({ id }) => store.get({ account, id }) !== undefined),
    );
    return rows.map((row) => store.get({ account, id: row.id }) ?? unlistedJob(account, row));
  }

  /** Asks for the tasks of one job, unless they are known and final. */
  loadTasks(jobId: string): Promise<void> {
    const job = this.#options.store.get(this.#key(jobId));
    if (!job || (job.tasks !== null && !isActive(job))) {
      return Promise.resolve();
    }
    return this.#attempt([], async (signal) => outcome(await this.#fetchTasks([jobId], signal)));
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = null;
    this.#abort.abort(new ServiceError('aborted', 'The account was removed or signed out.'));
  }

  #key(id: string): JobKey {
    return { account: this.#options.account, id };
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
      let changed = false;
      const seen = new Set<string>();
      // Taken now: a job that turns out to have ended is no longer watched, yet its tasks are read once more.
      const watched = due.watched ? this.#options.watchedIds() : [];
      if (!due.list && watched.length === 0) {
        return 'nothingAsked';
      }
      if (due.list) {
        changed = await this.#pollList(seen, signal);
      }
      const unseen = watched.filter((id) => !seen.has(id));
      changed = (await this.#pollWatched(unseen, signal)) || changed;
      return outcome((await this.#loadTasks([...seen, ...watched], signal)) || changed);
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
      const brought = await run(signal);
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

  #pageSize(): number {
    return Math.min(maxPageSize, Math.max(1, this.#options.settings().pageSize));
  }

  async #pollList(seen: Set<string>, signal: AbortSignal): Promise<boolean> {
    const { account, store } = this.#options;
    // As many rows as are on show, so that everything that people see is as fresh as the first row.
    const wanted = Math.max(this.#pageSize(), this.#loadedRows);
    const { rows, next } = await this.#listRows({}, wanted, signal);
    this.#loadedRows = 0;
    const gone = this.#missingFrom(rows, next === null);
    const changed = this.#takePage(rows, next);
    for (const row of rows) {
      seen.add(row.id);
    }
    for (const id of gone) {
      this.#listedIds.delete(id);
    }
    return store.remove(account, gone) || changed;
  }

  /** As many rows as are wanted, in as few pages as the service allows. */
  async #listRows(
    query: JobQuery,
    wanted: number,
    signal: AbortSignal,
  ): Promise<{ rows: JobRecord[]; next: PageToken | null }> {
    const rows: JobRecord[] = [];
    let next: PageToken | null = null;
    do {
      const pageSize = Math.min(maxPageSize, wanted - rows.length);
      const page: JobPage = await this.client.listJobs(query, { token: next, pageSize }, signal);
      rows.push(...page.jobs);
      next = page.next;
      if (page.jobs.length === 0) {
        break;
      }
    } while (next !== null && rows.length < wanted);
    signal.throwIfAborted();
    return { rows, next };
  }

  #takePage(rows: readonly JobRecord[], next: PageToken | null): boolean {
    const { account, store } = this.#options;
    const changed = store.apply(account, rows);
    for (const row of rows) {
      this.#listedIds.add(row.id);
    }
    this.#loadedRows += rows.length;
    this.#nextPage = next;
    store.setListing(account, { loaded: true, hasMore: next !== null });
    return changed;
  }

  /**
   * Ids that were listed before and should be among these rows, but are not: the service no longer has them. The
   * service's order is not documented, so rows beyond the last one count only where the rows are newest first.
   */
  #missingFrom(rows: readonly JobRecord[], complete: boolean): string[] {
    const { account, store } = this.#options;
    const present = new Set(rows.map((row) => row.id));
    const absent = [...this.#listedIds].filter((id) => !present.has(id));
    if (complete || absent.length === 0) {
      return absent;
    }
    const newestFirst = rows.every((row, index) => {
      const previous = rows[index - 1];
      return previous === undefined || (previous.created ?? 0) >= (row.created ?? 0);
    });
    const oldest = rows.at(-1)?.created ?? null;
    if (!newestFirst || oldest === null) {
      return [];
    }
    return absent.filter((id) => (store.get({ account, id })?.created ?? 0) > oldest);
  }

  async #pollWatched(ids: readonly string[], signal: AbortSignal): Promise<boolean> {
    const { account, store, onJobGone } = this.#options;
    const gone: string[] = [];
    const records: JobRecord[] = [];
    await forEachParallel(ids, async (id) => {
      try {
        records.push(await this.client.getJob(id, signal));
      } catch (error) {
        if (!ServiceError.is(error) || error.kind !== 'notFound') {
          throw error;
        }
        gone.push(id);
      }
    });
    signal.throwIfAborted();
    const changed = store.apply(account, records);
    const removed = store.remove(account, gone);
    gone.forEach(onJobGone);
    return removed || changed;
  }

  /** Fetches tasks where they can have moved: of active jobs, of jobs that just ended, and once of failed ones. */
  #loadTasks(ids: readonly string[], signal: AbortSignal): Promise<boolean> {
    const wanted = [...new Set(ids)].filter((id) => {
      const job = this.#options.store.get(this.#key(id));
      if (!job) {
        return false;
      }
      return isActive(job) || (job.tasks === null ? job.state === 'Error' : job.tasks.some(isActive));
    });
    return this.#fetchTasks(wanted, signal);
  }

  async #fetchTasks(ids: readonly string[], signal: AbortSignal): Promise<boolean> {
    const { account, store } = this.#options;
    const tasks = new Map<string, readonly JobTask[]>();
    let changed = false;
    try {
      await forEachParallel(ids, async (id) => {
        try {
          tasks.set(id, await this.client.listTasks(id, signal));
        } catch (error) {
          // The job was deleted between the two requests; the next list says so.
          if (!ServiceError.is(error) || error.kind !== 'notFound') {
            throw error;
          }
        }
      });
    } finally {
      if (!signal.aborted && tasks.size > 0) {
        changed = store.applyTasks(account, tasks);
      }
    }
    return changed;
  }
}

function outcome(changed: boolean): Outcome {
  return changed ? 'changed' : 'unchanged';
}

function unlistedJob(account: string, record: JobRecord): Job {
  return { account, ...record, tasks: null, progress: jobProgress(record, null, undefined) };
}

async function forEachParallel<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      await run(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(maxParallelRequests, items.length) }, worker));
}
