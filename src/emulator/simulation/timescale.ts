/**
 * Maps the simulation's own milliseconds to the clock's. Simulated time starts at 0 when the emulator first starts,
 * is negative for what happened before, and runs `speed` times as fast as the clock: all dates that clients see are
 * clock dates, so at speed 10 a two-minute job starts and ends twelve seconds apart.
 */
export class Timescale {
  readonly #startedAt: number;
  readonly speed: number;

  /** @param startedAt clock time of simulated 0, Unix milliseconds */
  constructor(startedAt: number, speed: number) {
    this.#startedAt = startedAt;
    this.speed = speed;
  }

  toSimulated(clockMs: number): number {
    return (clockMs - this.#startedAt) * this.speed;
  }

  /** Unix milliseconds, whole. */
  toClock(simulatedMs: number): number {
    return Math.round(this.#startedAt + simulatedMs / this.speed);
  }
}
