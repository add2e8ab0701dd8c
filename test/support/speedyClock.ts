import type { Clock } from '../../src/jobs/clock.ts';
import type { Disposable } from '../../src/jobs/lifecycle.ts';

/** A clock that runs many times as fast as the machine's, so that minutes of a test are hours of watching. */
export class SpeedyClock implements Clock {
  readonly #began = performance.now();
  readonly #from: number;
  readonly #speed: number;

  /** @param from milliseconds since the Unix epoch */
  constructor(from: number, speed: number) {
    this.#from = from;
    this.#speed = speed;
  }

  now(): number {
    return Math.round(this.#from + (performance.now() - this.#began) * this.#speed);
  }

  setTimeout(callback: () => void, delayMs: number): Disposable {
    // The longest that Node takes; beyond that it would fire at once.
    const timer = setTimeout(callback, Math.min(delayMs / this.#speed, 2 ** 31 - 1));
    timer.unref();
    return { dispose: () => clearTimeout(timer) };
  }
}
