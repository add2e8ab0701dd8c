import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const channel = 'http.server.request.start';

/**
 * What the servers of this process read and wrote for HTTP: heads and bodies, both ways, without what TLS adds, which is
 * what a TLS socket's own counters say.
 */
export class ServerBytes {
  readonly #sockets = new Set<Socket>();
  readonly #note = (message: unknown): void => {
    this.#sockets.add((message as { readonly socket: Socket }).socket);
  };

  constructor() {
    subscribe(channel, this.#note);
  }

  get total(): number {
    return [...this.#sockets].reduce((sum, { bytesRead, bytesWritten }) => sum + bytesRead + bytesWritten, 0);
  }

  dispose(): void {
    unsubscribe(channel, this.#note);
  }
}
