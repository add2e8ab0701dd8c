import { randomUUID } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, sleep } from '../jobs/clock.ts';
import type { Disposable } from '../jobs/lifecycle.ts';

export interface SharedFilesOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly log: (message: string) => void;
  /** Hears of a file in the folder that somebody touched; `null` where the system does not say which. */
  readonly onTouched: (name: string | null) => void;
}

const temporarySuffix = '.tmp';
/** Windows refuses to replace or read a file for the moment that somebody else has it open. */
const retryDelaysMs = [20, 40, 80, 160];
/** Nobody takes so long to write a file. */
const abandonedAfterMs = 3_600_000;

/**
 * A folder that windows share. Its files are replaced in one step, so that nobody reads a half-written one. Nothing is
 * done before the first use.
 */
export class SharedFiles implements Disposable {
  readonly #options: SharedFilesOptions;
  readonly #ended = new AbortController();
  readonly #complaints = new Set<string>();
  #prepared: Promise<void> | null = null;
  #watcher: FSWatcher | null = null;

  constructor(options: SharedFilesOptions) {
    this.#options = options;
  }

  /** Aborted when the window lets go of the folder. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  path(name: string): string {
    return path.join(this.#options.folder, name);
  }

  /**
   * Makes the folder and watches it, once.
   * @throws Error where the folder cannot be made
   */
  async prepare(): Promise<void> {
    this.#prepared ??= this.#prepare();
    const prepared = this.#prepared;
    try {
      await prepared;
    } catch (error) {
      // It may be there, or be made, another time.
      if (this.#prepared === prepared) {
        this.#prepared = null;
      }
      throw error;
    }
  }

  /**
   * @returns `null` where there is no such file, or something that nobody here has written
   * @throws Error where it cannot be read
   */
  async read(name: string, maxBytes: number): Promise<string | null> {
    return await this.#insist(async () => {
      try {
        const file = this.path(name);
        const stats = await stat(file);
        return stats.isFile() && stats.size <= maxBytes ? await readFile(file, 'utf8') : null;
      } catch (error) {
        if (isCode(error, 'ENOENT')) {
          return null;
        }
        throw error;
      }
    });
  }

  /** What tells one content of a file from the next without reading it; `null` where there is no file. */
  async version(name: string): Promise<string | null> {
    try {
      return await versionOf(this.path(name));
    } catch {
      return null;
    }
  }

  /**
   * Replaces a file.
   * @returns its version
   * @throws Error
   */
  async replace(name: string, text: string): Promise<string> {
    const temporary = this.#temporary(name);
    try {
      await this.#write(temporary, text);
      // Taken before others see it: by then the file may be theirs. A rename does not change it.
      const version = await versionOf(temporary);
      await this.#insist(() => rename(temporary, this.path(name)));
      return version;
    } finally {
      await discard(temporary);
    }
  }

  /**
   * Makes a file that must not be there, with all of its content at once where the file system can link.
   * @returns whether it was not there
   * @throws Error
   */
  async create(name: string, text: string): Promise<boolean> {
    const temporary = this.#temporary(name);
    try {
      await this.#write(temporary, text);
      await link(temporary, this.path(name));
      return true;
    } catch (error) {
      return isCode(error, 'EEXIST') ? false : await this.#createUnlinked(name, text);
    } finally {
      await discard(temporary);
    }
  }

  /** @throws Error */
  async remove(name: string): Promise<void> {
    await this.#insist(() => rm(this.path(name), { force: true }));
  }

  /** Whether the file was left behind by a window that ended while it wrote. */
  isAbandoned(name: string, ageMs: number): boolean {
    return name.endsWith(temporarySuffix) && ageMs > abandonedAfterMs;
  }

  /** Says what does not work, once: it may go on not working for days. */
  complain(what: string, error: unknown): void {
    const message = `${what}: ${error instanceof Error ? error.message : String(error)}`;
    // The name of a temporary file is another one each time.
    const gist = `${what} ${error instanceof Error && 'code' in error ? String(error.code) : message}`;
    if (!this.signal.aborted && !this.#complaints.has(gist)) {
      this.#complaints.add(gist);
      this.#options.log(message);
    }
  }

  dispose(): void {
    this.#ended.abort();
    this.#watcher?.close();
    this.#watcher = null;
  }

  async #prepare(): Promise<void> {
    const { folder } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    this.#watcher?.close();
    this.#watcher = null;
    if (this.signal.aborted) {
      return;
    }
    const unheard = (error: unknown): void =>
      this.complain('What other windows learn of jobs is seen late, as their folder cannot be watched', error);
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => this.#options.onTouched(name));
      watcher.on('error', unheard);
      this.#watcher = watcher;
    } catch (error) {
      unheard(error);
    }
  }

  #temporary(name: string): string {
    return this.path(`${name}.${randomUUID()}${temporarySuffix}`);
  }

  async #write(file: string, text: string): Promise<void> {
    await this.prepare();
    const options = { flag: 'wx', mode: 0o600 };
    try {
      await writeFile(file, text, options);
    } catch (error) {
      if (!isCode(error, 'ENOENT')) {
        throw error;
      }
      // Somebody took the folder away.
      this.#prepared = null;
      await this.prepare();
      await writeFile(file, text, options);
    }
  }

  /** For a moment the file is there without its content. */
  async #createUnlinked(name: string, text: string): Promise<boolean> {
    return await this.#insist(async () => {
      try {
        await writeFile(this.path(name), text, { flag: 'wx', mode: 0o600 });
        return true;
      } catch (error) {
        if (isCode(error, 'EEXIST')) {
          return false;
        }
        throw error;
      }
    });
  }

  /** Tries again for a while where a file seems to be in use. */
  async #insist<T>(action: () => Promise<T>): Promise<T> {
    for (const delayMs of retryDelaysMs) {
      try {
        return await action();
      } catch (error) {
        if (!isCode(error, 'EPERM') && !isCode(error, 'EBUSY') && !isCode(error, 'EACCES')) {
          throw error;
        }
      }
      await sleep(this.clock, delayMs, this.signal);
    }
    return await action();
  }
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function versionOf(file: string): Promise<string> {
  const { ino, mtimeNs, size } = await stat(file, { bigint: true });
  return `${ino}-${mtimeNs}-${size}`;
}

async function discard(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => undefined);
}
