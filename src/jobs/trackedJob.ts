import { type Clock, maxTime } from './clock.ts';
import { isActive, isFinalState, isJobState, isSameJob, type Job, type JobKey, jobKeyOf } from './job.ts';
import type { JobStore } from './jobStore.ts';
import { type Disposable, DisposableStore, Emitter, type Event } from './lifecycle.ts';
import { isPace } from './pace.ts';
import { isPercent } from './progress.ts';

/** What a person chose to track. */
export interface TrackedChoice {
  /** When they did, in milliseconds: of two choices the later one holds, in whichever window it was made. */
  readonly chosenAt: number;
  /** `null` where they stopped. */
  readonly job: Job | null;
}

/** Where the choice is kept, between two runs and for all windows. What it gives may be anything. */
export interface TrackedJobStorage {
  load(): Promise<unknown>;
  save(choice: TrackedChoice): unknown;
  /** Fires with what another window saved. */
  readonly onDidChange: Event<unknown>;
}

/**
 * The one job in the status bar, the same in all windows. Only a person's choice changes it. It outlives a restart with
 * what was last known of the job, and stays on a final state until somebody has seen it.
 */
export class TrackedJob implements Disposable {
  readonly #store: JobStore;
  readonly #storage: TrackedJobStorage;
  readonly #clock: Clock;
  readonly #subscriptions = new DisposableStore();
  readonly #change = this.#subscriptions.add(new Emitter<Job | null>());
  readonly #ended = this.#subscriptions.add(new Emitter<Job>());
  #job: Job | null = null;
  #isGone = false;
  #chosenAt = 0;
  /** Whether it is known what was tracked before this window opened. */
  #isRestored = false;

  /** Fires with the job whenever another one is tracked, or something about it changed. */
  readonly onDidChange = this.#change.event;
  /** Fires with a job that was tracked while it was active, and of which it was known by then how it had ended. */
  readonly onDidFindEnded = this.#ended.event;

  constructor(store: JobStore, storage: TrackedJobStorage, clock: Clock) {
    this.#store = store;
    this.#storage = storage;
    this.#clock = clock;
    this.#subscriptions.add(
      store.onDidChange((change) => {
        const news = [...change.changed.map(({ after }) => after), ...change.added];
        const mine = news.find((job) => isSameJob(job, this.#job));
        if (mine) {
          this.#keep(mine);
        }
      }),
    );
    this.#subscriptions.add(storage.onDidChange((stored) => this.#hear(stored)));
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

  /** Takes up the job of the last run, where its record is sound and nobody has chosen meanwhile. */
  async restore(): Promise<void> {
    const stored = await this.#storage.load();
    this.#isRestored = true;
    if (stored !== null) {
      this.#hear(stored);
    }
  }

  /** Tracks a job that the store knows. */
  track(key: JobKey): void {
    const job = this.#store.get(key);
    if (job) {
      this.#choose(job);
    }
  }

  stop(): void {
    // Before it is known what was tracked, it may be just that which somebody wants to be rid of.
    if (this.#job !== null || !this.#isRestored) {
      this.#choose(null);
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

  #choose(job: Job | null): void {
    // Later than what was chosen before, even where the machine's clock was set back.
    this.#chosenAt = Math.max(this.#clock.now(), this.#chosenAt + 1);
    this.#keep(job);
  }

  /** Saved before anybody hears of it: a listener that chooses again is the later one. */
  #keep(job: Job | null): void {
    this.#job = job;
    this.#isGone = false;
    this.#save();
    this.#change.fire(job);
  }

  #save(): void {
    this.#storage.save({ chosenAt: this.#chosenAt, job: this.#job && { ...this.#job, tasks: null } });
  }

  /**
   * Takes over what was chosen later elsewhere, and writes nothing then. What was chosen earlier was written by a window
   * that did not know better, over the later choice; that one is put back. News of the same choice is no news: the
   * store has the job as it is.
   */
  #hear(stored: unknown): void {
    if (this.#subscriptions.isDisposed || !isTrackedChoice(stored)) {
      return;
    }
    const order = compareChoices(stored, { chosenAt: this.#chosenAt, job: this.#job });
    if (order < 0) {
      this.#save();
    } else if (order > 0) {
      this.#takeOver(stored);
    }
  }

  #takeOver({ chosenAt, job }: TrackedChoice): void {
    this.#chosenAt = chosenAt;
    if (isSameJob(job, this.#job) || job === this.#job) {
      return;
    }
    if (job) {
      this.#store.restore(job);
    }
    this.#job = job && (this.#store.get(job) ?? job);
    this.#isGone = false;
    this.#change.fire(this.#job);
    const known = this.#job;
    if (job && known && isActive(job) && !isActive(known) && job.created === known.created) {
      this.#ended.fire(known);
    }
  }
}

/** The later choice last; of two at the same instant every window takes the same one. */
function compareChoices(a: TrackedChoice, b: TrackedChoice): number {
  const [nameA, nameB] = [a, b].map(({ job }) => (job ? jobKeyOf(job) : ''));
  return a.chosenAt - b.chosenAt || ((nameA ?? '') < (nameB ?? '') ? -1 : nameA === nameB ? 0 : 1);
}

/** Whether what was stored is a choice, all of it. */
export function isTrackedChoice(value: unknown): value is TrackedChoice {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const { chosenAt, job } = value as Partial<Record<keyof TrackedChoice, unknown>>;
  // No clock goes further, and a later choice has to be later still.
  return Number.isSafeInteger(chosenAt) && Number(chosenAt) <= maxTime && (job === null || isStoredJob(job));
}

function isStoredJob(value: unknown): value is Job {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const job = value as Partial<Record<keyof Job, unknown>>;
  const isTime = (time: unknown): boolean => time === null || (typeof time === 'number' && Math.abs(time) <= maxTime);
  return (
    typeof job.account === 'string' &&
    typeof job.id === 'string' &&
    job.id !== '' &&
    typeof job.name === 'string' &&
    isJobState(job.state) &&
    (job.progress === null || isPercent(job.progress)) &&
    [job.created, job.lastModified, job.started, job.ended, job.priority, job.runningDurationMs].every(isTime) &&
    Number(job.runningDurationMs) >= 0 &&
    (job.pace === null || isPace(job.pace)) &&
    // Tasks are asked for again; what an older version stored of them is of no use.
    job.tasks === null
  );
}
