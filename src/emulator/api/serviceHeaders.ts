import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly contentType?: string;
  /** With its trailing semicolon, as recorded. */
  readonly dataServiceVersion?: string;
  readonly extra?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/**
 * A reply's headers in the order of the documented exchange, as Node takes them raw: name, value, name, value, …
 * Content-Length counts bytes; the client's request id is echoed, or made where none was sent; Date, which the document
 * leaves out, comes last.
 *
 * @param now Unix milliseconds
 */
export function serviceHeaders(request: IncomingMessage, reply: Reply, now: number): string[] {
  const requestId = randomUUID();
  const headers: [string, string][] = [['Cache-Control', 'no-cache']];
  if (reply.body !== undefined) {
    headers.push(['Content-Length', String(Buffer.byteLength(reply.body))]);
  }
  if (reply.contentType !== undefined) {
    headers.push(['Content-Type', reply.contentType]);
  }
  for (const [name, value] of reply.extra ?? []) {
    headers.push([name, value]);
  }
  headers.push(
    ['Server', 'Microsoft-IIS/8.5'],
    ['x-ms-client-request-id', clientRequestId(request)],
    ['request-id', requestId],
    ['x-ms-request-id', requestId],
    ['X-Content-Type-Options', 'nosniff'],
  );
  if (reply.dataServiceVersion !== undefined) {
    headers.push(['DataServiceVersion', reply.dataServiceVersion]);
  }
  headers.push(
    ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'],
    ['Date', new Date(now).toUTCString()],
  );
  return headers.flat();
}

/** The documentation names the header both ways. */
function clientRequestId(request: IncomingMessage): string {
  const sent = request.headers['x-ms-client-request-id'] ?? request.headers['client-request-id'];
  return typeof sent === 'string' && sent !== '' ? sent : randomUUID();
}
