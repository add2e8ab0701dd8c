import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';

export type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

export type WhenPortTaken = 'fail' | 'next' | 'any';

export interface LoopbackOptions {
  /** Name or address that clients use; must be on loopback. */
  readonly host: string;
  /** 0 for any. */
  readonly port: number;
  /** What to do where the port is taken: give up, try the ports after it, or take any. */
  readonly whenTaken: WhenPortTaken;
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
/** Any free port on 127.0.0.1 can be taken on ::1; then another is tried. */
const attemptsForAnyPort = 5;
const portsToTry = 50;

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
    const { port, whenTaken } = options;
    for (const candidate of candidates(port, whenTaken)) {
      try {
        return await LoopbackServer.#listenOn(candidate, options);
      } catch (error) {
        if (!(error instanceof PortInUseError)) {
          throw error;
        }
      }
    }
    throw new PortInUseError(port);
  }

  static async #listenOn(port: number, options: LoopbackOptions): Promise<LoopbackServer> {
    const addresses = options.host === 'localhost' ? ['127.0.0.1', '::1'] : [options.host];
    const servers: Server[] = [];
    let bound = port;
    for (const address of addresses) {
      const server = createServer(
        { key: options.key, cert: options.cert, keepAliveTimeout: keepAliveMs },
        (request, response) => void serve(request, response, bound, options),
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
    return new LoopbackServer(options.host, bound, servers);
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

function candidates(port: number, whenTaken: WhenPortTaken): number[] {
  const anyPort = Array.from({ length: attemptsForAnyPort }, () => 0);
  if (port === 0) {
    return anyPort;
  }
  switch (whenTaken) {
    case 'fail':
      return [port];
    case 'next':
      return Array.from({ length: portsToTry }, (_, index) => port + index).filter((candidate) => candidate < 65_536);
    case 'any':
      return [port, ...anyPort];
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
  const base = `https://${host}:${port}`;
  const target = request.url ?? '/';
  if (!URL.canParse(target, base)) {
    sendText(response, 400, 'Bad Request - Invalid URL');
    return;
  }
  try {
    await handler(request, response, new URL(target, base));
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
