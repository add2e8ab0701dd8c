import type { AskedJobs } from '../jobs/askedJobs.ts';
import { forEachParallel } from '../jobs/forEachParallel.ts';
import type { Job } from '../jobs/job.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import type { JobWatcher } from '../jobs/jobWatcher.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { errorText } from '../views/errorText.ts';
import {
  type ChangeContext,
  cutText,
  doneText,
  type JobChange,
  missedText,
  refusalLine,
  saysOnlyOfJob,
  wordsOf,
} from './jobChanges.ts';

/**
 * Asks the service for the change of one job. Resolves once it has taken it, to what says that other requests would fare
 * no better.
 */
export type JobRequest = (asked: AskedJobs, jobId: string, signal: AbortSignal) => Promise<ServiceError | null>;

export interface Refusal {
  readonly job: Job;
  readonly error: ServiceError;
}

/** What to tell of a run that is over. */
export interface RunNews {
  readonly text: string;
  /** Why not all was done, unless a person stopped it. */
  readonly refusal: Refusal | null;
  /** What became of each job that was not changed, where there are several. */
  readonly each: readonly Refusal[];
}

interface RunParts {
  readonly watcher: Pick<JobWatcher, 'ask'>;
  readonly store: Pick<JobStore, 'get'>;
  readonly log: { warn(line: string): void };
}

export const maxParallelRequests = 4;

/** Changes jobs, a few at a time. What the service refuses does not keep it from the others. */
export class ChangeRun {
  readonly #parts: RunParts;
  readonly #change: JobChange;
  readonly #jobs: readonly Job[];
  readonly #request: JobRequest;
  #done = 0;
  readonly #refusals: Refusal[] = [];
  /** By account, what its service would answer to anything else. */
  readonly #given = new Map<string, Refusal>();
  #isStopped = false;
  /** Hears of each job that is over. */
  onStep: () => void = () => undefined;

  constructor(parts: RunParts, change: JobChange, jobs: readonly Job[], request: JobRequest) {
    this.#parts = parts;
    this.#change = change;
    this.#jobs = jobs;
    this.#request = request;
  }

  /** How many jobs are over. */
  get over(): number {
    return this.#done + this.#refusals.length;
  }

  async run(): Promise<void> {
    await forEachParallel(this.#jobs, maxParallelRequests, (job) => this.#one(job));
  }

  /** Leaves alone what the service was not asked for yet. */
  stop(): void {
    this.#isStopped = true;
  }

  /** What came of it: nothing to tell where one job was changed, as its row shows it. */
  news(context: ChangeContext): RunNews | null {
    const [change, jobs, done] = [this.#change, this.#jobs, this.#done];
    const missed = jobs.length - done;
    if (missed === 0) {
      return jobs.length > 1 ? { text: doneText(change, done, context), refusal: null, each: [] } : null;
    }
    const cut = this.#refusals.filter(({ error }) => error.kind === 'aborted');
    if (cut[0]) {
      return { text: cutText(change, jobs, done, cut.length, context), refusal: cut[0], each: [] };
    }
    // What kept it from most jobs says more than what was wrong with one.
    const refusal = [...this.#given.values(), ...this.#refusals][0] ?? null;
    const reason = refusal ? errorText(wordsOf(refusal.error), context.l10n) : '';
    const each = this.#refusals.length > 1 ? this.#refusals : [];
    return { text: missedText(change, jobs, missed, reason, context), refusal, each };
  }

  async #one(job: Job): Promise<void> {
    if (this.#isStopped || this.#given.has(job.account)) {
      return;
    }
    const { watcher, store, log } = this.#parts;
    try {
      const error = await watcher.ask(job, (asked, signal) => this.#request(asked, job.id, signal));
      this.#done++;
      this.#giveUp(job, error);
    } catch (thrown) {
      const error = ServiceError.from(thrown);
      if (this.#change === 'delete' && error.kind === 'notFound' && !store.get(job)) {
        // Somebody else was faster.
        this.#done++;
      } else {
        this.#refusals.push({ job, error });
        this.#giveUp(job, error);
        log.warn(refusalLine(this.#change, job, error));
      }
    }
    this.onStep();
  }

  #giveUp(job: Job, error: ServiceError | null): void {
    if (error && !saysOnlyOfJob(error)) {
      this.#given.set(job.account, { job, error });
    }
  }
}
