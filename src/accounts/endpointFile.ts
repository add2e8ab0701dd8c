import { readFileSync, statSync } from 'node:fs';
import { parsed } from './sharedFile.ts';
import type { SharedFiles } from './sharedFiles.ts';

const maxLength = 8_192;
const maxBytes = 65_536;

/** The address of an account's API that one window found, for all. Read at once, as a client is made with it. */
export class EndpointFile {
  readonly #files: SharedFiles;
  readonly #name: string;
  #queue: Promise<void> = Promise.resolve();
  /** What is still to be written counts already. */
  #pending: { readonly root: string | undefined } | null = null;

  constructor(files: SharedFiles, name: string) {
    this.#files = files;
    this.#name = name;
  }

  load(): string | undefined {
    if (this.#pending) {
      return this.#pending.root;
    }
    try {
      const file = this.#files.path(this.#name);
      const stats = statSync(file);
      return stats.isFile() && stats.size <= maxBytes ? rootIn(readFileSync(file, 'utf8')) : undefined;
    } catch {
      // Not there: the configured endpoint is asked, and answers where the API is.
    }
    return undefined;
  }

  /** Forgets it where there is none to keep. Resolves once that is on disk; never rejects. */
  async save(root: string | undefined): Promise<void> {
    const pending = { root };
    this.#pending = pending;
    this.#queue = this.#queue.then(async () => {
      try {
        await this.#write(root);
      } catch (error) {
        this.#files.complain('The address of an account is not kept', error);
      }
      if (this.#pending === pending) {
        this.#pending = null;
      }
    });
    await this.#queue;
  }

  async #write(root: string | undefined): Promise<void> {
    if (isRoot(root)) {
      await this.#files.replace(this.#name, JSON.stringify({ version: 1, root }));
    } else {
      await this.#files.remove(this.#name);
    }
  }
}

/** The address that a file holds, which may be anything. */
export function rootIn(text: string): string | undefined {
  const content = parsed(text);
  return typeof content === 'object' && content !== null && 'root' in content && isRoot(content.root)
    ? content.root
    : undefined;
}

function isRoot(value: unknown): value is string {
  return typeof value === 'string' && value.length <= maxLength;
}
