import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { Agent } from 'node:https';
import fetch, { type Response } from 'node-fetch';
import type { Clock } from '../jobs/clock.ts';
import type { Exchange, ExchangeMessage } from '../jobs/exchange.ts';
import type { Disposable } from '../jobs/lifecycle.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { isLoopback } from './loopback.ts';
import { describeNetworkError, type FailureKind } from './networkFailure.ts';
import { redacted, redactHeaders, redactText } from './redact.ts';
import { abortedError, linkedController, raceAbort } from './signals.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'MERGE' | 'PATCH';
  readonly url: URL;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

export interface HttpReply {
  readonly url: URL;
  readonly status: number;
  readonly statusText: string;
  /** One header's value, or `null`. */
  header(name: string): string | null;
  readonly body: string;
}

/** How one request ended. What failed is a result and not a throw, because the caller may try again. */
export type HttpOutcome =
  | { readonly reply: HttpReply; readonly failure?: undefined }
  | {
      readonly reply?: undefined;
      readonly failure: FailureKind | 'tooLarge' | 'unreadable';
      readonly error: ServiceError;
    };

export interface HttpLimits {
  /** Milliseconds until the head of the answer has come. */
  readonly headMs: number;
  /** Milliseconds until the whole answer has come. */
  readonly wholeMs: number;
  /** The longest body that is read, in bytes after decompression. */
  readonly bodyBytes: number;
}

/** A page of 1,000 jobs is about half a megabyte; the limit is against servers that never stop. */
export const defaultLimits: HttpLimits = { headMs: 30_000, wholeMs: 90_000, bodyBytes: 32 * 1024 * 1024 };

const utf8 = new TextDecoder();

/** What an exchange keeps of a body, in characters. */
const longestShownBody = 1024 * 1024;

export interface HttpSenderOptions {
  /** The account's name, for its exchanges. */
  readonly account: string;
  readonly clock: Clock;
  /** Hears of every request with its response. What it throws is dropped. */
  readonly onExchange: (exchange: Exchange) => void;
  /** A root certificate in PEM that is trusted for loopback origins alone. */
  readonly ca?: string | undefined;
  readonly limits?: HttpLimits | undefined;
}

export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  readonly jobId?: string | null;
  /** Taken out of everything that is reported. */
  readonly secrets?: readonly string[];
  /** Whether the bodies are secrets themselves, as those of token requests are. */
  readonly secretBodies?: boolean;
}

/**
 * Sends single requests, with limits on time and size, and reports each as an exchange. Follows no redirects, repeats
 * nothing, knows nothing of Media Services.
 */
export class HttpSender implements Disposable {
  readonly #options: HttpSenderOptions;
  readonly #limits: HttpLimits;
  readonly #closed = new AbortController();
  /**
   * Only for the one case that needs its own root certificate. Otherwise no agent is passed, so that VS Code's
   * patched default applies its proxy and certificates.
   */
  readonly #loopbackAgent: Agent | undefined;

  constructor(options: HttpSenderOptions) {
    this.#options = options;
    this.#limits = options.limits ?? defaultLimits;
    this.#loopbackAgent = options.ca === undefined ? undefined : new Agent({ ca: options.ca, keepAlive: true });
  }

