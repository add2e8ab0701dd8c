import type { AccountStatus } from '../jobs/accountStatus.ts';
import type { Clock } from '../jobs/clock.ts';
import type { Disposable } from '../jobs/lifecycle.ts';

export interface BadgeOptions {
  readonly store: { activeCount(account: string): number; status(account: string): AccountStatus };
  readonly clock: Clock;
  readonly accounts: () => readonly string[];
  /** Called when the number is another one; 0 for no badge. */
  readonly show: (active: number) => void;
}

/** A badge must not tell of the past when nobody asks any more. */
const maxAgeMs = 2 * 60_000;

/** How many jobs are active, as far as that is known of late. A timer runs only while there is a number to take back. */
export class Badge implements Disposable {
  readonly #options: BadgeOptions;
  #shown = 0;
  #timer: Disposable | null = null;

  constructor(options: BadgeOptions) {
    this.#options = options;
  }

  update(): void {
    const { store, clock, accounts, show } = this.#options;
    const now = clock.now();
    let active = 0;
    let holdsForMs = maxAgeMs;
    for (const account of accounts()) {
      const status = store.status(account);
      const leftMs = ((status.state !== 'idle' && status.asOf) || Number.NEGATIVE_INFINITY) + maxAgeMs - now;
      const count = leftMs > 0 ? store.activeCount(account) : 0;
      if (count > 0) {
        active += count;
        holdsForMs = Math.min(holdsForMs, leftMs);
      }
    }
    if (active === 0) {
      this.dispose();
    }
    // An answer that changes nothing makes what is known younger without a word, so the timer looks again.
    if (active > 0 && !this.#timer) {
      this.#timer = clock.setTimeout(() => {
        this.#timer = null;
        this.update();
      }, holdsForMs);
    }
    if (active !== this.#shown) {
      this.#shown = active;
      show(active);
    }
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = null;
  }
}
