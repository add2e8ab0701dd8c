import type { Clock } from '../../src/jobs/clock.ts';
import type { Disposable } from '../../src/jobs/lifecycle.ts';

interface Timer {
  at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that moves only when told to. Between two timers it lets pending promises settle, as real time would. */
export class FakeClock implements Clock {
  readonly #settle: () => Promise<void>;
  #now: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** @param settleAll lets what a timer set going come to its end; for what touches files, `settleFiles` */
  constructor(now: number | string = '2026-01-01T00:00:00Z', settleAll: () => Promise<void> = settle) {
    this.#settle = settleAll;
    this.#now = typeof now === 'number' ? now : Date.parse(now);
  }

  now(): number {
    return this.#now;
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Milliseconds until the next timer, or null where none is pending. */
  get nextTimerIn(): number | null {
    const next = this.#next();
    return next ? next.at - this.#now : null;
  }

  setTimeout(callback: () => void, delayMs: number): Disposable {
    const timer: Timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, callback };
    this.#timers.add(timer);
    return { dispose: () => this.#timers.delete(timer) };
  }

  /** Moves time on by `ms` milliseconds and runs what falls due, in order. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.#settle();
    for (let timer = this.#next(); timer && timer.at <= end; timer = this.#next()) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.at);
      timer.callback();
      await this.#settle();
    }
    this.#now = end;
  }

  /**
   * Moves the clock without running timers, as a machine's clock does over sleep or a correction. Timers count another
   * time, which stands still then: what was due in five seconds is due in five seconds after it.
   */
  jump(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers) {
      timer.at += ms;
    }
  }

  /**
   * The process itself stands still, as in a debugger or under a full machine: time goes on, and what fell due meanwhile
   * runs late, all of it with the next `advance`.
   */
  suspend(ms: number): void {
    this.#now += ms;
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) {
        first = timer;
      }
    }
    return first;
  }
}

/** Lets promise chains that are ready run to their end. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The same, for what waits for files: until no request of the file system is under way for some turns. */
export async function settleFiles(): Promise<void> {
  for (let quiet = 0; quiet < 10; quiet++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq') || name === 'CloseReq')) {
      quiet = 0;
    }
  }
}