  /** @throws ServiceError `aborted` and nothing else. */
  async send(request: HttpRequest, options: SendOptions = {}): Promise<HttpOutcome> {
    if (this.#closed.signal.aborted || options.signal?.aborted) {
      throw abortedError();
    }
    const sentAt = this.#options.clock.now();
    const { controller, unlink } = linkedController(options.signal, this.#closed.signal);
    let timedOut = false;
    const timeOut = (): void => {
      timedOut = true;
      controller.abort();
    };
    const headTimer = this.#options.clock.setTimeout(timeOut, this.#limits.headMs);
    const wholeTimer = this.#options.clock.setTimeout(timeOut, this.#limits.wholeMs);
    let response: Response | undefined;
    const head: WireHead = { headers: null };
    let outcome: HttpOutcome;
    try {
      response = await raceAbort(this.#fetch(request, head, controller.signal), controller.signal);
      headTimer.dispose();
      outcome = await this.#read(request, response, controller);
    } catch (error) {
      if (controller.signal.aborted && !timedOut) {
        const aborted = abortedError();
        this.#report(request, options, sentAt, response, head, null, aborted);
        throw aborted;
      }
      outcome = timedOut ? timeoutOutcome(request.url) : failureOutcome(error, request.url, response !== undefined);
    } finally {
      headTimer.dispose();
      wholeTimer.dispose();
      unlink();
    }
    const error = outcome.failure ? outcome.error : null;
    this.#report(request, options, sentAt, response, head, outcome.reply ?? null, error);
    return outcome;
  }

  dispose(): void {
    this.#closed.abort();
    this.#loopbackAgent?.destroy();
  }

  #fetch(request: HttpRequest, head: WireHead, signal: AbortSignal): Promise<Response> {
    const agent = isLoopback(request.url.hostname) ? this.#loopbackAgent : undefined;
    return withWireHead(head, () =>
      fetch(request.url.href, {
        method: request.method,
        headers: request.headers.map(([name, value]) => [name, value] as [string, string]),
        redirect: 'manual',
        signal,
        ...(request.body === undefined ? {} : { body: request.body }),
        ...(agent ? { agent } : {}),
      }),
    );
  }

  async #read(request: HttpRequest, response: Response, controller: AbortController): Promise<HttpOutcome> {
    const body = await raceAbort(readAll(response.body, this.#limits.bodyBytes), controller.signal);
    if (body === null) {
      controller.abort();
      return {
        failure: 'tooLarge',
        error: new ServiceError('badReply', `The answer of the server is too large: ${request.url.host}`, {
          status: response.status,
        }),
      };
    }
    return {
      reply: {
        url: request.url,
        status: response.status,
        statusText: response.statusText,
        header: (name) => response.headers.get(name),
        body: utf8.decode(body),
      },
    };
  }

  #report(
    request: HttpRequest,
    options: SendOptions,
    sentAt: number,
    response: Response | undefined,
    head: WireHead,
    reply: HttpReply | null,
    error: ServiceError | null,
  ): void {
    const { secrets = [], secretBodies = false } = options;
    const message = (headers: Iterable<readonly [string, string]>, body: string): ExchangeMessage =>
      shownMessage(headers, secretBodies && body !== '' ? redacted : body, secrets);
    try {
      this.#options.onExchange({
        account: this.#options.account,
        jobId: options.jobId ?? null,
        request: Object.assign(message([...request.headers, ['Host', request.url.host]], request.body ?? ''), {
          method: request.method,
          url: redactText(request.url.href, secrets),
        }),
        response: response
          ? Object.assign(message(head.headers ?? response.headers, reply?.body ?? ''), {
              status: response.status,
              statusText: redactText(response.statusText, secrets),
            })
          : null,
        error: error ? redactText(error.message, secrets) : null,
        sentAt,
        durationMs: Math.max(0, this.#options.clock.now() - sentAt),
      });
    } catch {
      // Who listens must not decide whether a request succeeds.
    }
  }
}

/** The headers of a response as they came; `null` where nobody saw them come. */
interface WireHead {
  headers: (readonly [name: string, value: string])[] | null;
}

/**
 * Sends a request and keeps the headers of its response in the order and spelling of the wire, which node-fetch sorts and
 * writes small. Node tells of each request as it is made, which is before `send` returns.
 */
function withWireHead<T>(head: WireHead, send: () => T): T {
  const onCreated = (message: unknown): void => {
    (message as { readonly request: ClientRequest }).request.once('response', ({ rawHeaders }) => {
      head.headers = rawHeaders.flatMap((name, index) =>
        index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : [],
      );
    });
  };
  subscribe('http.client.request.created', onCreated);
  try {
    return send();
  } finally {
    unsubscribe('http.client.request.created', onCreated);
  }
}

/** All bytes of a body, or `null` where there are more than so many. By events: a page of jobs comes in many chunks. */
function readAll(body: Response['body'], mostBytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    if (!body) {
      resolve(Buffer.alloc(0));
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    body
      .on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= mostBytes) {
          chunks.push(chunk);
        } else {
          chunks.length = 0;
          resolve(null);
        }
      })
      .on('end', () => resolve(Buffer.concat(chunks, bytes)))
      .on('error', reject)
      // After an end or an error this comes to nothing.
      .on('close', () => reject(new Error('The body was closed before its end.')));
  });
}

function timeoutOutcome(url: URL): HttpOutcome {
  return {
    failure: 'timedOut',
    error: new ServiceError('unreachable', `The server did not answer in time: ${url.host}`),
  };
}

function failureOutcome(error: unknown, url: URL, headCame: boolean): HttpOutcome {
  if (headCame) {
    if (isWronglyCompressed(error)) {
      return {
        failure: 'unreadable',
        error: new ServiceError('badReply', `The answer of the server cannot be decompressed: ${url.host}`, {
          cause: error,
        }),
      };
    }
    return {
      failure: 'cutShort',
      error: new ServiceError('badReply', `The answer of the server ended too early: ${url.host}`, { cause: error }),
    };
  }
  const described = describeNetworkError(error, url.host);
  return { failure: described.kind, error: described.error };
}

/** Whether it is zlib that says so; a body that just ends is another thing. */
function isWronglyCompressed(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('Z_') && code !== 'Z_BUF_ERROR';
}

/**
 * Headers and body without secrets. Both are worked out when they are first read, since a page of jobs is half a
 * megabyte that hardly anyone looks at.
 */
function shownMessage(
  headers: Iterable<readonly [string, string]>,
  body: string,
  secrets: readonly string[],
): ExchangeMessage {
  const show = (): string => {
    const text = redactText(body, secrets);
    return text.length > longestShownBody ? `${text.slice(0, longestShownBody)}…` : text;
  };
  let shownHeaders: ExchangeMessage['headers'] | undefined;
  // Of a longer body only the beginning may stay in memory.
  let shownBody = body.length > longestShownBody ? show() : undefined;
  return {
    get headers() {
      shownHeaders ??= redactHeaders(headers, secrets);
      return shownHeaders;
    },
    get body() {
      shownBody ??= show();
      return shownBody;
    },
  };
}
