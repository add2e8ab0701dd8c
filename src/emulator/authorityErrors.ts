import { randomUUID } from 'node:crypto';
import type { JsonReply } from './jsonReply.ts';

/** Entra's error body: a sentence that begins with its code, and everything that support asks for. */
export function refuse(
  now: number,
  status: number,
  error: string,
  code: number,
  words: readonly string[],
): JsonReply & { readonly body: { readonly error: string; readonly error_description: string } } {
  const timestamp = new Date(now).toISOString().replace('T', ' ').replace(/\.\d+/, '');
  const [traceId, correlationId] = [randomUUID(), randomUUID()];
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: ${words.join(' ')} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    },
  };
}

/** A parameter that the protocol needs and the request does not have. */
export function missingParameter(now: number, name: string): JsonReply {
  return refuse(now, 400, 'invalid_request', 900144, [
    `The request body must contain the following parameter: '${name}'.`,
  ]);
}
