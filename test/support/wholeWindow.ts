import type { Clock } from '../../src/jobs/clock.ts';
import type { Job } from '../../src/jobs/job.ts';
import { JobEnds } from '../../src/jobs/jobEnds.ts';
import { ProgressHistory } from '../../src/jobs/progressHistory.ts';
import { Badge } from '../../src/views/badge.ts';
import { Watching, type WatchingOptions } from './watching.ts';

export interface WholeWindowOptions extends WatchingOptions {
  readonly clock: Clock;
  readonly accounts: readonly string[];
  /** Whether an end of this name is to be said; the files of all windows keep it from being said again. */
  readonly claim: (name: string) => boolean;
  readonly announce: (job: Job) => void;
}

/** All that a window has of jobs beside what VS Code draws: what is watched, its ends, its history and its badge. */
export class WholeWindow extends Watching {
  readonly ends: JobEnds;
  readonly history: ProgressHistory;
  readonly badge: Badge;
  /** What the badge says. */
  active = 0;
  focused = true;

  constructor(options: WholeWindowOptions) {
    super(options);
    const { clock, accounts, announce, claim } = options;
    this.history = new ProgressHistory(this.store, clock);
    this.ends = new JobEnds({
      store: this.store,
      tracked: this.tracked,
      clock,
      choice: () => 'always',
      isFocused: () => this.focused,
      claim: async (name) => claim(name),
      announce: (jobs) => jobs.forEach(announce),
    });
    this.badge = new Badge({
      store: this.store,
      clock,
      accounts: () => accounts,
      show: (active) => {
        this.active = active;
      },
    });
    this.store.onDidChange(() => this.badge.update());
  }

  setFocused(focused: boolean): void {
    this.focused = focused;
    this.watcher.setWindowFocused(focused);
  }

  override dispose(): void {
    this.badge.dispose();
    this.ends.dispose();
    this.history.dispose();
    super.dispose();
  }
}
