import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Waits on loopback for the answer of a sign-in page (RFC 8252 section 7.3). */
export interface LoopbackRedirect {
  /** Where the sign-in page sends its answer. */
  readonly redirectUri: string;
  /** The answer to the one request that was made with this state; others are turned away. */
  readonly answer: Promise<URLSearchParams>;
  close(): void;
}

/** An honest answer is a code of some hundred characters. */
const longestAnswer = 64 * 1024;

/**
 * Listens on 127.0.0.1 at a port of its own. The answer must be posted as a form, so that the code does not stay in the
 * history of the browser.
 * @param state only an answer that carries it counts
 * @param text what the browser shows at the end
 */
export async function listenForRedirect(
  state: string,
  text: { readonly succeeded: string; readonly failed: string },
): Promise<LoopbackRedirect> {
  const { promise: answer, resolve } = Promise.withResolvers<URLSearchParams>();
  const server = createServer((request, response) => {
    void receive(request).then((form) => {
      const states = form?.getAll('state') ?? [];
      if (!form || states.length !== 1 || states[0] !== state) {
        reply(response, 400, 'This is not the answer that was waited for.');
        return;
      }
      reply(response, 200, form.has('code') ? text.succeeded : text.failed);
      resolve(form);
    });
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', listening);
  });
  const { port } = server.address() as AddressInfo;
  return {
    // Entra ID accepts any port for the name that is registered, and that is `localhost`.
    redirectUri: `http://localhost:${port}`,
    answer,
    close: () => {
      server.close();
      // What is being written is finished; only idle connections would keep the server.
      server.closeIdleConnections();
    },
  };
}

async function receive(request: IncomingMessage): Promise<URLSearchParams | null> {
  const isForm = /^application\/x-www-form-urlencoded *(;|$)/i.test(request.headers['content-type'] ?? '');
  if (request.method !== 'POST' || !isForm) {
    request.resume();
    return null;
  }
  let body = '';
  try {
    for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
      body += chunk;
      if (body.length > longestAnswer) {
        return null;
      }
    }
  } catch {
    // The browser went away in the middle.
    return null;
  }
  return new URLSearchParams(body);
}

function reply(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    Connection: 'close',
  });
  response.end(text);
}
