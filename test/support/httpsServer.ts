import { createServer, type Server as HttpServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { LoopbackCertificates } from './certificates.ts';

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as they came over the wire. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON with the content type of Media Services. */
  readonly body?: unknown;
}

/** Answers a request, or takes over the response by returning nothing. */
export type Handler = (
  request: ReceivedRequest,
  response: ServerResponse,
) => Answer | undefined | Promise<Answer | undefined>;

/** A server on loopback that does what a test tells it, and remembers what it was asked. */
export class ScriptedServer {
  readonly requests: ReceivedRequest[] = [];
  readonly #server: HttpServer;
  readonly #scheme: string;
  readonly #host: string;
  handler: Handler;

  private constructor(server: HttpServer, scheme: string, host: string, handler: Handler) {
    this.#server = server;
    this.#scheme = scheme;
    this.#host = host;
    this.handler = handler;
  }

  /** @param certificates without them the server speaks plain http. */
  static async start(
    handler: Handler,
    certificates: LoopbackCertificates | null,
    host = '127.0.0.1',
  ): Promise<ScriptedServer> {
    const server = certificates
      ? createSecureServer({ cert: certificates.cert, key: certificates.key })
      : createServer();
    const scripted = new ScriptedServer(server, certificates ? 'https' : 'http', host, handler);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const received: ReceivedRequest = {
          method: request.method ?? '',
          url: request.url ?? '',
          headers: request.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        };
        scripted.requests.push(received);
        void scripted.#answer(received, response);
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, host, resolve);
    });
    return scripted;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The origin, by another name for the same loopback host where one is given. */
  origin(host = this.#host): string {
    return `${this.#scheme}://${host.includes(':') ? `[${host}]` : host}:${this.port}`;
  }

  /** Every bearer token that arrived, in order. */
  get tokens(): string[] {
    return this.requests.flatMap((request) => request.headers.authorization?.replace('Bearer ', '') ?? []);
  }

  /** How many connections are open, idle ones among them. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: ReceivedRequest, response: ServerResponse): Promise<void> {
    const answer = await this.handler(request, response);
    if (!answer) {
      return;
    }
    const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? '');
    const type =
      typeof answer.body === 'string' ? 'text/plain' : 'application/json;odata=minimalmetadata;charset=utf-8';
    response.writeHead(answer.status ?? 200, { 'Content-Type': type, ...answer.headers });
    response.end(answer.body === undefined ? '' : body);
  }
}
