import type { Clock } from '../jobs/clock.ts';
import type { Exchange } from '../jobs/exchange.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { requireAuthority } from './authorityAddress.ts';
import { parseRetryAfter } from './errorReply.ts';
import { describeNetworkError } from './networkFailure.ts';
import { plainLine, redacted, redactHeaders, redactText, secretsOfForm } from './redact.ts';
import { explainAnswer } from './signInRefusal.ts';

/** The parts of a request and a response of the Azure SDK's pipeline that are read and set here. */
interface PipelineHeaders extends Iterable<[name: string, value: string]> {
  get(name: string): string | undefined;
  delete(name: string): void;
}
interface PipelineRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: PipelineHeaders;
  readonly body?: unknown;
  abortSignal?: unknown;
  agent?: unknown;
  disableKeepAlive?: boolean;
}
interface PipelineResponse {
  readonly status: number;
  readonly headers: PipelineHeaders;
  readonly bodyAsText?: string | null;
}

interface IdentityObserverOptions {
  readonly authority: URL;
  readonly secrets: readonly string[];
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly bypassProxy: boolean;
  readonly onExchange: (exchange: Omit<Exchange, 'account'>) => void;
}

/**
 * Watches what a credential asks its authority. The credential hides statuses and bodies behind errors of its own, so
 * they are noted here, on their way through the pipeline, to explain a failure by what the authority really said.
 */
export class IdentityObserver {
  readonly #options: IdentityObserverOptions;
  /** What was sent as a secret; an assertion that a certificate has signed is one as well. */
  #secrets: readonly string[];
  #last: {
    readonly response?: PipelineResponse;
    readonly error?: unknown;
    readonly retryAfterMs: number | null;
  } | null = null;

  /** Why a request was not sent at all. */
  #refusal: ServiceError | null = null;

  constructor(options: IdentityObserverOptions) {
    this.#options = options;
    this.#secrets = options.secrets;
  }

  readonly policy = {
    name: 'mediaServicesJobsObserver',
    sendRequest: async <Q extends PipelineRequest, R extends PipelineResponse>(
      request: Q,
      next: (request: Q) => Promise<R>,
    ): Promise<R> => {
      const { authority, signal, bypassProxy, clock } = this.#options;
      try {
        requireAuthority(new URL(request.url), authority);
      } catch (error) {
        this.#refusal = ServiceError.from(error);
        throw error;
      }
      // MSAL knows no cancellation, so the signal never gets this far by itself.
      request.abortSignal = signal;
      this.#secrets = [...this.#options.secrets, ...secretsOfForm(request.body)];
      if (bypassProxy) {
        // The pipeline would send loopback requests to the proxy of HTTPS_PROXY as well.
        request.agent = undefined;
        // A certificate of its own makes an agent for each sign-in, whose connection nobody would use again or close.
        request.disableKeepAlive = true;
      }
      const sentAt = clock.now();
      try {
        const response = await next(request);
        const headers = response.headers;
        const retryAfterMs = parseRetryAfter(
          headers.get('retry-after') ?? null,
          headers.get('date') ?? null,
          clock.now(),
        );
        // The pipeline would wait as long as it is told to; that is for whoever asks next to decide.
        headers.delete('retry-after');
        this.#last = { response, retryAfterMs };
        this.#report(request, response, null, sentAt);
        return response;
      } catch (error) {
        this.#last = { error, retryAfterMs: null };
        this.#report(request, null, describeNetworkError(error, this.#options.authority.host).error.message, sentAt);
        throw error;
      }
    },
  };

  /** What a failed sign-in means, from the last answer of the authority. `thrown` is what the credential made of it. */
  explain(thrown: unknown): ServiceError {
    if (this.#refusal) {
      return this.#refusal;
    }
    const { authority } = this.#options;
    const secrets = this.#secrets;
    const { response, error, retryAfterMs } = this.#last ?? {};
    if (error !== undefined) {
      return networkError(error, authority.host);
    }
    if (!response) {
      // Nothing was sent: the credential refused its own arguments.
      const message = thrown instanceof Error ? plainLine(redactText(thrown.message, secrets)) : '';
      return new ServiceError('configuration', `The sign-in settings are not valid: ${message}`);
    }
    const answer = {
      status: response.status,
      body: response.bodyAsText ?? '',
      contentType: response.headers.get('content-type') ?? null,
      retryAfterMs: retryAfterMs ?? null,
    };
    return explainAnswer(answer, authority, secrets);
  }

  #report(request: PipelineRequest, response: PipelineResponse | null, error: string | null, sentAt: number): void {
    const { clock } = this.#options;
    const secrets = this.#secrets;
    this.#options.onExchange({
      jobId: null,
      request: {
        method: request.method,
        url: redactText(request.url, secrets),
        headers: redactHeaders(request.headers, secrets),
        body: request.body ? redacted : '',
      },
      response: response
        ? {
            status: response.status,
            statusText: '',
            headers: redactHeaders(response.headers, secrets),
            body: response.bodyAsText ? redacted : '',
          }
        : null,
      error,
      sentAt,
      durationMs: Math.max(0, clock.now() - sentAt),
    });
  }
}

/** Without its cause: the pipeline's errors carry the request, and that holds the client secret. */
function networkError(error: unknown, host: string): ServiceError {
  const described = describeNetworkError(error, host).error;
  return new ServiceError(described.kind, described.message);
}
