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

/**
 * A request's body as text; null where it is larger than any honest one, which by its length is known before it comes.
 * @param largest bytes
 * @throws Error where the client went away
 */
export function readBody(request: IncomingMessage, largest = largestForm): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const gone = () => {
      // It closes after its end too, and an error costs more than all the rest of this.
      if (!request.readableEnded) {
        reject(new Error('The request was cut off.'));
      }
    };
    if (Number(request.headers['content-length'] ?? 0) > largest) {
      resolve(null);
      return;
    }
    if (request.destroyed) {
      gone();
      return;
    }
    let chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= largest) {
        chunks.push(chunk);
      } else {
        // What else comes is thrown away, so that the client can read why.
        chunks = [];
        resolve(null);
      }
    });
    request.once('end', () => resolve(size <= largest ? Buffer.concat(chunks).toString('utf8') : null));
    request.once('error', gone);
    request.once('close', gone);
  });
}
