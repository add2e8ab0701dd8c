import { type AccountStatus, emptyListing, idleStatus, type Listing } from './accountStatus.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Exchange } from './exchange.ts';
import { compareNewestFirst, type Job, type JobKey, type JobRecord, type JobTask } from './job.ts';
import { isUnlimited, type JobQuery, matchesQuery } from './jobQuery.ts';
import { JobTable } from './jobTable.ts';
import { type Disposable, Emitter } from './lifecycle.ts';
import { nextPace } from './pace.ts';
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
  readonly table: JobTable;
  status: AccountStatus;
  listing: Listing;
  activeAsOf: number | null;
  readonly exchanges: Map<string, Exchange>;
}

const maxExchanges = 200;

/**
 * All that is known of jobs, by account and id: the one source of what views and commands show. It fires exactly what
 * changed; a poll that changes nothing fires nothing. Taking over an answer costs what it changes, however much is known.
 */
export class JobStore implements Disposable {
  readonly #clock: Clock;
  readonly #accounts = new Map<string, AccountJobs>();
  readonly #change = new Emitter<StoreChange>();
  readonly onDidChange = this.#change.event;
  readonly #exchange = new Emitter<Exchange>();
  /** Fires with every exchange that was about one job alone. */
  readonly onDidRecordExchange = this.#exchange.event;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** All jobs of an account, newest first, made anew at each call; `newest` is for those that are shown. */
  jobs(account: string): readonly Job[] {
    return this.newest(account, Number.POSITIVE_INFINITY);
  }

  /**
   * The newest jobs of an account, newest first.
   * @param count at most so many
   * @param from none that was created before, in milliseconds since the Unix epoch
   */
  newest(account: string, count: number, query: JobQuery = {}, from = Number.NEGATIVE_INFINITY): readonly Job[] {
    const table = this.#table(account);
    const jobs: Job[] = [];
    const rare = table && rowsOfRareStates(table, query);
    if (rare) {
      const meant = rare.filter((row) => (table.createdOf(row) ?? 0) >= from && isMeant(table, row, query));
      return meant
        .sort(table.compare)
        .slice(0, count)
        .map((row) => table.read(row));
    }
    table?.forEachWhile((row) => {
      const created = table.createdOf(row) ?? 0;
      if (jobs.length >= count || created < from) {
        return false;
      }
      if (isMeant(table, row, query)) {
        jobs.push(table.read(row));
      }
      return true;
    });
    return jobs;
  }

  /** How many jobs of an account are meant by a query. */
  count(account: string, query: JobQuery = {}): number {
    const table = this.#table(account);
    if (!table || isUnlimited(query)) {
      return table?.size ?? 0;
    }
    let count = 0;
    const look = (row: number): boolean => {
      count += isMeant(table, row, query) ? 1 : 0;
      return true;
    };
    if (query.states && query.states.length > 0) {
      for (const row of table.rowsIn(query.states)) {
        look(row);
      }
    } else {
      table.forEachWhile(look);
    }
    return count;
  }

  /** The active jobs of an account, newest first. */
  active(account: string): readonly Job[] {
    const table = this.#table(account);
    const jobs = table ? Array.from(table.rowsIn(table.activeStates), (row) => table.read(row)) : [];
    return jobs.sort(compareNewestFirst);
  }

  activeIds(account: string): readonly string[] {
    const table = this.#table(account);
    return table ? Array.from(table.rowsIn(table.activeStates), (row) => table.idOf(row)) : [];
  }

  /** The ids of the jobs that are being canceled. */
  cancelingIds(account: string): readonly string[] {
    const table = this.#table(account);
    return table ? Array.from(table.rowsIn(['Canceling']), (row) => table.idOf(row)) : [];
  }

  activeCount(account: string): number {
    const table = this.#table(account);
    return table?.activeStates.reduce((sum, state) => sum + table.countIn(state), 0) ?? 0;
  }

  hasActive(account: string): boolean {
    return this.activeCount(account) > 0;
  }

  /** The jobs whose tasks are known, with these. */
  *jobsWithTasks(account: string): Generator<{ readonly id: string; readonly tasks: readonly JobTask[] }> {
    const table = this.#table(account);
    for (const [row, tasks] of table?.rowsWithTasks ?? []) {
      yield { id: table?.idOf(row) ?? '', tasks };
    }
  }

  get(key: JobKey): Job | undefined {
    const table = this.#table(key.account);
    const row = table?.find(key.id);
    return row === undefined ? undefined : table?.read(row);
  }

  status(account: string): AccountStatus {
    return this.#accounts.get(account)?.status ?? idleStatus;
  }

  /**
   * When the service was last asked for all active jobs and answered, in milliseconds since the Unix epoch: those of then
   * are known. `null` where it never was.
   */
  activeAsOf(account: string): number | null {
    return this.#accounts.get(account)?.activeAsOf ?? null;
  }

  listing(account: string): Listing {
    return this.#accounts.get(account)?.listing ?? emptyListing;
  }

  /**
   * Takes over what the service said. Tasks that were not asked for now are kept as they were.
   * @returns whether anything changed
   */
  apply(account: string, records: Iterable<JobRecord>, tasks?: ReadonlyMap<string, readonly JobTask[]>): boolean {
    const { table } = this.#account(account);
    const now = this.#clock.now();
    const added: Job[] = [];
    const changed: JobChange[] = [];
    for (const record of records) {
      const row = table.find(record.id);
      const newTasks = tasks?.get(record.id);
      if (row === undefined) {
        added.push(addJob(table, record, newTasks ?? null, now));
        continue;
      }
      const change = changeJob(table, row, record, newTasks, now);
      if (change) {
        changed.push(change);
      }
    }
    return this.#fire(account, { added, changed });
  }

