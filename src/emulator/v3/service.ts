import type { IncomingMessage, ServerResponse } from 'node:http';
import { ODataError } from '../api/errors.ts';
import type { Dialects } from '../dialects.ts';
import { takeFault, wordsOf } from '../injectedFault.ts';
import { readBody } from '../jsonReply.ts';
import type { Handler } from '../loopbackServer.ts';
import type { Endpoint, RequestLog } from '../requestLog.ts';
import type { Settings } from '../settings.ts';

/** JSON, text as it stands, or nothing. */
export interface ServiceReply {
  readonly status: number;
  readonly body?: Readonly<Record<string, unknown>> | string;
}

export interface ServiceOptions {
  readonly endpoint: Endpoint;
  readonly requests: RequestLog;
  readonly settings: Settings;
  /** @throws ODataError for whatever it refuses; its code comes from its status */
  readonly answer: (request: IncomingMessage, url: URL) => Promise<ServiceReply>;
  /** A refusal in the service's own words. */
  readonly refuse: (status: number, message: string, dialects: Dialects) => Readonly<Record<string, unknown>>;
}

/** Answers requests in JSON, with the faults that are due and every request noted. */
export function createService({ endpoint, requests, settings, answer, refuse }: ServiceOptions): Handler {
  const answerOrRefuse = async (request: IncomingMessage, url: URL): Promise<ServiceReply> => {
    try {
      return await answer(request, url);
    } catch (error) {
      if (!(error instanceof ODataError)) {
        throw error;
      }
      return { status: error.status, body: refuse(error.status, error.message, settings.dialects) };
    }
  };
  return async (request, response, url) => {
    requests.note(endpoint, request, response);
    const fault = await takeFault(request, response, url, settings);
    if (response.destroyed) {
      return;
    }
    if (fault?.status !== undefined) {
      request.resume();
      const body = refuse(fault.status, wordsOf(fault), settings.dialects);
      return write(response, { status: fault.status, body }, settings);
    }
    write(response, await answerOrRefuse(request, url), settings);
  };
}

export function ok(body: Readonly<Record<string, unknown>>): ServiceReply {
  return { status: 200, body };
}

/** A small body as text. @throws ODataError 413 */
export async function readSmallBody(request: IncomingMessage): Promise<string> {
  const body = await readBody(request);
  if (body === null) {
    throw new ODataError(413, 'The request is too large.');
  }
  return body;
}

/** The segments of a path, decoded; a slash at its end is none. @throws ODataError 400 */
export function segmentsOf({ pathname }: URL): string[] {
  try {
    return pathname.replace(/\/$/, '').split('/').slice(1).map(decodeURIComponent);
  } catch {
    throw new ODataError(400, 'The path is not properly percent-encoded.');
  }
}

function write(response: ServerResponse, { status, body }: ServiceReply, { dialects, clock }: Settings): void {
  const retryAfter = dialects['retry-after'];
  const text = typeof body === 'object' ? JSON.stringify(body) : (body ?? '');
  response.writeHead(status, {
    'Cache-Control': 'no-store',
    ...(body === undefined
      ? {}
      : { 'Content-Type': `${typeof body === 'object' ? 'application/json' : 'text/plain'}; charset=utf-8` }),
    ...(status === 204 ? {} : { 'Content-Length': Buffer.byteLength(text) }),
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    ...((status === 429 || status === 503) && retryAfter !== null ? { 'Retry-After': retryAfter } : {}),
    'X-Content-Type-Options': 'nosniff',
    Date: new Date(clock.now()).toUTCString(),
  });
  response.end(text);
}
