import { ODataError } from '../api/errors.ts';

/** MediaKind docs "Rate limits": requests per minute and project, or organization where a path names no project. */
const perMinute = { reading: 2000, changing: 1000 } as const;
const windowMs = 60_000;

/** Counts requests by the minute, of whoever they are for. */
export class RateLimit {
  readonly #now: () => number;
  readonly #counts = new Map<string, number>();
  #windowEnds = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds of real time from any point */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws ODataError 429 */
  check(scope: 'project' | 'organization', method: string | undefined): void {
    if (this.#now() >= this.#windowEnds) {
      this.#windowEnds = this.#now() + windowMs;
      this.#counts.clear();
    }
    const kind = method === 'GET' ? 'reading' : 'changing';
    const key = `${scope} ${kind}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count > perMinute[kind]) {
      throw new ODataError(429, `The ${scope} has more than ${perMinute[kind]} such requests per minute.`);
    }
  }
}
