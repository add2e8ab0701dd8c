import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import type { Disposable } from '../jobs/lifecycle.ts';
import type { PollLease } from '../jobs/pollSharing.ts';
import { FileMutex } from './fileMutex.ts';
import { parsed } from './sharedFile.ts';
import type { SharedFiles } from './sharedFiles.ts';
import { hasEnded, isWindowMark, type WindowIdentity, type WindowMark } from './windowIdentity.ts';

/** How long the lease of a window that stopped answering stands in the way of others, on another machine. */
const lifeMs = 30_000;
const renewMs = 10_000;
const maxBytes = 4_096;

export interface LeaseContent extends WindowMark {
  readonly expiresAt: number;
}

interface HeldLease {
  readonly token: string;
  timer: Disposable | null;
}

/**
 * The file that names the window which has a lease. Before it expires only its holder changes it, so letting go needs
 * no more than a look; whoever takes it does so under a mutex, so that of several only one does.
 */
export class LeaseFile implements Disposable {
  readonly #files: SharedFiles;
  readonly #name: string;
  readonly #window: WindowIdentity;
  readonly #mutex: FileMutex;
  readonly #held = new Set<HeldLease>();

  constructor(files: SharedFiles, name: string, window: WindowIdentity) {
    this.#files = files;
    this.#name = `${name}.lease.json`;
    this.#window = window;
    this.#mutex = new FileMutex(files, `${name}.lease.lock`, window);
  }

  /**
   * @returns `null` while a window that is alive has it. Where files cannot be used, each window has one of its own:
   * better asked twice than not at all.
   */
  async acquire(): Promise<PollLease | null> {
    try {
      return await this.#acquire();
    } catch (error) {
      if (this.#files.signal.aborted) {
        return null;
      }
      this.#files.complain('Windows cannot agree on which one asks, so this one does', error);
      return { dispose: () => undefined };
    }
  }

  /** Lets go of what this window has, at once: a window that closes has no time. */
  dispose(): void {
    for (const held of [...this.#held]) {
      this.#release(held);
    }
  }

  async #acquire(): Promise<PollLease | null> {
    await this.#files.prepare();
    if (this.#files.signal.aborted || this.#isHeld(await this.#read())) {
      return null;
    }
    const held: HeldLease = { token: randomUUID(), timer: null };
    const taken = await this.#mutex.run(async (isMine) => {
      if (this.#isHeld(await this.#read())) {
        return false;
      }
      await this.#write(held);
      return (await this.#read())?.token === held.token && (await isMine());
    });
    if (!taken) {
      return null;
    }
    this.#held.add(held);
    if (this.#files.signal.aborted) {
      this.#release(held);
      return null;
    }
    this.#renewLater(held);
    return { dispose: () => this.#release(held) };
  }

  #renewLater(held: HeldLease): void {
    held.timer = this.#files.clock.setTimeout(() => void this.#renew(held), renewMs);
  }

  async #renew(held: HeldLease): Promise<void> {
    let isLost = false;
    try {
      await this.#mutex.run(async () => {
        const content = await this.#read();
        isLost = content?.token !== held.token && this.#isHeld(content);
        if (!isLost && this.#held.has(held)) {
          await this.#write(held);
        }
        if (!this.#held.has(held)) {
          // Let go of while it was renewed.
          this.#removeIfMine(held);
        }
      });
    } catch (error) {
      this.#files.complain('The right to ask for all windows was not renewed', error);
    }
    if (isLost) {
      this.#held.delete(held);
    } else if (this.#held.has(held)) {
      this.#renewLater(held);
    }
  }

  #release(held: HeldLease): void {
    held.timer?.dispose();
    if (this.#held.delete(held)) {
      this.#removeIfMine(held);
    }
  }

  #removeIfMine({ token }: HeldLease): void {
    const file = this.#files.path(this.#name);
    try {
      const content = leaseIn(readFileSync(file, 'utf8'));
      // One that has expired may be another window's by the time that it is removed.
      if (content?.token === token && content.expiresAt > this.#files.clock.now()) {
        rmSync(file, { force: true });
      }
    } catch {
      // It expires.
    }
  }

  async #write({ token }: HeldLease): Promise<void> {
    const { pid, hostName: host } = this.#window;
    const content: LeaseContent = { token, pid, host, expiresAt: this.#files.clock.now() + lifeMs };
    await this.#files.replace(this.#name, JSON.stringify({ window: this.#window.id, ...content }));
  }

  async #read(): Promise<LeaseContent | null> {
    const text = await this.#files.read(this.#name, maxBytes);
    return text === null ? null : leaseIn(text);
  }

  /** A lease from beyond its own life was written by a clock that was wrong, or by nobody. */
  #isHeld(content: LeaseContent | null): boolean {
    const leftMs = content ? content.expiresAt - this.#files.clock.now() : 0;
    return content !== null && leftMs > 0 && leftMs <= 2 * lifeMs && !hasEnded(this.#window, content);
  }
}

/** The lease that a file holds, which may be anything; `null` where it holds none. */
export function leaseIn(text: string): LeaseContent | null {
  const content = parsed(text);
  const isSound = isWindowMark(content) && 'expiresAt' in content && typeof content.expiresAt === 'number';
  return isSound ? (content as LeaseContent) : null;
}
