import type { INetworkModule, NetworkRequestOptions } from '@azure/msal-node';
import type { Clock } from '../jobs/clock.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { requireAuthority } from './authorityAddress.ts';
import { parseRetryAfter } from './errorReply.ts';
import type { HttpReply, HttpSender } from './httpSender.ts';
import { plainLine, redactText, secretsOfForm } from './redact.ts';
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
  /** What was sent as a secret: codes, their verifiers, refresh tokens. */
  #secrets: readonly string[] = [];
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
      const message = thrown instanceof Error ? plainLine(redactText(thrown.message, this.#secrets)) : '';
      return new ServiceError('configuration', `The sign-in settings are not valid: ${message}`);
    }
    const retryAfterMs = parseRetryAfter(reply.header('retry-after'), reply.header('date'), this.#options.clock.now());
    const { status, body } = reply;
    return explainAnswer(
      { status, body, contentType: reply.header('content-type'), retryAfterMs },
      this.#options.authority,
      this.#secrets,
    );
  }

  async #send<T>(method: 'GET' | 'POST', address: string, options?: NetworkRequestOptions): Promise<NetworkReply<T>> {
    const url = new URL(address);
    try {
      requireAuthority(url, this.#options.authority);
    } catch (error) {
      this.#failure = ServiceError.from(error);
      throw error;
    }
    const secrets = secretsOfForm(options?.body);
    this.#secrets = secrets;
    const outcome = await this.#options.sender.send(
      {
        method,
        url,
        headers: Object.entries(options?.headers ?? {}),
        ...(options?.body === undefined ? {} : { body: options.body }),
      },
      { signal: this.#options.signal, secrets, secretBodies: true },
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
