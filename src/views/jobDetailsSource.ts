import type { AccountsModel } from '../jobs/accountStatus.ts';
import type { Clock } from '../jobs/clock.ts';
import { isActive, isSameJob, type Job, type JobKey } from '../jobs/job.ts';
import type { JobAssets, JobDetails } from '../jobs/jobDetails.ts';
import type { JobStore, StoreChange } from '../jobs/jobStore.ts';
import type { JobWatcher } from '../jobs/jobWatcher.ts';
import { type Disposable, DisposableStore, Emitter, type Event } from '../jobs/lifecycle.ts';
import type { PollSettings } from '../jobs/pollDemand.ts';
import { ServiceError } from '../jobs/serviceError.ts';

export interface JobDetailsSourceParts {
  readonly store: JobStore;
  readonly watcher: JobWatcher;
  readonly clock: Clock;
  readonly settings: () => Pick<PollSettings, 'automatic'>;
  readonly accounts: () => AccountsModel;
  /** Fires when accounts came or went. */
  readonly onAccountsChanged: Event<void>;
}

const firstRetryMs = 15_000;
const longestRetryMs = 5 * 60_000;

/**
 * What is known of one job for its details. While somebody looks, the job is watched, and the service is asked for all it
 * says of it whenever the state of the job or of a task changes; a question that failed is put again after a
 * while, once the account's service answers again, or when somebody looks anew.
 */
export class JobDetailsSource implements Disposable {
  readonly key: JobKey;
  readonly #parts: JobDetailsSourceParts;
  readonly #change = new Emitter<void>();
  #looking: DisposableStore | null = null;
  #abort = new AbortController();
  /** The states of job and tasks when the service was last asked for all of it. */
  #askedFor = '';
  #isAsking = false;
  #job: Job | null = null;
  #isGone = false;
  #events: JobDetails['events'] | null = null;
  #assets: JobAssets | null = null;
  #assetsFailure: ServiceError | null = null;
  #reservedUnits: number | null = null;
  #failure: ServiceError | null = null;
  /** How often in a row. */
  #failures = 0;
  #retryTimer: Disposable | null = null;

  /** Fires when something of this may be other than before, as long as somebody looks. */
  readonly onDidChange = this.#change.event;

  constructor(key: JobKey, parts: JobDetailsSourceParts) {
    this.key = key;
    this.#parts = parts;
  }

  /** The job as it is known, or as it was last known; `null` where it never was. */
  get job(): Job | null {
    return this.#job;
  }

  /** Whether the service answered that it has no such job. */
  get isGone(): boolean {
    return this.#isGone;
  }

  get isAccountThere(): boolean {
    return this.#parts.accounts().accounts.some(({ name }) => name === this.key.account);
  }

  /** What happened to each task; `null` until the service has said it. */
  get events(): JobDetails['events'] | null {
    return this.#events;
  }

  get assets(): JobAssets | null {
    return this.#assets;
  }

  /** Why there are no assets. */
  get assetsFailure(): ServiceError | null {
    return this.#assetsFailure;
  }

  /** How many tasks the account can run at a time, as far as the job had to wait for that. */
  get reservedUnits(): number | null {
    return this.#reservedUnits;
  }

  /** Why the service was last asked in vain. */
  get failure(): ServiceError | null {
    return this.#failure;
  }

