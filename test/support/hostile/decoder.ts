import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { HttpReply } from '../../../src/client/httpSender.ts';
import { RequestError } from '../../../src/emulator/adminBody.ts';
import { ODataError } from '../../../src/emulator/api/errors.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { soundPrototypes } from './sound.ts';
import { nearText } from './values.ts';

/** One place where something from outside becomes something of ours. */
export interface Decoder {
  /** The files in `src` whose reading this tries, and what of them where that is not all. */
  readonly name: string;
  readonly files: readonly string[];
  /** Runs it with one input, once, and asserts that what came of it is sound. */
  readonly run: (input: never) => unknown;
  readonly inputs: fc.Arbitrary<unknown>;
  /** Whether it may throw this. By default nothing but a `ServiceError` of a kind. */
  readonly mayThrow: (error: unknown) => boolean;
}

export function decoder<T>(
  name: string,
  files: readonly string[],
  inputs: fc.Arbitrary<T>,
  run: (input: T) => unknown,
  mayThrow: (error: unknown) => boolean = isServiceError,
): Decoder {
  return { name, files, inputs, run: run as (input: never) => unknown, mayThrow };
}

export function isServiceError(error: unknown): boolean {
  if (!ServiceError.is(error)) {
    return false;
  }
  assert.ok(error.message.length < 3_000, 'a message that can be read');
  return true;
}

export function nothing(): boolean {
  return false;
}

/** What a reader makes of something, or that it is refused. */
export function orRefused<T>(read: () => T): T | 'refused' {
  try {
    return read();
  } catch (error) {
    if (!isEmulatorError(error)) {
      throw error;
    }
    return 'refused';
  }
}

export function isEmulatorError(error: unknown): boolean {
  const isRefusal = error instanceof ODataError || error instanceof RequestError;
  return isRefusal && error.status >= 400 && error.status < 500;
}

/** Tries one input: it is sound, or refused as it may be, and nobody's prototype is another one. */
export async function tryInput({ run, mayThrow }: Decoder, input: unknown): Promise<void> {
  try {
    const outcome = run(input as never);
    if (outcome instanceof Promise) {
      await outcome;
    }
  } catch (error) {
    if (!mayThrow(error)) {
      throw error;
    }
  }
  soundPrototypes();
}

export function replyOf({ body, headers = {}, status = 200 }: Partial<Reply>): HttpReply {
  const fields = new Map(Object.entries(headers));
  return {
    url: new URL('https://contoso.restv2.westeurope.media.azure.net/api/Jobs'),
    status,
    statusText: '',
    header: (name) => fields.get(name) ?? null,
    body: body ?? '',
  };
}

/** An answer of a service as it came. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const headerTexts = nearText(
  'Wed, 21 Oct 2015 07:28:00 GMT',
  '120',
  'application/json',
  'text/html',
  'req-1',
).map((text) => text.slice(0, 400));
export const headers = fc.dictionary(
  fc.constantFrom('date', 'retry-after', 'content-type', 'x-ms-request-id', 'request-id'),
  headerTexts,
);
export const statuses = fc.constantFrom(200, 204, 302, 400, 401, 403, 404, 407, 408, 409, 410, 418, 429, 500, 503, 599);

export function replies(body: fc.Arbitrary<string>): fc.Arbitrary<Reply> {
  return fc.record({ status: statuses, body, headers });
}

export const jwt = (claims: string): string => `e30.${Buffer.from(claims).toString('base64url')}.c2ln`;
