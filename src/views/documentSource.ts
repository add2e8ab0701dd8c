import type { Clock } from '../jobs/clock.ts';
import type { Exchange } from '../jobs/exchange.ts';
import { isSameJob, type Job, type JobKey } from '../jobs/job.ts';
import type { JobDetails } from '../jobs/jobDetails.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import type { JobWatcher } from '../jobs/jobWatcher.ts';
import { type Disposable, DisposableStore } from '../jobs/lifecycle.ts';
import type { PollSettings } from '../jobs/pollDemand.ts';
import { exchangeText } from './exchangeText.ts';
import type { Localizer } from './localize.ts';
import { recordText } from './recordText.ts';

/** Where the text of one document comes from, apart from VS Code. */
export interface DocumentSource extends Disposable {
  /** What stands in the document; `null` until there was an answer. */
  readonly text: string | null;
  /**
   * Asks now.
   * @throws ServiceError where that brought nothing to show
   */
  refresh(): Promise<void>;
  /** Says whether people can see the document. */
  setVisible(visible: boolean): void;
  /** The focus of the window or a setting may be another. */
  lookAgain(): void;
}

export interface SourceParts {
  readonly store: Pick<JobStore, 'get' | 'lastExchange' | 'onDidChange' | 'onDidRecordExchange'>;
  readonly watcher: Pick<JobWatcher, 'ask' | 'check' | 'watch'>;
  readonly clock: Clock;
  readonly settings: () => Pick<PollSettings, 'automatic' | 'trackedIntervalMs'>;
  readonly isFocused: () => boolean;
  readonly l10n: () => Localizer;
  /** Hears that the text is another. */
  readonly onChange: () => void;
}

/** No faster does the text of an exchange change under somebody who reads it. */
const exchangeIntervalMs = 1_000;

/** The last exchange about a job, whoever asked. */
export class ExchangeSource implements DocumentSource {
  readonly #parts: SourceParts;
  readonly #key: JobKey;
  readonly #subscriptions = new DisposableStore();
  /** Kept here too: the store forgets it with a job that the service does not have. */
  #exchange: Exchange | undefined;
  #timer: Disposable | null = null;
  #changedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: SourceParts, key: JobKey) {
    this.#parts = parts;
    this.#key = key;
    this.#exchange = parts.store.lastExchange(key);
    this.#subscriptions.add(
      parts.store.onDidRecordExchange((exchange) => {
        if (exchange.account === key.account && exchange.jobId === key.id) {
          this.#exchange = exchange;
          this.#changed();
        }
      }),
    );
  }

  get text(): string | null {
    return this.#exchange ? exchangeText(this.#exchange, this.#parts.l10n()) : null;
  }

  async refresh(): Promise<void> {
    const before = this.#exchange;
    try {
      await this.#parts.watcher.check(this.#key);
    } catch (error) {
      // A request that failed is what people open this for.
      if (this.#exchange === before) {
        throw error;
      }
    }
  }

  setVisible(): void {}

  lookAgain(): void {}

  dispose(): void {
    this.#subscriptions.dispose();
    this.#timer?.dispose();
  }

  #changed(): void {
    const { clock, onChange } = this.#parts;
    const wait = this.#changedAt + exchangeIntervalMs - clock.now();
    if (wait <= 0) {
      this.#changedAt = clock.now();
      onChange();
    } else {
      this.#timer ??= clock.setTimeout(() => {
        this.#timer = null;
        this.#changed();
      }, wait);
    }
  }
}

/** After so many failures in a row, the wait for the next try does not double any more. */
const mostDoublings = 6;

/**
 * The record of a job with its tasks. While people see it, the job is asked about like the tracked one, and whenever that
 * shows that it moved, its whole record is asked for: one request at a time, and as often as for the tracked job at most.
 */
export class RecordSource implements DocumentSource {
  readonly #parts: SourceParts;
  readonly #key: JobKey;
  readonly #subscriptions = new DisposableStore();
  readonly #abort = new AbortController();
  #details: JobDetails | null = null;
  #text: string | null = null;
  #isVisible = false;
  /** The store knows more of the job than stands here. */
  #isOld = false;
  #running: Promise<void> | null = null;
  #endedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #watch: Disposable | null = null;
  #timer: Disposable | null = null;

  constructor(parts: SourceParts, key: JobKey) {
    this.#parts = parts;
    this.#key = key;
    this.#subscriptions.add(
      parts.store.onDidChange(({ account, changed, added }) => {
        if (account === key.account) {
          const job =
            changed.find(({ after }) => isSameJob(after, key))?.after ?? added.find((it) => isSameJob(it, key));
          if (job && !this.#running) {
            this.#compare(job);
          }
        }
      }),
    );
  }

  get text(): string | null {
    return this.#text;
  }

  refresh(): Promise<void> {
    this.#running ??= this.#ask().finally(() => {
      this.#running = null;
      this.#endedAt = this.#parts.clock.now();
      const job = this.#parts.store.get(this.#key);
      if (job) {
        this.#compare(job);
      }
    });
    return this.#running;
  }

  setVisible(visible: boolean): void {
    if (visible === this.#isVisible || this.#abort.signal.aborted) {
      return;
    }
    this.#isVisible = visible;
    this.#watch?.dispose();
    this.#watch = visible ? this.#parts.watcher.watch(this.#key) : null;
    this.lookAgain();
  }

  /** Asks when it is time, where there is something new and somebody to see it. */
  lookAgain(): void {
    const { clock, settings, isFocused } = this.#parts;
    this.#timer?.dispose();
    this.#timer = null;
    const { automatic, trackedIntervalMs } = settings();
    const wanted = this.#isOld && this.#isVisible && automatic && isFocused();
    if (!wanted || this.#running || this.#abort.signal.aborted) {
      return;
    }
    const pause = trackedIntervalMs * 2 ** Math.min(this.#failures, mostDoublings);
    this.#timer = clock.setTimeout(
      () => {
        this.#timer = null;
        // What stands there stays, and the panel says why nothing new comes.
        this.refresh().catch(() => undefined);
      },
      Math.max(0, this.#endedAt + pause - clock.now()),
    );
  }

  dispose(): void {
    this.#abort.abort();
    this.#subscriptions.dispose();
    this.#watch?.dispose();
    this.#timer?.dispose();
  }

  async #ask(): Promise<void> {
    const { watcher, l10n, onChange } = this.#parts;
    const { id } = this.#key;
    try {
      this.#details = await watcher.ask(this.#key, (asked, signal) => asked.details(id, signal), this.#abort.signal);
    } catch (error) {
      this.#failures++;
      throw error;
    }
    this.#failures = 0;
    const text = recordText(this.#details, l10n());
    if (text !== this.#text) {
      this.#text = text;
      onChange();
    }
  }

  /** Our own requests move the store as well: what they brought is here already. */
  #compare(job: Job): void {
    this.#isOld = this.#details !== null && !isAsIn(job, this.#details);
    this.lookAgain();
  }
}

/** Whether a job is known as its details say that it is. */
function isAsIn(job: Job, details: JobDetails): boolean {
  return (
    job.state === details.job.state &&
    job.lastModified === details.job.lastModified &&
    job.priority === details.job.priority &&
    (job.tasks === null || JSON.stringify(job.tasks) === JSON.stringify(details.tasks))
  );
}