  /** Somebody looks, until the result is disposed of. */
  look(): Disposable {
    const { store, watcher, onAccountsChanged } = this.#parts;
    const looking = new DisposableStore();
    this.#looking = looking;
    looking.add(watcher.watch(this.key));
    looking.add(store.onDidChange((change) => change.account === this.key.account && this.#storeChanged(change)));
    // After a reload, accounts may come a moment after whoever looks; and one that was another may be the same again.
    looking.add(
      onAccountsChanged(() => {
        this.#isGone = false;
        this.retry();
      }),
    );
    looking.add({
      dispose: () => {
        this.#looking = null;
        this.#stopAsking();
      },
    });
    this.retry();
    return looking;
  }

  /** Asks again what failed. */
  retry(): void {
    if (this.#failure || this.#assetsFailure || this.#isGone) {
      this.#askedFor = '';
      this.#isGone = false;
    }
    this.#update();
  }

  dispose(): void {
    this.#looking?.dispose();
    this.#change.dispose();
  }

  #storeChanged({ added, changed, removed, statusChanged }: StoreChange): void {
    const isMine = (job: JobKey): boolean => isSameJob(job, this.key);
    // With an account, all of its jobs go, and of none of them that says anything.
    if (removed.some(isMine) && !statusChanged) {
      this.#isGone = true;
    }
    const { state } = this.#parts.store.status(this.key.account);
    if (statusChanged && state === 'ready' && (this.#failure || this.#assetsFailure)) {
      this.#askedFor = '';
    }
    // The place of one that waits moves when others do.
    if (
      statusChanged ||
      isWaiting(this.#job) ||
      [...added, ...removed, ...changed.map(({ after }) => after)].some(isMine)
    ) {
      this.#update();
    }
  }

  #update(): void {
    const known = this.#parts.store.get(this.key);
    if (known) {
      this.#job = known;
      this.#isGone = false;
    }
    const states = this.#states();
    if (this.#looking && !this.#isAsking && !this.#isGone && this.isAccountThere && states !== this.#askedFor) {
      this.#isAsking = true;
      void this.#ask(states, this.#abort.signal);
    }
    this.#change.fire();
  }

  #states(): string {
    const job = this.#parts.store.get(this.key);
    return JSON.stringify(job ? [job.state, job.tasks?.map(({ state }) => state)] : 'unknown');
  }

  /** Each answer is shown as it comes: one that is late holds up no other. */
  async #ask(states: string, signal: AbortSignal): Promise<void> {
    const { watcher } = this.#parts;
    const { id } = this.key;
    if (this.#job === null || isWaiting(this.#job)) {
      void this.#askForUnits(signal);
    }
    // What a job reads and writes stays the same until it ends.
    if (!this.#assets || !this.#job || !isActive(this.#job)) {
      void this.#askForAssets(signal);
    }
    try {
      const { events } = await watcher.ask(this.key, (asked, either) => asked.details(id, either), signal);
      if (signal.aborted) {
        return;
      }
      this.#events = events;
      this.#failure = null;
      this.#failures = 0;
      this.#askedFor = this.#states();
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      this.#failure = ServiceError.from(error);
      this.#isGone = this.#failure.kind === 'notFound' && this.#failure.status === undefined;
      this.#askedFor = states;
      this.#retryLater();
    }
    this.#isAsking = false;
    this.#update();
  }

  async #askForAssets(signal: AbortSignal): Promise<void> {
    const { id } = this.key;
    const request = this.#parts.watcher.ask(this.key, (asked, either) => asked.assets(id, either), signal);
    const [assets] = await Promise.allSettled([request]);
    if (!signal.aborted) {
      this.#assetsFailure = assets.status === 'rejected' ? ServiceError.from(assets.reason) : null;
      this.#assets = assets.status === 'fulfilled' ? assets.value : this.#assets;
      this.#change.fire();
    }
  }

  async #askForUnits(signal: AbortSignal): Promise<void> {
    const request = this.#parts.watcher.ask(this.key, (asked, either) => asked.reservedUnits(either), signal);
    const [units] = await Promise.allSettled([request]);
    // Where nobody says how many there are, the job waits all the same.
    if (!signal.aborted && units.status === 'fulfilled') {
      this.#reservedUnits = units.value;
      this.#change.fire();
    }
  }

  /** By itself as polls are, and ever more seldom. */
  #retryLater(): void {
    const { clock, settings } = this.#parts;
    if (settings().automatic && !this.#isGone) {
      const delay = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.#failures, 16));
      this.#failures++;
      this.#retryTimer?.dispose();
      this.#retryTimer = clock.setTimeout(() => this.retry(), delay);
    }
  }

  #stopAsking(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#isAsking = false;
    this.#retryTimer?.dispose();
    this.#retryTimer = null;
  }
}

function isWaiting(job: Job | null): boolean {
  return job?.state === 'Queued' || job?.state === 'Scheduled';
}
