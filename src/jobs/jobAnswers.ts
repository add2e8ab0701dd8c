import { AnswerOrder, type Began } from './answerOrder.ts';
import { forEachParallel } from './forEachParallel.ts';
import { isActive, type Job, type JobKey, type JobRecord, type JobState, type JobTask, type ListedJob } from './job.ts';
import type { JobDetails } from './jobDetails.ts';
import type { JobQuery } from './jobQuery.ts';
import type { JobStore } from './jobStore.ts';
import type { JobPage, JobsClient, PageToken, RunningTask } from './jobsClient.ts';
import { ServiceError, type ServiceErrorKind } from './serviceError.ts';

/** What the service said, and when it was asked. */
export interface Answer<T> {
  readonly began: Began;
  readonly value: T;
}

export interface ListedRows {
  readonly rows: readonly Answer<ListedJob>[];
  readonly next: PageToken | null;
  /** When the first page was asked for. */
  readonly began: Began;
  readonly newestFirst: boolean;
}

/** Failures that say something of the job that was asked for, and nothing of the service. */
export const ofOneJob: ReadonlySet<ServiceErrorKind> = new Set(['badReply', 'badRequest', 'conflict', 'notFound']);

/** A service takes at most this many rows a page. */
const maxPageSize = 1000;
const maxParallelRequests = 4;

/**
 * Asks the service of one account, and takes what it says over into the store: never an older answer over a newer one,
 * and nothing once the account is gone.
 */
export class JobAnswers {
  readonly account: string;
  readonly client: JobsClient;
  readonly #store: JobStore;
  readonly #order = new AnswerOrder();
  /** Jobs one of whose tasks is not running any more, so that only a look at all their tasks tells what became of it. */
  readonly #tasksAreOld = new Set<string>();
  /** The state in which all tasks of a job were last asked for: what cannot be known then is not asked for again. */
  readonly #tasksAskedIn = new Map<string, JobState>();

  constructor(account: string, client: JobsClient, store: JobStore) {
    this.account = account;
    this.client = client;
    this.#store = store;
  }

  /** Whatever asks and applies runs in here, so that answers can be told apart by age for as long as one may be late. */
  during<T>(run: () => Promise<T>): Promise<T> {
    return this.#order.during(run);
  }

  /** Lists as many rows as are wanted, in as few pages as the service allows. */
  async list(
    query: JobQuery,
    from: PageToken | null,
    wanted: number,
    signal: AbortSignal | undefined,
  ): Promise<ListedRows> {
    const rows: Answer<ListedJob>[] = [];
    let next = from;
    let first: Began | null = null;
    let newestFirst = true;
    const seen = new Set<string>();
    do {
      const pageSize = Math.min(maxPageSize, wanted - rows.length);
      const began = this.#order.begin();
      first ??= began;
      const page: JobPage = await this.client.listJobs(query, { token: next, pageSize }, signal);
      rows.push(...page.jobs.map((value) => ({ began, value })));
      next = page.next;
      newestFirst &&= page.newestFirst;
      const before = seen.size;
      for (const { id } of page.jobs) {
        seen.add(id);
      }
      if (seen.size === before) {
        // Nothing, or the same page again.
        break;
      }
    } while (next !== null && rows.length < wanted);
    return { rows, next, began: first, newestFirst };
  }

  /** Asks for a job, and drops it where the service does not have it. `onGone` hears of that before this rejects. */
  job(id: string, signal: AbortSignal, onGone: (id: string) => void): Promise<Answer<ListedJob>> {
    return this.#one(id, () => this.client.getJob(id, signal), signal, onGone);
  }

  /** The same for all that the service says of a job. */
  details(id: string, signal: AbortSignal, onGone: (id: string) => void): Promise<Answer<JobDetails>> {
    return this.#one(id, () => this.client.getJobDetails(id, signal), signal, onGone);
  }

