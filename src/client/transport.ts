import { randomUUID } from 'node:crypto';
import { type Clock, sleep } from '../jobs/clock.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import type { Endpoint } from './endpoint.ts';
import { detailsOf, errorOfReply, type StatusSentences } from './errorReply.ts';
import type { HttpOutcome, HttpReply, HttpSender } from './httpSender.ts';
import { redactText } from './redact.ts';
import { abortedError } from './signals.ts';
import type { TokenCache } from './tokenCache.ts';

/** One request to the REST API. */
export interface ApiRequest {
  /** The resource below the API root, percent-encoded, or an absolute URL that a next link gave. */
  readonly resource: string | URL;
  /** `GET` where it is left out. `MERGE` is OData's name for an update that leaves out what stays as it is. */
  readonly method?: 'GET' | 'DELETE' | 'MERGE' | 'PATCH' | 'POST';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly accept: 'json' | 'text' | 'nothing';
  /** False where a repetition would do something twice, or where its answer would mislead. */
  readonly repeatable: boolean;
  readonly jobId: string | null;
}

/** What is particular to the REST API of one kind of service. */
export interface RestProtocol {
  /** The headers of a request beside those that every request has. */
  headers(request: ApiRequest): readonly (readonly [name: string, value: string])[];
  /** Whether a redirect names the API root that is to be asked from then on; no service else has a use for one. */
  readonly redirectsToRoot: boolean;
  /** Whether an answer comes from the API itself and not from a web server or gateway that stands at its address. */
  isFromApi(reply: HttpReply): boolean;
  /** What a status means where the service's own documentation says more than the sentence for all services. */
  readonly sentences: StatusSentences;
}

export interface TransportOptions {
  readonly protocol: RestProtocol;
  readonly sender: Pick<HttpSender, 'send'>;
  readonly tokens: TokenCache;
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  /** A number from 0 up to 1, for the jitter of repetitions. */
  readonly random: () => number;
  readonly userAgent: string;
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 307, 308]);
/** Statuses after which a query is repeated, as the .NET SDK does; 429 and 503 are left to whoever asks next. */
const transientStatuses: ReadonlySet<number> = new Set([408, 500, 502, 504]);
const maxRedirects = 2;
const maxRepetitions = 2;
const firstBackOffMs = 400;

