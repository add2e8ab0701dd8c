import type { Dialects } from '../dialects.ts';
import { ODataError } from './errors.ts';

const windowMs = 1000;

/** Refuses requests beyond a rate, where the dialect says so. */
export class Throttle {
  readonly #now: () => number;
  /** When the last requests were answered, oldest first. */
  #answered: number[] = [];

  /** @param now milliseconds of real time from any point: a clock that stands still must not shut clients out */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws ODataError 429 or 503 in the documented words (MS docs "Azure Media Services error codes") */
  check({ throttle }: Dialects): void {
    if (!throttle) {
      return;
    }
    const now = this.#now();
    this.#answered = this.#answered.filter((at) => at > now - windowMs);
    if (this.#answered.length >= throttle.perSecond) {
      throw new ODataError(
        throttle.status,
        `Server is busy. More than ${throttle.perSecond} requests per second can be throttled.`,
      );
    }
    this.#answered.push(now);
  }
}