  async #one<T>(
    id: string,
    request: () => Promise<T>,
    signal: AbortSignal,
    onGone: (id: string) => void,
  ): Promise<Answer<T>> {
    const began = this.#order.begin();
    try {
      return { began, value: await request() };
    } catch (error) {
      if (saysGone(error)) {
        this.remove([id], began, signal).forEach(onGone);
      }
      throw error;
    }
  }

  /** The tasks of a job, or `null` where the service does not know it: its record says so, or it was just deleted. */
  async tasks(id: string, signal: AbortSignal): Promise<Answer<readonly JobTask[]> | null> {
    const began = this.#order.begin();
    try {
      return { began, value: await this.client.listTasks(id, signal) };
    } catch (error) {
      if (ServiceError.is(error) && error.kind === 'notFound') {
        return null;
      }
      throw error;
    }
  }

  /** Runs a request whose answer is to be told apart by age. */
  async ask<T>(request: () => Promise<T>): Promise<Answer<T>> {
    const began = this.#order.begin();
    return { began, value: await request() };
  }

  /**
   * Takes over records, with their tasks where they come with them, and tasks of jobs that are known then. Returns
   * whether anything changed.
   */
  apply(
    records: readonly Answer<ListedJob>[],
    tasks: ReadonlyMap<string, Answer<readonly JobTask[]>>,
    signal: AbortSignal,
  ): boolean {
    throwIfAborted(signal);
    const byId = new Map<string, JobRecord>();
    const newTasks = new Map<string, readonly JobTask[]>();
    for (const { began, value } of records) {
      if (this.#order.accept('record', value.id, began, !isActive(value))) {
        byId.set(value.id, value);
        if (value.tasks && this.#order.accept('tasks', value.id, began, areOver(value.tasks))) {
          newTasks.set(value.id, value.tasks);
        }
      }
    }
    for (const [id, { began, value }] of tasks) {
      const record = byId.get(id) ?? this.#known(id);
      if (record && this.#order.accept('tasks', id, began, areOver(value))) {
        byId.set(id, record);
        newTasks.set(id, value);
      }
    }
    return this.#store.apply(this.account, byId.values(), newTasks);
  }

  /**
   * The tasks of the jobs whose tasks are known, as the running ones say they are by now. A task that is not among the
   * running ones any more keeps what was known of it, and its job is asked for all its tasks when somebody sees it.
   */
  tasksByRunning({ began, value }: Answer<readonly RunningTask[]>): ReadonlyMap<string, Answer<readonly JobTask[]>> {
    const running = new Map(value.map((task) => [task.id, task]));
    const updated = new Map<string, Answer<readonly JobTask[]>>();
    for (const { id, tasks } of this.#store.jobsWithTasks(this.account)) {
      const begins = tasks.findLastIndex(({ id: task, state }) => state !== 'Processing' && running.has(task));
      const hasLeft = tasks.some(({ id: task, state }) => state === 'Processing' && !running.has(task));
      // One that was to run before another that runs by now may have run and ended between two looks.
      const wasPassedOver = tasks.slice(0, begins + 1).some((task) => isActive(task) && !running.has(task.id));
      if (hasLeft || wasPassedOver) {
        this.#tasksAreOld.add(id);
      }
      if (tasks.some(({ id: task }) => running.has(task))) {
        const now = tasks.map((task) => ({ ...task, ...running.get(task.id) }));
        updated.set(id, { began, value: now });
      }
    }
    return updated;
  }

  /** Drops jobs that an answer did not have, unless a newer one did. Returns those that are gone. */
  remove(ids: Iterable<string>, began: Began, signal: AbortSignal): readonly string[] {
    throwIfAborted(signal);
    const gone = [...ids].filter((id) => this.#order.accept('record', id, began, true));
    this.forget(gone);
    return gone;
  }

  /** Lets go of jobs that the service may still have, and of what was asked of them. Returns whether any was known. */
  forget(ids: readonly string[]): boolean {
    for (const id of ids) {
      this.#tasksAreOld.delete(id);
      this.#tasksAskedIn.delete(id);
    }
    return this.#store.remove(this.account, ids);
  }

  /** Asks for jobs by their ids. Where one fails, what the others brought still counts. */
  async refreshJobs(
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly changed: boolean; readonly gone: readonly string[] }> {
    const records: Answer<ListedJob>[] = [];
    const gone: string[] = [];
    let changed = false;
    try {
      await forEachParallel(ids, maxParallelRequests, async (id) => {
        const began = this.#order.begin();
        try {
          records.push({ began, value: await this.client.getJob(id, signal) });
        } catch (error) {
          if (!saysGone(error)) {
            throw error;
          }
          gone.push(...this.remove([id], began, signal));
        }
      });
    } finally {
      if (!signal.aborted) {
        changed = this.apply(records, new Map(), signal);
      }
    }
    return { changed: changed || gone.length > 0, gone };
  }

  /** Asks for jobs that are not active any more, by their ids. The ids of those that are gone go to `onGone`. */
  async refreshDeparted(ids: readonly string[], signal: AbortSignal, onGone: (id: string) => void): Promise<boolean> {
    let changed = false;
    for (let from = 0; from < ids.length; from += maxPageSize) {
      const asked = ids.slice(from, from + maxPageSize);
      const { began, value } = await this.ask(() => this.client.listDeparted(asked, signal));
      const found = value.map((record) => ({ began, value: record }));
      changed = this.apply(found, new Map(), signal) || changed;
      const there = new Set(value.map(({ id }) => id));
      const gone = this.remove(
        asked.filter((id) => !there.has(id)),
        began,
        signal,
      );
      gone.forEach(onGone);
      changed ||= gone.length > 0;
    }
    return changed;
  }

  /** Whether something newer is known of a job than this. */
  isNewer(id: string, began: Began): boolean {
    return this.#order.isNewer('record', id, began);
  }

  /** Asks for the tasks of jobs. Where one fails, what the others brought still counts. */
  async refreshTasks(ids: readonly string[], signal: AbortSignal): Promise<boolean> {
    const tasks = new Map<string, Answer<readonly JobTask[]>>();
    let changed = false;
    try {
      await this.#collectTasks(ids, tasks, signal);
    } finally {
      if (!signal.aborted) {
        changed = this.apply([], tasks, signal);
        for (const id of tasks.keys()) {
          this.#noteAsked(id);
        }
      }
    }
    return changed;
  }

  /**
   * Asks for all tasks of jobs where only that tells how they are: once for an active or a failed job, and again when one
   * of them ended.
   * @param runningKnown whether the running tasks of all jobs were asked for, so that their progress is known already
   */
  refreshMovingTasks(ids: Iterable<string>, runningKnown: boolean, signal: AbortSignal): Promise<boolean> {
    const wanted = [...new Set(ids)].filter((id) => {
      const job = this.#known(id);
      return job !== undefined && this.#mustAskForTasks(job, runningKnown);
    });
    return this.refreshTasks(wanted, signal);
  }

  #mustAskForTasks(job: Job, runningKnown: boolean): boolean {
    const wasAsked = this.#tasksAskedIn.get(job.id) === job.state;
    if (job.tasks === null) {
      return (isActive(job) || job.state === 'Error') && !wasAsked;
    }
    if (!isActive(job)) {
      return job.tasks.some(isActive) && !wasAsked;
    }
    const isWaiting = job.state === 'Queued' || job.state === 'Scheduled';
    return this.#tasksAreOld.has(job.id) || !(runningKnown || isWaiting);
  }

  /** The tasks of jobs, whether or not the store has them. */
  async collectTasks(
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Answer<readonly JobTask[]>>> {
    const tasks = new Map<string, Answer<readonly JobTask[]>>();
    await this.#collectTasks(ids, tasks, signal);
    return tasks;
  }

  async #collectTasks(
    ids: readonly string[],
    into: Map<string, Answer<readonly JobTask[]>>,
    signal: AbortSignal,
  ): Promise<void> {
    await forEachParallel(ids, maxParallelRequests, async (id) => {
      try {
        const answer = await this.tasks(id, signal);
        if (answer) {
          into.set(id, answer);
        }
      } catch (error) {
        if (!ServiceError.is(error) || !ofOneJob.has(error.kind)) {
          throw error;
        }
        // What is wrong with the tasks of one job must not keep the others from being asked for.
        this.#noteAsked(id);
      }
    });
  }

  #noteAsked(id: string): void {
    const job = this.#known(id);
    this.#tasksAreOld.delete(id);
    if (job) {
      this.#tasksAskedIn.set(id, job.state);
    }
  }

  #known(id: string): Job | undefined {
    const key: JobKey = { account: this.account, id };
    return this.#store.get(key);
  }
}

/** Whether nothing comes after what these tasks say. */
function areOver(tasks: readonly JobTask[]): boolean {
  return tasks.length > 0 && !tasks.some(isActive);
}

/** Whether the service answered that it has no such job; an HTTP 404 may come from elsewhere, and is a failure. */
function saysGone(error: unknown): boolean {
  return ServiceError.is(error) && error.kind === 'notFound' && error.status === undefined;
}

/** @throws ServiceError of the kind `aborted`, whatever reason the signal was given. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) {
    throw ServiceError.is(signal.reason) ? signal.reason : new ServiceError('aborted', 'The request was canceled.');
  }
}
