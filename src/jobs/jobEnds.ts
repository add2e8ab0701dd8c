import type { Clock } from './clock.ts';
import { isActive, type Job, type JobKey, jobKeyOf } from './job.ts';
import type { JobStore } from './jobStore.ts';
import { type Disposable, DisposableStore } from './lifecycle.ts';
import type { TrackedJob } from './trackedJob.ts';

/** Of the end of which jobs people want to be told. */
export type NotificationChoice = 'always' | 'tracked' | 'errors' | 'never';

export interface JobEndsOptions {
  readonly store: Pick<JobStore, 'onDidChange'>;
  readonly tracked: Pick<TrackedJob, 'isTracked' | 'onDidFindEnded'>;
  readonly clock: Clock;
  readonly choice: () => NotificationChoice;
  readonly isFocused: () => boolean;
  /** Whether this window is the first of all to claim something of that name. */
  readonly claim: (name: string) => Promise<boolean>;
  /** Says of jobs that ended at the same time how they did. */
  readonly announce: (jobs: readonly Job[]) => void;
}

/** The window that a person is in goes first, so that they are told where they are. */
const othersWaitMs = 2_000;

/** Says of each job that ends as it has ended, once, in one window: of jobs that were seen active before, in whichever run. */
export class JobEnds implements Disposable {
  readonly #options: JobEndsOptions;
  readonly #disposables = new DisposableStore();
  readonly #pending = new Set<Disposable>();
  /** Jobs of which somebody else in this window says how they ended, with how many do. */
  readonly #held = new Map<string, number>();

  constructor(options: JobEndsOptions) {
    this.#options = options;
    this.#disposables.add(
      options.store.onDidChange(({ changed }) => {
        const ended = changed.filter(({ before, after }) => isActive(before) && !isActive(after));
        this.#haveEnded(ended.map(({ after }) => after));
      }),
    );
    // What was tracked is read from a file; the service may have been faster.
    this.#disposables.add(options.tracked.onDidFindEnded((job) => this.#haveEnded([job])));
  }

  /** Leaves the end of a job to the caller for as long as the result lives. */
  hold(key: JobKey): Disposable {
    const name = jobKeyOf(key);
    this.#held.set(name, (this.#held.get(name) ?? 0) + 1);
    let isOver = false;
    return {
      dispose: () => {
        const left = (this.#held.get(name) ?? 0) - (isOver ? 0 : 1);
        isOver = true;
        if (left > 0) {
          this.#held.set(name, left);
        } else {
          this.#held.delete(name);
        }
      },
    };
  }

  /** Whether no window has said yet how a job ended. Whoever hears so is the one to say it. */
  claim({ account, id, created, state }: Job): Promise<boolean> {
    // An emulator that begins anew has jobs of the same ids; when they were created tells them apart.
    return this.#options.claim(JSON.stringify([account, id, created, state]));
  }

  dispose(): void {
    this.#disposables.dispose();
    for (const timer of this.#pending) {
      timer.dispose();
    }
  }

  #haveEnded(jobs: readonly Job[]): void {
    const wanted = jobs.filter((job) => this.#isWanted(job));
    if (wanted.length > 0) {
      this.#announceHereOrElsewhere(wanted);
    }
  }

  #isWanted(job: Job): boolean {
    if ((this.#held.get(jobKeyOf(job)) ?? 0) > 0) {
      return false;
    }
    switch (this.#options.choice()) {
      case 'always':
        return true;
      case 'errors':
        return job.state === 'Error';
      case 'tracked':
        return this.#options.tracked.isTracked(job);
      case 'never':
        return false;
    }
  }

  #announceHereOrElsewhere(jobs: readonly Job[]): void {
    const { clock, isFocused, announce } = this.#options;
    const claim = async (): Promise<void> => {
      const isOurs = await Promise.all(jobs.map((job) => this.claim(job)));
      const ours = jobs.filter((_, index) => isOurs[index]);
      if (ours.length > 0) {
        announce(ours);
      }
    };
    if (isFocused()) {
      void claim();
      return;
    }
    const timer = clock.setTimeout(() => {
      this.#pending.delete(timer);
      void claim();
    }, othersWaitMs);
    this.#pending.add(timer);
  }
}
