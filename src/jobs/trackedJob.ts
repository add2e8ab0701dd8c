import { isFinalState, isSameJob, type Job, type JobKey } from './job.ts';
import type { JobStore } from './jobStore.ts';
import { type Disposable, DisposableStore, Emitter } from './lifecycle.ts';

/** Where the tracked job is kept between two runs. What it loads may be anything. */
export interface TrackedJobStorage {
  load(): unknown;
  save(job: Job | null): void;
}

/**
 * The one job in the status bar. Only a person's choice changes it. It outlives a restart with what was last known of
 * the job, and stays on a final state until somebody has seen it.
 */
export class TrackedJob implements Disposable {
  readonly #store: JobStore;
  readonly #storage: TrackedJobStorage;
  readonly #subscriptions = new DisposableStore();
  readonly #change = this.#subscriptions.add(new Emitter<Job | null>());
  #job: Job | null = null;
  #isGone = false;

  /** Fires with the job whenever another one is tracked, or something about it changed. */
  readonly onDidChange = this.#change.event;

  constructor(store: JobStore, storage: TrackedJobStorage) {
    this.#store = store;
    this.#storage = storage;
    this.#subscriptions.add(
      store.onDidChange((change) => {
        const news = [...change.changed.map(({ after }) => after), ...change.added];
        const mine = news.find((job) => isSameJob(job, this.#job));
        if (mine) {
          this.#set(mine);
        }
      }),
    );
  }

  /** What is known of the tracked job, or `null` where none is tracked. */
  get job(): Job | null {
    return this.#job;
  }

  /**
   * Whether the service no longer has the job. What was last known of it stays until a person has seen it: a job that
   * somebody follows must not just disappear.
   */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Whether the job still has to be asked about. */
  get isWatched(): boolean {
    return this.#job !== null && !this.#isGone && !isFinalState(this.#job.state);
  }

  isTracked(key: JobKey): boolean {
    return isSameJob(key, this.#job);
  }

  /** Takes up the job of the last run, where its record is sound. */
  restore(): void {
    const stored = this.#storage.load();
    if (this.#job === null && isStoredJob(stored)) {
      this.#store.restore(stored);
      this.#job = this.#store.get(stored) ?? stored;
      this.#change.fire(this.#job);
    }
  }

  /** Tracks a job that the store knows. */
  track(key: JobKey): void {
    const job = this.#store.get(key);
    if (job) {
      this.#set(job);
    }
  }

  stop(): void {
    if (this.#job !== null) {
      this.#set(null);
    }
  }

  /** Stops tracking this job, should it be the tracked one: a person has deleted it. */
  forget(key: JobKey): void {
    if (this.isTracked(key)) {
      this.stop();
    }
  }

  /** Takes down that the service no longer has this job, should it be the tracked one. */
  markGone(key: JobKey): void {
    if (this.isTracked(key) && !this.#isGone) {
      this.#isGone = true;
      this.#change.fire(this.#job);
    }
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #set(job: Job | null): void {
    this.#job = job;
    this.#isGone = false;
    this.#storage.save(job && { ...job, tasks: null });
    this.#change.fire(job);
  }
}

/** The furthest time that `Date` can hold, in milliseconds. */
const maxTime = 8.64e15;

function isStoredJob(value: unknown): value is Job {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const job = value as Partial<Record<keyof Job, unknown>>;
  const isTime = (time: unknown): boolean => time === null || (typeof time === 'number' && Math.abs(time) <= maxTime);
  return (
    typeof job.account === 'string' &&
    typeof job.id === 'string' &&
    typeof job.name === 'string' &&
    typeof job.state === 'string' &&
    (job.progress === null || typeof job.progress === 'number') &&
    [job.created, job.lastModified, job.started, job.ended, job.priority, job.runningDurationMs].every(isTime) &&
    // Tasks are asked for again; what an older version stored of them is of no use.
    job.tasks === null
  );
}
