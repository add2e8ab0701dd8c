import type { Clock } from '../jobs/clock.ts';
import type { Disposable } from '../jobs/lifecycle.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import type { AccessToken } from './accessToken.ts';
import { abortedError, linkedController, raceAbort } from './signals.ts';

/**
 * Gets a token from wherever the account's tokens come from.
 * @param rejected the token that the service has just refused, where that is why a new one is wanted.
 * @param interactive whether a person has asked to sign in and may be asked; nobody may otherwise.
 */
export type RequestToken = (signal: AbortSignal, rejected: string | null, interactive: boolean) => Promise<AccessToken>;

const longestMarginMs = 5 * 60_000;
const marginShare = 0.2;

interface CachedToken {
  readonly token: string;
  /** When to ask for the next one, on the clock. */
  readonly renewAt: number;
}

interface Flight {
  readonly promise: Promise<string>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Keeps one account's token. It is renewed on demand, the smaller of 5 minutes and 20 % of its lifetime before it
 * expires. One request serves however many callers wait for it; it is given up only when none of them waits any more.
 * A failure is not remembered.
 */
export class TokenCache implements Disposable {
  readonly #request: RequestToken;
  readonly #clock: Clock;
  readonly #onToken: (token: string) => void;
  readonly #closed = new AbortController();
  #cached: CachedToken | null = null;
  #flight: Flight | null = null;

  /** @param onToken hears of each new token */
  constructor(request: RequestToken, clock: Clock, onToken: (token: string) => void = () => undefined) {
    this.#request = request;
    this.#clock = clock;
    this.#onToken = onToken;
  }

  /** A token that is good for a while. Rejects with a `ServiceError`; with `aborted` as soon as the signal is. */
  get(signal?: AbortSignal): Promise<string> {
    return this.#usable() ?? this.#wait(null, signal);
  }

  /**
   * A token other than one that the service has refused: the cached one where it differs by now, else a new one.
   */
  renew(rejected: string, signal?: AbortSignal): Promise<string> {
    if (this.#cached?.token === rejected) {
      this.#cached = null;
    }
    return this.#usable() ?? this.#wait(rejected, signal);
  }

  /**
   * Gets a new token while a person waits who may be asked. Not shared with other callers, so that it ends when that
   * person gives up; nor do they wait for a person.
   */
  async signIn(signal?: AbortSignal): Promise<void> {
    if (this.#closed.signal.aborted || signal?.aborted) {
      throw abortedError();
    }
    const { controller, unlink } = linkedController(signal, this.#closed.signal);
    try {
      await this.#fetch(controller.signal, null, true);
    } finally {
      unlink();
    }
  }

  /** Forgets the token, as at sign-out or when the secret has changed. A request under way is not used any more. */
  forget(): void {
    this.#cached = null;
    this.#flight?.controller.abort();
    this.#flight = null;
  }

  dispose(): void {
    this.#closed.abort();
    this.forget();
  }

  #usable(): Promise<string> | null {
    return this.#cached && this.#clock.now() < this.#cached.renewAt ? Promise.resolve(this.#cached.token) : null;
  }

  async #wait(rejected: string | null, signal: AbortSignal | undefined): Promise<string> {
    if (this.#closed.signal.aborted || signal?.aborted) {
      throw abortedError();
    }
    this.#flight ??= this.#start(rejected);
    const flight = this.#flight;
    flight.waiting++;
    try {
      return await raceAbort(flight.promise, signal);
    } finally {
      flight.waiting--;
      if (flight.waiting === 0 && this.#flight === flight) {
        // Only reached while it is under way: nobody waits for it any more.
        this.#flight = null;
        flight.controller.abort();
      }
    }
  }

  #start(rejected: string | null): Flight {
    const controller = new AbortController();
    const flight: Flight = { controller, waiting: 0, promise: this.#fetch(controller.signal, rejected, false) };
    // Whoever waits hears of a failure; when nobody does any more, nobody needs to.
    flight.promise.catch(() => undefined);
    const end = (): void => {
      if (this.#flight === flight) {
        this.#flight = null;
      }
    };
    flight.promise.then(end, end);
    return flight;
  }

  async #fetch(signal: AbortSignal, rejected: string | null, interactive: boolean): Promise<string> {
    // The lifetime counts from before the request, so that the time on the wire shortens it rather than lengthens it.
    const askedAt = this.#clock.now();
    try {
      const { token, lifetimeMs } = await raceAbort(this.#request(signal, rejected, interactive), signal);
      this.#cached = {
        token,
        renewAt: lifetimeMs === null ? Number.POSITIVE_INFINITY : askedAt + usableFor(lifetimeMs),
      };
      this.#onToken(token);
      return token;
    } catch (error) {
      throw signal.aborted ? abortedError() : ServiceError.from(error);
    }
  }
}

/** How much of a lifetime to use before asking for the next token, in milliseconds. */
function usableFor(lifetimeMs: number): number {
  return lifetimeMs - Math.min(longestMarginMs, lifetimeMs * marginShare);
}
