import { type AccountStatus, emptyListing, idleStatus, type Listing } from './accountStatus.ts';
import type { Exchange } from './exchange.ts';
import { compareNewestFirst, isActive, type Job, type JobKey, type JobRecord, type JobTask } from './job.ts';
import { type Disposable, Emitter } from './lifecycle.ts';
import { jobProgress } from './progress.ts';

/** Exactly what became different in one account. A job is in one of the three lists at most. */
export interface StoreChange {
  readonly account: string;
  readonly added: readonly Job[];
  readonly changed: readonly JobChange[];
  readonly removed: readonly Job[];
  /** The account's status or listing is another. */
  readonly statusChanged: boolean;
}

export interface JobChange {
  readonly before: Job;
  readonly after: Job;
}

interface AccountJobs {
  readonly jobs: Map<string, Job>;
  /** Newest first; made anew when it is next read after a job came or went. */
  sorted: readonly Job[] | null;
  status: AccountStatus;
  listing: Listing;
  readonly exchanges: Map<string, Exchange>;
}

const maxExchanges = 200;

/**
 * All that is known of jobs, by account and id: the one source of what views and commands show. It fires exactly what
 * changed; a poll that changes nothing fires nothing.
 */
export class JobStore implements Disposable {
  readonly #accounts = new Map<string, AccountJobs>();
  readonly #change = new Emitter<StoreChange>();
  readonly onDidChange = this.#change.event;

  /** The jobs of an account, newest first. */
  jobs(account: string): readonly Job[] {
    const state = this.#accounts.get(account);
    if (!state) {
      return [];
    }
    state.sorted ??= [...state.jobs.values()].sort(compareNewestFirst);
    return state.sorted;
  }

  get(key: JobKey): Job | undefined {
    return this.#accounts.get(key.account)?.jobs.get(key.id);
  }

  hasActive(account: string): boolean {
    for (const job of this.#accounts.get(account)?.jobs.values() ?? []) {
      if (isActive(job)) {
        return true;
      }
    }
    return false;
  }

  status(account: string): AccountStatus {
    return this.#accounts.get(account)?.status ?? idleStatus;
  }

  listing(account: string): Listing {
    return this.#accounts.get(account)?.listing ?? emptyListing;
  }

  /**
   * Takes over what the service said. Tasks that were not asked for now are kept as they were.
   * @returns whether anything changed
   */
  apply(account: string, records: Iterable<JobRecord>, tasks?: ReadonlyMap<string, readonly JobTask[]>): boolean {
    const state = this.#account(account);
    const added: Job[] = [];
    const changed: JobChange[] = [];
    for (const record of records) {
      const before = state.jobs.get(record.id);
      const jobTasks = tasks?.get(record.id) ?? before?.tasks ?? null;
      const after = mergeJob(account, record, jobTasks, before);
      if (!before) {
        added.push(after);
      } else if (!isSameContent(before, after)) {
        changed.push({ before, after });
      } else {
        continue;
      }
      state.jobs.set(after.id, after);
    }
    return this.#fire(account, { added, changed });
  }

  /** Takes over tasks alone, for jobs that are known. */
  applyTasks(account: string, tasks: ReadonlyMap<string, readonly JobTask[]>): boolean {
    const state = this.#account(account);
    const known = [...tasks.keys()].map((id) => state.jobs.get(id)).filter((job) => job !== undefined);
    return this.apply(account, known, tasks);
  }

  /** Puts a job back that was known before a restart, unless something newer is known by now. */
  restore(job: Job): void {
    const state = this.#account(job.account);
    if (!state.jobs.has(job.id)) {
      state.jobs.set(job.id, job);
      this.#fire(job.account, { added: [job] });
    }
  }

  remove(account: string, ids: Iterable<string>): boolean {
    const state = this.#account(account);
    const removed: Job[] = [];
    for (const id of ids) {
      const job = state.jobs.get(id);
      if (job) {
        state.jobs.delete(id);
        state.exchanges.delete(id);
        removed.push(job);
      }
    }
    return this.#fire(account, { removed });
  }

