import { Agent, request as httpsRequest } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { LoopbackCertificates } from '../../support/certificates.ts';
import { type Answer, type Handler, type ReceivedRequest, ScriptedServer } from '../../support/httpsServer.ts';

/** A server that answers well, somewhere on loopback. */
export interface Upstream {
  readonly url: string;
  readonly ca: string;
}

/**
 * A service at one address that can be made to fail at every layer, and mended again: nobody listens; connections are
 * refused, reset or left waiting; another server with another certificate answers; or the service itself answers what it
 * should not. While nothing is wrong it passes everything on to the one behind it.
 */
export class FaultyService {
  /** Answers in place of the service behind; `null` for none. */
  handler: Handler | null = null;
  /** Takes over each new connection before anything is said on it; `null` for nobody. */
  onConnection: ((socket: Socket) => void) | null = null;
  /** The port of the server that new connections lead to in place of our own. */
  otherPort: number | null = null;
  /** Connections that came in. */
  connections = 0;
  /** Requests that wait for the rest of their answers. */
  readonly unanswered = new Set<ReceivedRequest>();
  readonly #upstream: Upstream;
  readonly #agent: Agent;
  readonly #front: ScriptedServer;
  readonly #sockets = new Set<Socket>();
  readonly #port: number;
  #gate: Server;

  private constructor(upstream: Upstream, front: ScriptedServer, gate: Server, now: () => number) {
    this.#upstream = upstream;
    this.#agent = new Agent({ ca: upstream.ca, keepAlive: true });
    this.#front = front;
    this.#gate = gate;
    this.#port = (gate.address() as AddressInfo).port;
    front.handler = async (request, response) => {
      const answer = await (this.handler ?? (() => this.pass(request)))(request, response);
      if (!answer) {
        this.unanswered.add(request);
        response.on('close', () => this.unanswered.delete(request));
      }
      // Where time is not the real one, an answer of our own must not say so.
      return answer && { ...answer, headers: { date: new Date(now()).toUTCString(), ...answer.headers } };
    };
    gate.on('connection', (socket) => this.#accept(socket));
  }

  /** @param now the service's own time, in milliseconds since the Unix epoch */
  static async start(
    upstream: Upstream,
    certificates: LoopbackCertificates,
    now: () => number,
  ): Promise<FaultyService> {
    const front = await ScriptedServer.start(() => undefined, certificates);
    return new FaultyService(upstream, front, await listen(0), now);
  }

  get host(): string {
    return `localhost:${this.#port}`;
  }

  get origin(): string {
    return `https://${this.host}`;
  }

  get requests(): readonly ReceivedRequest[] {
    return this.#front.requests;
  }

  /** What the service behind answers, with our address in place of its own. */
  async pass(request: ReceivedRequest): Promise<Answer> {
    const upstream = new URL(this.#upstream.url);
    const { 'accept-encoding': _encoding, ...headers } = request.headers;
    return await new Promise<Answer>((resolve, reject) => {
      const passed = httpsRequest(
        new URL(request.url, upstream),
        { method: request.method, headers: { ...headers, host: upstream.host }, agent: this.#agent },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8').replaceAll(upstream.origin, this.origin);
            const kept = Object.entries(response.headers).filter(
              ([name]) => !/^(?:content-length|transfer-encoding|connection|keep-alive)$/.test(name),
            );
            resolve({
              status: response.statusCode ?? 0,
              headers: Object.fromEntries(
                kept.map(([name, value]) => [name === 'content-type' ? 'Content-Type' : name, String(value)]),
              ),
              body: text,
            });
          });
        },
      );
      passed.on('error', reject);
      passed.end(request.body);
    });
  }

  /** Ends all connections, as an outage does. */
  sever(): void {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    this.#sockets.clear();
  }

  /** Resets all connections, as a machine does that has started anew. */
  reset(): void {
    for (const socket of this.#sockets) {
      socket.resetAndDestroy();
    }
    this.#sockets.clear();
  }

  /** Nobody listens at the address any more. */
  async close(): Promise<void> {
    this.sever();
    if (this.#gate.listening) {
      await new Promise((resolve) => this.#gate.close(resolve));
    }
  }

  /** All is well again, at the same address. */
  async mend(): Promise<void> {
    this.handler = null;
    if (this.onConnection !== null || this.otherPort !== null) {
      this.onConnection = null;
      this.otherPort = null;
      this.sever();
    }
    if (!this.#gate.listening) {
      this.#gate = await listen(this.#port);
      this.#gate.on('connection', (socket) => this.#accept(socket));
    }
  }

  /**
   * Takes the address over with a listener that never accepts and whose queue is full, so that connecting itself waits.
   * @returns gives the address up again
   */
  async fillQueue(): Promise<() => Promise<void>> {
    await this.close();
    const listener = new Worker(
      `const { createServer } = require('node:net');
       const { parentPort, workerData } = require('node:worker_threads');
       createServer().listen({ port: workerData, host: '127.0.0.1', backlog: 1 }, () => {
         parentPort.postMessage('listening');
         setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
       });`,
      { eval: true, workerData: this.#port },
    );
    await new Promise((resolve) => listener.once('message', resolve));
    // Those that the queue has room for, and some that already wait.
    const waiting = Array.from({ length: 4 }, () => connect(this.#port, '127.0.0.1').on('error', () => undefined));
    await new Promise((resolve) => waiting[1]?.once('connect', resolve));
    return async () => {
      for (const socket of waiting) {
        socket.destroy();
      }
      await listener.terminate();
    };
  }

  async stop(): Promise<void> {
    await this.close();
    await this.#front.stop();
    this.#agent.destroy();
  }

  #accept(socket: Socket): void {
    this.connections++;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    if (this.onConnection) {
      this.onConnection(socket);
    } else {
      join(socket, this.otherPort ?? this.#front.port);
    }
  }
}

/** Lets a connection lead to another port of this machine. */
export function join(socket: Socket, port: number, first?: Buffer): void {
  const other = connect(port, '127.0.0.1');
  other.setNoDelay(true);
  socket.setNoDelay(true);
  other.on('error', () => socket.destroy());
  other.on('close', () => socket.destroy());
  socket.on('close', () => other.destroy());
  if (first !== undefined) {
    other.write(first);
  }
  socket.pipe(other).pipe(socket);
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}
