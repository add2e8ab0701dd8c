import type { IncomingMessage, ServerResponse } from 'node:http';

export interface JsonReply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Sends plain JSON that no one may cache. @param now Unix milliseconds */
export function sendJson(response: ServerResponse, { status, body }: JsonReply, now: number): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Cache-Control': 'no-store',
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    Date: new Date(now).toUTCString(),
  });
  response.end(text);
}

const largestForm = 64 * 1024;

/** A request's body as text; null where it is larger than any honest one. @param largest bytes */
export async function readBody(request: IncomingMessage, largest = largestForm): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) {
      return null;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
