import type { ServerResponse } from 'node:http';

/** How often a lease's response gets a line, so that both ends notice when the other is gone; milliseconds. */
const beatMs = 15_000;

export interface LeaseOptions {
  /** How long to stay after the last lease has closed, seconds. */
  readonly graceSeconds: number;
  /** How long to wait for the first one, seconds. */
  readonly firstWithinSeconds: number;
  /** No one is interested any more. Called once. */
  readonly onExpired: () => void;
}

/**
 * Keeps an emulator alive as long as someone holds a lease: a request whose response stays open. A client that crashes
 * closes its connection without having to say so. Without options leases are given but nothing expires.
 */
export class Leases {
  readonly #options: LeaseOptions | null;
  readonly #held = new Set<ServerResponse>();
  #expiry: NodeJS.Timeout | undefined;
  #expiresAt = 0;
  #closed = false;

  constructor(options: LeaseOptions | null) {
    this.#options = options;
    this.#expireIn(options?.firstWithinSeconds);
  }

  get count(): number {
    return this.#held.size;
  }

  /** Grants a full grace period from now: someone has found this emulator and is about to take a lease. */
  hold(): void {
    const graceSeconds = this.#options?.graceSeconds ?? 0;
    if (this.#held.size === 0 && Date.now() + graceSeconds * 1000 > this.#expiresAt) {
      this.#expireIn(graceSeconds);
    }
  }

  /** Answers with a stream that stays open until the client or the emulator ends it. */
  open(response: ServerResponse): void {
    clearTimeout(this.#expiry);
    this.#held.add(response);
    response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
    response.write('\n');
    const beat = setInterval(() => response.write('\n'), beatMs);
    beat.unref();
    response.once('close', () => {
      clearInterval(beat);
      this.#held.delete(response);
      if (this.#held.size === 0) {
        this.#expireIn(this.#options?.graceSeconds);
      }
    });
  }

  /** Ends all leases; nothing expires any more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#expiry);
    for (const response of this.#held) {
      response.end();
    }
  }

  #expireIn(seconds: number | undefined): void {
    if (this.#options && seconds !== undefined && !this.#closed) {
      clearTimeout(this.#expiry);
      this.#expiresAt = Date.now() + seconds * 1000;
      this.#expiry = setTimeout(this.#options.onExpired, seconds * 1000);
      this.#expiry.unref();
    }
  }
}