/**
 * The one way to ask the REST API: token, endpoint, request, repetition, typed error. The token goes only to origins
 * that the account trusts; redirects are followed here, never below.
 */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * Sends a request until it has an answer: follows the redirect to the API root, renews the token once after a 401,
   * repeats a repeatable request after a passing failure, and looks for the API root again where the one found earlier
   * does not answer any more.
   * @returns an answer with success, whose body is JSON by its content type where JSON is accepted.
   * @throws ServiceError
   */
  async request(request: ApiRequest, signal?: AbortSignal): Promise<HttpReply> {
    const { tokens, endpoint, protocol } = this.#options;
    let token = await tokens.get(signal);
    let renewed = false;
    let lookedAgain = false;
    for (let repetitions = 0; ; ) {
      const root = endpoint.root;
      const outcome = await this.#follow(request, root, token, signal);
      if (outcome.reply?.status === 401 && !renewed) {
        renewed = true;
        token = await tokens.renew(token, signal);
        continue;
      }
      const mayRepeat = request.repeatable && repetitions < maxRepetitions && isTransient(outcome);
      const rootWasFound = root.href !== endpoint.configured.href;
      if (!mayRepeat && !lookedAgain && rootWasFound && hasStoppedAnswering(outcome, protocol)) {
        lookedAgain = true;
        if (endpoint.root.href === root.href) {
          // Unless a request beside this one has noticed first.
          endpoint.forget();
        }
        if (request.repeatable && typeof request.resource === 'string') {
          continue;
        }
      }
      if (mayRepeat) {
        await this.#backOff(repetitions++, signal);
        continue;
      }
      return requireSuccess(outcome, request, this.#options, [token]);
    }
  }

  /** Sends a request and follows redirects to the API root, the token with it, under the account's trust rules. */
  async #follow(request: ApiRequest, start: URL, token: string, signal: AbortSignal | undefined): Promise<HttpOutcome> {
    const { endpoint, protocol } = this.#options;
    const generation = endpoint.generation;
    if (typeof request.resource !== 'string') {
      endpoint.requireTrusted(request.resource);
      return this.#send(request.resource, request, token, signal);
    }
    let root = start;
    const visited = new Set<string>();
    for (let redirects = 0; ; redirects++) {
      const url = new URL(root.href + request.resource);
      visited.add(root.href).add(url.href);
      const outcome = await this.#send(url, request, token, signal);
      const reply = outcome.reply;
      if (!reply || !protocol.redirectsToRoot || !redirectStatuses.has(reply.status)) {
        if (reply && protocol.isFromApi(reply)) {
          endpoint.keep(root, generation);
        }
        return outcome;
      }
      const target = endpoint.redirectTarget(reply.header('location'), url);
      if (redactText(target.href, [token]) !== target.href) {
        // A root is kept in files and shown in messages, and the token is for neither.
        throw new ServiceError('badReply', `The service redirects to nowhere: ${url.host}`);
      }
      if (visited.has(target.href) || visited.has(target.href.slice(0, -1))) {
        throw new ServiceError('untrustedRedirect', `The service redirects in a circle: ${target.host}`);
      }
      if (redirects === maxRedirects) {
        throw new ServiceError('untrustedRedirect', `The service redirects too many times: ${target.host}`);
      }
      root = target;
    }
  }

  #send(url: URL, request: ApiRequest, token: string, signal: AbortSignal | undefined): Promise<HttpOutcome> {
    const { protocol, sender, userAgent } = this.#options;
    const headers: readonly (readonly [string, string])[] = [
      ...protocol.headers(request),
      ['Authorization', `Bearer ${token}`],
      ['x-ms-client-request-id', randomUUID()],
      ['User-Agent', userAgent],
      ...(request.body === undefined ? [] : [['Content-Type', 'application/json'] as const]),
    ];
    const { method = 'GET', body } = request;
    return sender.send(
      { method, url, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
      { signal, jobId: request.jobId, secrets: [token] },
    );
  }

  async #backOff(repetitions: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock, random } = this.#options;
    try {
      await sleep(clock, firstBackOffMs * 2 ** repetitions * (0.5 + random() / 2), signal);
    } catch {
      throw abortedError();
    }
  }
}

/** Whether the same request may succeed in a moment: the server stumbled, or the connection was lost. */
function isTransient(outcome: HttpOutcome): boolean {
  return outcome.reply
    ? transientStatuses.has(outcome.reply.status)
    : outcome.failure === 'dropped' || outcome.failure === 'cutShort';
}

/** Whether the address asked does not serve the API any more: nobody is there, or somebody else. */
function hasStoppedAnswering(outcome: HttpOutcome, { isFromApi }: RestProtocol): boolean {
  if (outcome.reply) {
    return (outcome.reply.status === 404 || outcome.reply.status === 410) && !isFromApi(outcome.reply);
  }
  return outcome.failure === 'unconnected' || outcome.failure === 'dropped' || outcome.failure === 'timedOut';
}

function requireSuccess(
  outcome: HttpOutcome,
  request: ApiRequest,
  { clock, protocol }: TransportOptions,
  secrets: readonly string[],
): HttpReply {
  const { reply } = outcome;
  if (!reply) {
    throw outcome.error;
  }
  if (reply.status < 200 || reply.status > 299) {
    throw errorOfReply(reply, clock, secrets, protocol.sentences);
  }
  // A sign-in page of a network or a proxy also answers 200.
  if (request.accept === 'json' && !/^\s*(?:application|text)\/json\b/i.test(reply.header('content-type') ?? '')) {
    throw new ServiceError(
      'badReply',
      `What answered is not Media Services. Check the endpoint and the network: ${reply.url.host}`,
      detailsOf(reply, clock, secrets),
    );
  }
  return reply;
}
