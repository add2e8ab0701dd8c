import type { Clock } from '../jobs/clock.ts';
import type { Exchange } from '../jobs/exchange.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { parseRetryAfter } from './errorReply.ts';
import { describeNetworkError } from './networkFailure.ts';
import { plainLine, redacted, redactHeaders, redactText } from './redact.ts';
import { messageOf } from './replyMessage.ts';

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

/** What the usual refusals mean, by their code in Microsoft's "Microsoft Entra authentication and authorization error codes". */
const refusals: ReadonlyMap<string, string> = new Map([
  ['90002', 'The sign-in service does not know the tenant. Check the tenant id'],
  ['900023', 'The tenant id is no id and no domain name. Check the tenant id'],
  ['900021', 'The tenant id is no id and no domain name. Check the tenant id'],
  ['700016', 'The tenant does not know the client. Check the client id and the tenant id'],
  ['7000215', "The client secret is wrong. Enter the secret's value, not its id"],
  ['7000222', 'The client secret has expired. Create a new one and enter it'],
  ['7000112', 'The client is disabled in the tenant'],
  ['500011', 'The tenant does not know the resource that the token is for. Check the scope and the cloud'],
  ['70011', 'The scope is not valid. Check the scope'],
]);

/**
 * Watches what a credential asks its authority. The credential hides statuses and bodies behind errors of its own, so
 * they are noted here, on their way through the pipeline, to explain a failure by what the authority really said.
 */
export class IdentityObserver {
  readonly #options: IdentityObserverOptions;
  #last: {
    readonly response?: PipelineResponse;
    readonly error?: unknown;
    readonly retryAfterMs: number | null;
  } | null = null;

  constructor(options: IdentityObserverOptions) {
    this.#options = options;
  }

  readonly policy = {
    name: 'mediaServicesJobsObserver',
    sendRequest: async <Q extends PipelineRequest, R extends PipelineResponse>(
      request: Q,
      next: (request: Q) => Promise<R>,
    ): Promise<R> => {
      const { signal, bypassProxy, clock } = this.#options;
      // MSAL knows no cancellation, so the signal never gets this far by itself.
      request.abortSignal = signal;
      if (bypassProxy) {
        // The pipeline would send loopback requests to the proxy of HTTPS_PROXY as well.
        request.agent = undefined;
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
    const { authority, secrets } = this.#options;
    const { response, error, retryAfterMs } = this.#last ?? {};
    if (error !== undefined) {
      return networkError(error, authority.host);
    }
    const said = response
      ? messageOf(response.bodyAsText ?? '', response.headers.get('content-type') ?? null, secrets)
      : '';
    const details = {
      ...(response ? { status: response.status } : {}),
      ...(retryAfterMs === null || retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
    const message = thrown instanceof Error ? plainLine(redactText(thrown.message, secrets)) : '';
    if (!response) {
      // Nothing was sent: the credential refused its own arguments.
      return new ServiceError('configuration', `The sign-in settings are not valid: ${message}`);
    }
    if (response.status === 429 || response.status === 503) {
      return new ServiceError(
        'throttled',
        `The sign-in service is busy. It is asked again later: ${authority.host}`,
        details,
      );
    }
    if (response.status >= 500) {
      return new ServiceError(
        'unreachable',
        `The sign-in service failed to answer (status ${response.status}): ${authority.host}`,
        details,
      );
    }
    if (response.status === 407) {
      return new ServiceError(
        'unreachable',
        'The proxy asks for a sign-in. Check the proxy settings of VS Code.',
        details,
      );
    }
    const code = /AADSTS(\d{4,8})/.exec(said)?.[1];
    if (code !== undefined) {
      const sentence = refusals.get(code);
      const text = sentence === undefined ? `The sign-in service refuses: ${said}` : `${sentence}: AADSTS${code}`;
      return new ServiceError('signIn', text, details);
    }
    if (response.status >= 400 && response.status < 500 && response.status !== 404 && said !== '') {
      return new ServiceError('signIn', `The sign-in service refuses: ${said}`, details);
    }
    if (response.status === 404) {
      return new ServiceError(
        'configuration',
        `No sign-in service answers at this address: ${authority.href}`,
        details,
      );
    }
    return new ServiceError(
      'badReply',
      `What answered is not the sign-in service. Check the address and the network: ${authority.host}`,
      details,
    );
  }

  #report(request: PipelineRequest, response: PipelineResponse | null, error: string | null, sentAt: number): void {
    const { secrets, clock } = this.#options;
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
