import { randomUUID } from 'node:crypto';
import { rename, stat } from 'node:fs/promises';
import { sleep } from '../jobs/clock.ts';
import { parsed } from './sharedFile.ts';
import { isCode, type SharedFiles } from './sharedFiles.ts';
import { hasEnded, isWindowMark, type WindowIdentity, type WindowMark } from './windowIdentity.ts';

const retryMs = 25;
const maxAttempts = 80;
/** It is held for milliseconds; a machine may be slow. */
const staleAfterMs = 60_000;
/** A file this young may just not have its content yet. */
const unreadableAfterMs = 5_000;
const maxBytes = 4_096;

interface Holder extends WindowMark {
  readonly at: number;
}

/** Lets one window at a time, among all processes, look at a file and change it by what it saw. */
export class FileMutex {
  readonly #files: SharedFiles;
  readonly #name: string;
  readonly #window: WindowIdentity;

  constructor(files: SharedFiles, name: string, window: WindowIdentity) {
    this.#files = files;
    this.#name = name;
    this.#window = window;
  }

  /**
   * @param action gets to know at its end whether nobody took the mutex for one that a dead window left
   * @returns `null` where another window kept it for too long
   * @throws Error where files cannot be used, and what the action throws
   */
  async run<T>(action: (isMine: () => Promise<boolean>) => Promise<T>): Promise<T | null> {
    const token = randomUUID();
    for (let attempt = 0; !(await this.#create(token)); attempt++) {
      if (attempt === maxAttempts) {
        return null;
      }
      if (await this.#isStale(this.#name)) {
        await this.#takeAway();
      } else {
        await sleep(this.#files.clock, retryMs, this.#files.signal);
      }
    }
    const isMine = async (): Promise<boolean> => (await this.#read(this.#name))?.token === token;
    try {
      return await action(isMine);
    } finally {
      if (await isMine()) {
        await this.#files.remove(this.#name);
      }
    }
  }

  async #create(token: string): Promise<boolean> {
    const { pid, hostName: host } = this.#window;
    const holder: Holder = { token, pid, host, at: this.#files.clock.now() };
    return await this.#files.create(this.#name, JSON.stringify(holder));
  }

  async #read(name: string): Promise<Holder | null> {
    const text = await this.#files.read(name, maxBytes);
    const holder = text === null ? undefined : parsed(text);
    return isWindowMark(holder) && 'at' in holder && typeof holder.at === 'number' ? (holder as Holder) : null;
  }

  async #isStale(name: string): Promise<boolean> {
    const holder = await this.#read(name);
    const now = this.#files.clock.now();
    if (holder) {
      return hasEnded(this.#window, holder) || Math.abs(now - holder.at) > staleAfterMs;
    }
    try {
      return Math.abs(now - (await stat(this.#files.path(name))).mtimeMs) > unreadableAfterMs;
    } catch {
      // Gone already.
      return false;
    }
  }

  /**
   * Takes a stale one away by renaming it, which only one window can do. Between looking and renaming another may have
   * done so and made its own; then what was taken is in use, and goes back.
   */
  async #takeAway(): Promise<void> {
    const aside = `${this.#name}.${randomUUID()}.tmp`;
    try {
      await rename(this.#files.path(this.#name), this.#files.path(aside));
    } catch (error) {
      if (isCode(error, 'ENOENT')) {
        return;
      }
      throw error;
    }
    const inUse = (await this.#isStale(aside)) ? null : await this.#files.read(aside, maxBytes);
    if (inUse !== null) {
      await this.#files.create(this.#name, inUse);
    }
    await this.#files.remove(aside);
  }
}