  setStatus(account: string, status: AccountStatus): void {
    const state = this.#account(account);
    const before = state.status;
    state.status = status;
    // Only a change that people can see is worth an event; "ready as of a second later" is none.
    const visible =
      before.state !== status.state ||
      (before.state === 'failed' && status.state === 'failed' && before.error.message !== status.error.message);
    this.#fire(account, { statusChanged: visible });
  }

  setListing(account: string, listing: Listing): void {
    const state = this.#account(account);
    const statusChanged = state.listing.loaded !== listing.loaded || state.listing.hasMore !== listing.hasMore;
    state.listing = listing;
    this.#fire(account, { statusChanged });
  }

  /** Forgets an account and everything of it. */
  dropAccount(account: string): void {
    const state = this.#accounts.get(account);
    if (state) {
      this.#accounts.delete(account);
      this.#change.fire({ account, added: [], changed: [], removed: [...state.jobs.values()], statusChanged: true });
    }
  }

  recordExchange(exchange: Exchange): void {
    if (exchange.jobId === null) {
      return;
    }
    const { exchanges } = this.#account(exchange.account);
    exchanges.delete(exchange.jobId);
    exchanges.set(exchange.jobId, exchange);
    for (const oldest of exchanges.keys()) {
      if (exchanges.size <= maxExchanges) {
        break;
      }
      exchanges.delete(oldest);
    }
  }

  /** The last request and response that were about this job alone. */
  lastExchange(key: JobKey): Exchange | undefined {
    return this.#accounts.get(key.account)?.exchanges.get(key.id);
  }

  dispose(): void {
    this.#change.dispose();
    this.#accounts.clear();
  }

  #account(name: string): AccountJobs {
    let state = this.#accounts.get(name);
    if (!state) {
      state = { jobs: new Map(), sorted: null, status: idleStatus, listing: emptyListing, exchanges: new Map() };
      this.#accounts.set(name, state);
    }
    return state;
  }

  #fire(account: string, change: Partial<Omit<StoreChange, 'account'>>): boolean {
    const { added = [], changed = [], removed = [], statusChanged = false } = change;
    const jobsChanged = added.length + changed.length + removed.length > 0;
    if (jobsChanged) {
      this.#account(account).sorted = null;
    }
    if (jobsChanged || statusChanged) {
      this.#change.fire({ account, added, changed, removed, statusChanged });
    }
    return jobsChanged;
  }
}

function mergeJob(account: string, record: JobRecord, tasks: readonly JobTask[] | null, before: Job | undefined): Job {
  return {
    account,
    id: record.id,
    name: record.name,
    state: record.state,
    created: record.created,
    lastModified: record.lastModified,
    started: record.started,
    ended: record.ended,
    priority: record.priority,
    runningDurationMs: record.runningDurationMs,
    tasks,
    progress: jobProgress(record, tasks, before),
    pace: null,
  };
}

function isSameContent(a: Job, b: Job): boolean {
  return (
    a.state === b.state &&
    a.progress === b.progress &&
    a.name === b.name &&
    a.created === b.created &&
    a.lastModified === b.lastModified &&
    a.started === b.started &&
    a.ended === b.ended &&
    a.priority === b.priority &&
    a.runningDurationMs === b.runningDurationMs &&
    isSameTasks(a.tasks, b.tasks)
  );
}

function isSameTasks(a: readonly JobTask[] | null, b: readonly JobTask[] | null): boolean {
  if (a === b) {
    return true;
  }
  if (a === null || b === null || a.length !== b.length) {
    return false;
  }
  return a.every((task, index) => {
    const other = b[index];
    return (
      other !== undefined &&
      task.id === other.id &&
      task.state === other.state &&
      task.progress === other.progress &&
      task.name === other.name &&
      task.started === other.started &&
      task.ended === other.ended &&
      task.runningDurationMs === other.runningDurationMs &&
      task.errors.length === other.errors.length &&
      task.errors.every(
        (error, position) =>
          error.code === other.errors[position]?.code && error.message === other.errors[position]?.message,
      )
    );
  });
}
