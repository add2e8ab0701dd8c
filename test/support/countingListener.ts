import http from 'node:http';
import https from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { LoopbackCertificates } from './certificates.ts';

/** The first byte of TLS: a handshake record. */
const tlsHandshake = 0x16;

/** What has arrived at a listener. */
export interface Arrivals {
  readonly connections: number;
  readonly requests: number;
  /** Requests and raw bytes with something in them that looks like a token, a secret, or a header that carries one. */
  readonly tokens: number;
}

/**
 * A stranger on loopback who takes whatever comes, on IPv4 and where there is one on IPv6, on one port: HTTPS, HTTP, or
 * bytes of any other kind. Counts it, and answers requests as if it were the service, so that nobody stops early.
 */
export class CountingListener {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #plain: http.Server;
  readonly #secure: https.Server;
  readonly #marks: readonly string[];
  #connections = 0;
  #requests = 0;
  #tokens = 0;

  private constructor({ cert, key }: LoopbackCertificates, marks: readonly string[], body: unknown) {
    this.#marks = marks;
    const take: http.RequestListener = (request, response) => {
      this.#requests++;
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const head = [request.url, ...request.rawHeaders].join('\n');
        this.#look(`${head}\n${Buffer.concat(chunks).toString('utf8')}`);
        response.writeHead(200, { 'Content-Type': 'application/json', DataServiceVersion: '3.0;' });
        response.end(JSON.stringify(body));
      });
    };
    this.#plain = http.createServer(take);
    this.#secure = https.createServer({ cert, key }, take);
    for (const server of [this.#plain, this.#secure]) {
      server.on('clientError', (_error, socket) => socket.destroy());
    }
    this.#secure.on('tlsClientError', () => {});
  }

  /**
   * @param marks texts that must not arrive
   * @param body what every request is answered with
   */
  static async start(
    certificates: LoopbackCertificates,
    marks: readonly string[],
    body: unknown,
  ): Promise<CountingListener> {
    const listener = new CountingListener(certificates, marks, body);
    await listener.#listen('127.0.0.1', 0);
    // Not every machine has IPv6.
    await listener.#listen('::1', listener.port).catch(() => {});
    return listener;
  }

  get port(): number {
    const address = this.#servers[0]?.address() as AddressInfo | undefined;
    return address?.port ?? 0;
  }

  get addresses(): readonly string[] {
    return this.#servers.map((server) => (server.address() as AddressInfo).address);
  }

  /** What has arrived since the last look. */
  take(): Arrivals {
    const arrived = { connections: this.#connections, requests: this.#requests, tokens: this.#tokens };
    this.#connections = 0;
    this.#requests = 0;
    this.#tokens = 0;
    return arrived;
  }

  async stop(): Promise<void> {
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await Promise.all(closed);
  }

  #listen(address: string, port: number): Promise<void> {
    const server = createServer((socket) => {
      this.#connections++;
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => this.#sockets.delete(socket));
      socket.once('data', (first) => {
        socket.pause();
        this.#look(first.toString('latin1'));
        const server = first[0] === tlsHandshake ? this.#secure : this.#plain;
        socket.unshift(first);
        server.emit('connection', socket);
        process.nextTick(() => socket.resume());
      });
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, () => {
        this.#servers.push(server);
        resolve();
      });
    });
  }

  #look(text: string): void {
    if (/\b(?:authorization|bearer)\b/i.test(text) || this.#marks.some((mark) => text.includes(mark))) {
      this.#tokens++;
    }
  }
}

/** Where the connections of this process go, by `host:port` in the form of `URL.host` with the port always there. */
export type Route = (hostAndPort: string) => number;

/**
 * Sends every connection of every HTTP agent to a port on loopback, whatever its host, and without looking at the
 * certificate there: what keeps a token here is then the client alone, and neither DNS nor TLS. Nothing leaves this machine.
 * @returns takes it back
 */
export function routeConnections(route: Route): () => void {
  const agents = [http.Agent, https.Agent].map(({ prototype }) => prototype as unknown as AgentPrototype);
  const own = agents.map(({ createConnection }) => createConnection);
  for (const [index, agent] of agents.entries()) {
    const connect = own[index];
    const isSecure = index === 1;
    agent.createConnection = function (options, callback) {
      const host = String(options['host']);
      const port = route(`${host.includes(':') ? `[${host}]` : host}:${String(options['port'])}`);
      const routed = { ...options, host: '127.0.0.1', port };
      return isSecure
        ? connectSecurely({
            ...routed,
            servername: '',
            rejectUnauthorized: false,
            checkServerIdentity: () => undefined,
          })
        : connect?.call(this, routed, callback);
    };
  }
  return () => {
    for (const [index, agent] of agents.entries()) {
      Object.assign(agent, { createConnection: own[index] });
    }
    http.globalAgent.destroy();
    https.globalAgent.destroy();
  };
}

interface AgentPrototype {
  createConnection(this: unknown, options: Readonly<Record<string, unknown>>, callback: unknown): unknown;
}
