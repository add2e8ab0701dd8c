import type { INetworkModule, NetworkRequestOptions } from '@azure/msal-node';
import type { Clock } from '../jobs/clock.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { isKnownAuthority } from './clouds.ts';
import { parseRetryAfter } from './errorReply.ts';
import type { HttpReply, HttpSender } from './httpSender.ts';
import { plainLine } from './redact.ts';
import { explainAnswer } from './signInRefusal.ts';

interface MsalNetworkOptions {
  readonly authority: URL;
  readonly sender: Pick<HttpSender, 'send'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

interface NetworkReply<T> {
  headers: Record<string, string>;
  body: T;
  status: number;
}

/**
 * Sends what MSAL asks its authority the way everything else is sent: with limits, reported, without following
 * redirects. MSAL hides statuses and network errors behind errors of its own, so they are noted on their way.
 */
export class MsalNetwork implements INetworkModule {
  readonly #options: MsalNetworkOptions;
  #reply: HttpReply | null = null;
  #failure: ServiceError | null = null;

  constructor(options: MsalNetworkOptions) {
    this.#options = options;
  }

  sendGetRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkReply<T>> {
    return this.#send<T>('GET', url, options);
  }

  sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkReply<T>> {
    return this.#send<T>('POST', url, options);
  }

  /** Whether anything was sent. */
  get isUsed(): boolean {
    return this.#reply !== null || this.#failure !== null;
  }

  /** What a failed sign-in means, from the last answer of the authority. `thrown` is what MSAL made of it. */
  explain(thrown: unknown): ServiceError {
    if (ServiceError.is(thrown)) {
      return thrown;
    }
    if (this.#failure) {
      return this.#failure;
    }
    const reply = this.#reply;
    if (!reply) {
      const message = thrown instanceof Error ? plainLine(thrown.message) : '';
      return new ServiceError('configuration', `The sign-in settings are not valid: ${message}`);
    }
    const retryAfterMs = parseRetryAfter(reply.header('retry-after'), reply.header('date'), this.#options.clock.now());
    const { status, body } = reply;
    return explainAnswer(
      { status, body, contentType: reply.header('content-type'), retryAfterMs },
      this.#options.authority,
      [],
    );
  }

  async #send<T>(method: 'GET' | 'POST', address: string, options?: NetworkRequestOptions): Promise<NetworkReply<T>> {
    const url = new URL(address);
    const { authority } = this.#options;
    const isMicrosoft =
      url.protocol === 'https:' && [url, authority].every(({ hostname }) => isKnownAuthority(hostname));
    if (url.origin !== authority.origin && !isMicrosoft) {
      // The authority's own configuration names the addresses; it must not send a login elsewhere.
      this.#failure = new ServiceError(
        'badReply',
        `The sign-in service points to another host: ${plainLine(url.host)}`,
      );
      throw this.#failure;
    }
    const outcome = await this.#options.sender.send(
      {
        method,
        url,
        headers: Object.entries(options?.headers ?? {}),
        ...(options?.body === undefined ? {} : { body: options.body }),
      },
      { signal: this.#options.signal, secretBodies: true },
    );
    this.#reply = outcome.reply ?? null;
    this.#failure = outcome.failure === undefined ? null : new ServiceError(outcome.error.kind, outcome.error.message);
    if (!outcome.reply) {
      throw outcome.error;
    }
    const { status, body } = outcome.reply;
    return { status, headers: {}, body: JSON.parse(body) as T };
  }
}
