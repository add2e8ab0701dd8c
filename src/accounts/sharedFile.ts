import { createHash } from 'node:crypto';
import { type Disposable, Emitter } from '../jobs/lifecycle.ts';
import type { SharedFiles } from './sharedFiles.ts';

export interface SharedFileOptions<T> {
  readonly files: SharedFiles;
  readonly name: string;
  /** The id of this window. */
  readonly windowId: string;
  readonly maxBytes: number;
  /** What a file holds is anything until this has made something sound of it. */
  readonly check: (value: unknown) => T | null;
}

interface Content<T> {
  readonly writer: string;
  readonly value: T;
}

const formatVersion = 1;

/** A value that windows share in one file. The last one who writes wins; nothing here rejects. */
export class SharedFile<T> implements Disposable {
  readonly #options: SharedFileOptions<T>;
  readonly #change = new Emitter<T>();
  /** Reads and writes of one window come in order. */
  #queue: Promise<unknown> = Promise.resolve();
  /** What is still to be written: of several values the last one will do. */
  #pending: { readonly value: T } | null = null;
  #sequence = 0;
  #own: { readonly digest: string; readonly version: string } | null = null;
  #told: string | null = null;
  #isDisposed = false;

  /** Fires with what another window wrote. */
  readonly onDidChange = this.#change.event;

  constructor(options: SharedFileOptions<T>) {
    this.#options = options;
  }

  /** What was last written, by whichever window; `null` where nothing was, or nothing sound. */
  async load(): Promise<T | null> {
    let value: T | null = null;
    await this.#enqueue(async () => {
      await this.#options.files.prepare();
      value = (await this.#read())?.value ?? null;
    });
    return value;
  }

  async save(value: T): Promise<void> {
    if (!this.#isDisposed) {
      this.#pending = { value };
      await this.#enqueue(() => this.#flush());
    }
  }

  async remove(): Promise<void> {
    this.#pending = null;
    await this.#enqueue(async () => {
      this.#own = null;
      await this.#options.files.remove(this.#options.name);
    });
  }

  /** Looks who wrote the file, as somebody did. */
  async touched(): Promise<void> {
    await this.#enqueue(async () => {
      const { files, name, windowId } = this.#options;
      const version = await files.version(name);
      if (version === null || version === this.#own?.version || version === this.#told) {
        return;
      }
      const content = await this.#read();
      // What this window is about to write takes its place; its listeners know better than to hear the older one.
      if (content && content.writer !== windowId && !this.#pending && !this.#isDisposed) {
        this.#told = version;
        this.#change.fire(content.value);
      }
    });
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#change.dispose();
  }

  async #flush(): Promise<void> {
    const { files, name, windowId, maxBytes } = this.#options;
    const pending = this.#pending;
    this.#pending = null;
    if (!pending) {
      return;
    }
    const body = JSON.stringify(pending.value);
    const digest = createHash('sha256').update(body).digest('base64');
    if (this.#own?.digest === digest && (await files.version(name)) === this.#own.version) {
      return;
    }
    const writer = JSON.stringify(windowId);
    const text = `{"version":${formatVersion},"writer":${writer},"sequence":${++this.#sequence},"value":${body}}`;
    if (Buffer.byteLength(text) > maxBytes) {
      throw new Error(`${files.path(name)} would have more than ${maxBytes} bytes.`);
    }
    this.#own = { digest, version: await files.replace(name, text) };
  }

  async #read(): Promise<Content<T> | null> {
    const { files, name, maxBytes, check } = this.#options;
    const text = await files.read(name, maxBytes);
    const content = text === null ? null : parsed(text);
    if (typeof content !== 'object' || content === null || !('version' in content) || !('writer' in content)) {
      return null;
    }
    if (content.version !== formatVersion || typeof content.writer !== 'string' || !('value' in content)) {
      return null;
    }
    const value = check(content.value);
    return value === null ? null : { writer: content.writer, value };
  }

  async #enqueue(action: () => Promise<void>): Promise<void> {
    const { files, name } = this.#options;
    const done = this.#queue.then(action).catch((error: unknown) => {
      files.complain(`${name} cannot be shared with other windows`, error);
    });
    this.#queue = done;
    await done;
  }
}

/** `undefined` where the text is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
