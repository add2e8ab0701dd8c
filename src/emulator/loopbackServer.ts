import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';

export type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

export interface LoopbackOptions {
  /** Name or address that clients use; must be on loopback. */
  readonly host: string;
  /** 0 for any. */
  readonly port: number;
  /** Where the port is taken: try up to this many after it. */
  readonly alternatives?: number;
  readonly key: string;
  readonly cert: string;
  /** Names accepted in the Host header besides the loopback ones with the server's port. */
  readonly alsoKnownAs?: readonly string[];
  readonly handler: Handler;
}

/** A port that something else listens on. */
export class PortInUseError extends Error {
  readonly port: number;

  constructor(port: number) {
    super(`Port ${port} is in use.`);
    this.name = 'PortInUseError';
    this.port = port;
  }
}

/** Idle connections are kept this long; clients are told so. */
const keepAliveMs = 65_000;
const attemptsForAnyPort = 5;

/**
 * An HTTPS server that only this machine can reach and that answers only to its own names, so that a web page which
 * points a name of its own at loopback gets nowhere.
 */
export class LoopbackServer {
  readonly port: number;
  readonly #host: string;
  readonly #servers: readonly Server[];

  private constructor(host: string, port: number, servers: readonly Server[]) {
    this.#host = host;
    this.port = port;
    this.#servers = servers;
  }

  /** @throws PortInUseError */
  static async listen(options: LoopbackOptions): Promise<LoopbackServer> {
    const attempts = options.port === 0 ? attemptsForAnyPort : 1 + (options.alternatives ?? 0);
    for (let attempt = 0; ; attempt++) {
      const port = options.port === 0 ? 0 : options.port + attempt;
      try {
        return await listenOnce(options, port);
      } catch (error) {
        if (!(error instanceof PortInUseError) || attempt + 1 >= attempts || port >= 65_535) {
          throw error instanceof PortInUseError ? new PortInUseError(options.port || error.port) : error;
        }
      }
    }

    async function listenOnce(wanted: LoopbackOptions, port: number): Promise<LoopbackServer> {
      const addresses = wanted.host === 'localhost' ? ['127.0.0.1', '::1'] : [wanted.host];
      const servers: Server[] = [];
      let bound = port;
      for (const address of addresses) {
        const server = createServer(
          { key: wanted.key, cert: wanted.cert, keepAliveTimeout: keepAliveMs },
          (request, response) => void serve(request, response, bound, wanted),
        );
        try {
          bound = await bind(server, bound, address);
          servers.push(server);
        } catch (error) {
          // Without IPv6 there is no ::1, and 127.0.0.1 alone will do.
          if (address === '::1' && !(error instanceof PortInUseError)) {
            continue;
          }
          await Promise.all(servers.map(close));
          throw error;
        }
      }
      return new LoopbackServer(wanted.host, bound, servers);
    }
  }

  /** `https://host:port/` */
  get origin(): string {
    return `https://${this.#host}:${this.port}/`;
  }

  /** Ends at once, open connections too. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.map(close));
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  { host, alsoKnownAs = [], handler }: LoopbackOptions,
): Promise<void> {
  // A client that went away is no event here.
  response.on('error', () => {});
  const names = ['localhost', '127.0.0.1', '[::1]', host].flatMap((name) => [
    `${name}:${port}`,
    ...(port === 443 ? [name] : []),
  ]);
  const asked = request.headers.host?.toLowerCase() ?? '';
  if (![...names, ...alsoKnownAs].includes(asked)) {
    sendText(response, 421, 'This server does not answer to that Host.');
    return;
  }
  try {
    await handler(request, response, new URL(request.url ?? '/', `https://${host}:${port}`));
  } catch {
    if (!response.headersSent) {
      sendText(response, 500, 'The emulator could not answer this request.');
    } else {
      response.destroy();
    }
  }
}

/** A short answer in plain text. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

function bind(server: Server, port: number, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortInUseError(port) : error);
    });
    server.listen({ port, host: address, exclusive: true }, () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound ? bound.port : port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
