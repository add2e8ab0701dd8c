import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';

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
  readonly limits?: Partial<ServerLimits> | undefined;
  readonly handler: Handler;
}

/** How much of a server its clients can take up. */
export interface ServerLimits {
  /** Connections at a time, those still shaking hands included. */
  readonly connections: number;
  /** Requests under way at a time, leases included. */
  readonly requests: number;
  /** Milliseconds for the handshake of TLS. */
  readonly handshakeMs: number;
  /** Milliseconds until the headers of a request have come. */
  readonly headMs: number;
  /** Milliseconds until a request has come as a whole. */
  readonly requestMs: number;
  /** How often the two above are looked at, milliseconds. */
  readonly checkEveryMs: number;
  /** How long the rest of a request is still taken, and thrown away, once it has its answer; milliseconds. */
  readonly unreadMs: number;
}

/** Far above what a few windows, a command line and tests need together. */
const defaultLimits: ServerLimits = {
  connections: 256,
  requests: 1000,
  handshakeMs: 10_000,
  headMs: 20_000,
  requestMs: 60_000,
  checkEveryMs: 1000,
  unreadMs: 1000,
};

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
  readonly #servers: readonly OpenServer[];

  private constructor(host: string, port: number, servers: readonly OpenServer[]) {
    this.#host = host;
    this.port = port;
    this.#servers = servers;
  }

  /** @throws PortInUseError; Error for a host that others can reach */
  static async listen(options: LoopbackOptions): Promise<LoopbackServer> {
    const { host, port, whenTaken } = options;
    if (!loopbackHost.test(host)) {
      throw new Error(`The emulator listens on loopback alone: ${host}`);
    }
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
    const servers: OpenServer[] = [];
    const load = { underWay: 0 };
    let bound = port;
    for (const address of addresses) {
      const server = createOpenServer(options, (request, response) => serve(request, response, bound, options, load));
      try {
        bound = await bind(server.server, bound, address);
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

/** The names and addresses that only this machine can reach. */
const loopbackHost = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;

/** A server with all its connections: Node closes none of those that have not shaken hands yet. */
interface OpenServer {
  readonly server: Server;
  readonly sockets: ReadonlySet<Socket>;
}

function createOpenServer(
  { key, cert, limits }: LoopbackOptions,
  onRequest: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): OpenServer {
  const { connections, handshakeMs, headMs, requestMs, checkEveryMs } = { ...defaultLimits, ...limits };
  const server = createServer(
    {
      key,
      cert,
      keepAliveTimeout: keepAliveMs,
      handshakeTimeout: handshakeMs,
      headersTimeout: headMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkEveryMs,
    },
    (request, response) => void onRequest(request, response),
  );
  server.maxConnections = connections;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return { server, sockets };
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
  { host, alsoKnownAs = [], limits, handler }: LoopbackOptions,
  load: { underWay: number },
): Promise<void> {
  const { requests, unreadMs } = { ...defaultLimits, ...limits };
  // A client that went away is no event here.
  response.on('error', () => {});
  if (load.underWay >= requests) {
    // No answer would get through: it would wait in line behind all that this connection has asked already.
    request.socket.destroy();
    return;
  }
  load.underWay++;
  response.once('close', () => load.underWay--);
  response.once('finish', () => dropUnread(request, unreadMs));
  const names = ['localhost', '127.0.0.1', '[::1]', host].flatMap((name) => [
    `${name}:${port}`,
    ...(port === 443 ? [name] : []),
  ]);
  const asked = request.headers.host?.toLowerCase() ?? '';
  const base = `https://${host}:${port}`;
  const url = URL.parse(request.url ?? '/', base);
  // Of two names each reader may take another (RFC 9112, section 3.2).
  if (!url || (request.headersDistinct['host'] ?? []).length > 1) {
    sendText(response, 400, url ? 'Bad Request - Invalid Header' : 'Bad Request - Invalid URL');
    return;
  }
  const known = [...names, ...alsoKnownAs];
  // A target may name a host itself, which then counts for more than the header (RFC 9112, section 3.2.2).
  if (!known.includes(asked) || (url.origin !== base && !known.includes(url.host))) {
    sendText(response, 421, 'This server does not answer to that Host.');
    return;
  }
  try {
    await handler(request, response, url);
  } catch {
    if (!response.headersSent) {
      sendText(response, 500, 'The emulator could not answer this request.');
    } else {
      response.destroy();
    }
  }
}

/** Ends a connection whose client goes on with a request that was answered long ago. */
function dropUnread(request: IncomingMessage, unreadMs: number): void {
  if (!request.complete) {
    const timer = setTimeout(() => request.socket.destroy(), unreadMs);
    timer.unref();
    request.once('end', () => clearTimeout(timer));
    request.once('close', () => clearTimeout(timer));
  }
}

/** Whether a browser says that a page of another site has made this request, or one that has no origin. */
export function isFromAnotherSite({ headers }: IncomingMessage): boolean {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  return origin === undefined
    ? site === 'cross-site' || site === 'same-site'
    : origin.toLowerCase() !== `https://${headers.host?.toLowerCase()}`;
}

/** Whether any page of a browser has made this request. */
export function isFromPage({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  return headers.origin !== undefined || (site !== undefined && site !== 'none');
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

function close({ server, sockets }: OpenServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) {
      socket.destroy();
    }
  });
}