  /** Puts a job in that was known elsewhere or before a restart, unless something newer is known by now. */
  restore(job: Job): void {
    const { table } = this.#account(job.account);
    if (table.find(job.id) === undefined) {
      const row = table.write(job);
      table.setTasks(row, job.tasks);
      table.setProgress(row, job.progress);
      table.setPace(row, job.pace);
      this.#fire(job.account, { added: [table.read(row)] });
    }
  }

  remove(account: string, ids: Iterable<string>): boolean {
    const { table, exchanges } = this.#account(account);
    const removed: Job[] = [];
    for (const id of ids) {
      const row = table.find(id);
      if (row !== undefined) {
        removed.push(table.read(row));
        table.delete(row);
        exchanges.delete(id);
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

  setActiveAsOf(account: string, at: number): void {
    const state = this.#account(account);
    const isNew = state.activeAsOf === null;
    state.activeAsOf = at;
    // That they are known is news; that they still are is none.
    this.#fire(account, { statusChanged: isNew });
  }

  setListing(account: string, listing: Listing): void {
    const state = this.#account(account);
    const before = state.listing;
    state.listing = listing;
    const keys = Object.keys(listing) as (keyof Listing)[];
    this.#fire(account, { statusChanged: keys.some((key) => before[key] !== listing[key]) });
  }

  /** Forgets an account and everything of it. */
  dropAccount(account: string): void {
    const removed = this.jobs(account);
    if (this.#accounts.delete(account)) {
      this.#change.fire({ account, added: [], changed: [], removed, statusChanged: true });
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
    this.#exchange.fire(exchange);
  }

  /** The last request and response that were about this job alone. */
  lastExchange(key: JobKey): Exchange | undefined {
    return this.#accounts.get(key.account)?.exchanges.get(key.id);
  }

  dispose(): void {
    this.#change.dispose();
    this.#exchange.dispose();
    this.#accounts.clear();
  }

  #table(account: string): JobTable | undefined {
    return this.#accounts.get(account)?.table;
  }

  #account(name: string): AccountJobs {
    let state = this.#accounts.get(name);
    if (!state) {
      state = {
        table: new JobTable(name),
        status: idleStatus,
        listing: emptyListing,
        activeAsOf: null,
        exchanges: new Map(),
      };
      this.#accounts.set(name, state);
    }
    return state;
  }

  #fire(account: string, change: Partial<Omit<StoreChange, 'account'>>): boolean {
    const { added = [], changed = [], removed = [], statusChanged = false } = change;
    const jobsChanged = added.length + changed.length + removed.length > 0;
    if (jobsChanged || statusChanged) {
      this.#change.fire({ account, added, changed, removed, statusChanged });
    }
    return jobsChanged;
  }
}

function isMeant(table: JobTable, row: number, query: JobQuery): boolean {
  return matchesQuery({ state: table.stateOf(row), name: table.nameOf(row), created: table.createdOf(row) }, query);
}

/** The rows in the states of a query, where they are so few that looking at each beats walking through all jobs. */
function rowsOfRareStates(table: JobTable, { states = [] }: JobQuery): number[] | null {
  const count = states.reduce((sum, state) => sum + table.countIn(state), 0);
  return states.length > 0 && count * 10 < table.size ? [...table.rowsIn(states)] : null;
}

function addJob(table: JobTable, record: JobRecord, tasks: readonly JobTask[] | null, now: number): Job {
  const row = table.write(record);
  table.setTasks(row, tasks);
  table.setProgress(row, jobProgress(record, tasks, undefined));
  const job = table.read(row);
  table.setPace(row, nextPace(null, job, now));
  return table.read(row);
}

/** Takes over what is new of a known job; `null` where nothing is. */
function changeJob(
  table: JobTable,
  row: number,
  record: JobRecord,
  newTasks: readonly JobTask[] | undefined,
  now: number,
): JobChange | null {
  const oldTasks = table.tasksOf(row);
  const tasks = newTasks === undefined || isSameTasks(oldTasks, newTasks) ? oldTasks : newTasks;
  const known = { state: table.stateOf(row), progress: table.progressOf(row) };
  const progress = jobProgress(record, tasks, known);
  const oldPace = table.paceOf(row);
  const { state, started } = record;
  // Only a look at the tasks says that progress stands still; that it does is news of its own.
  const looked = newTasks !== undefined || state !== known.state;
  const pace = looked ? nextPace(oldPace, { state, progress, started }, now) : oldPace;
  const isSame =
    tasks === oldTasks &&
    progress === known.progress &&
    (pace?.isStalled ?? false) === (oldPace?.isStalled ?? false) &&
    table.holds(row, record);
  const before = isSame ? null : table.read(row);
  if (before) {
    table.write(record);
    table.setTasks(row, tasks);
    table.setProgress(row, progress);
  }
  table.setPace(row, pace);
  return before && { before, after: table.read(row) };
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
      task.errors.every(({ code, message, category, retry }, position) => {
        const before = other.errors[position];
        return (
          code === before?.code && message === before.message && category === before.category && retry === before.retry
        );
      })
    );
  });
}
