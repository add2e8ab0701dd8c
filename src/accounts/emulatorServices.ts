import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ServiceKind } from '../client/account.ts';

const known: readonly ServiceKind[] = ['ams', 'mkio', 'ravnur'];

/** Which services the emulator is wanted as, in a file beside its state, so that all windows and later ones agree. */
export class EmulatorServices {
  readonly file: string;
  readonly #log: (message: string) => void;

  constructor(folder: string, log: (message: string) => void) {
    this.file = path.join(folder, 'services.json');
    this.#log = log;
  }

  /** In one order always. Azure Media Services where nothing is written down, or nothing that can be read. */
  async read(): Promise<readonly ServiceKind[]> {
    return servicesIn(await readFile(this.file, 'utf8').catch(() => ''));
  }

  async write(services: readonly ServiceKind[]): Promise<void> {
    const draft = `${this.file}.${process.pid}.tmp`;
    try {
      await mkdir(path.dirname(this.file), { recursive: true, mode: 0o700 });
      await writeFile(draft, JSON.stringify(known.filter((kind) => services.includes(kind))), { mode: 0o600 });
      await rename(draft, this.file);
    } catch (error) {
      this.#log(`The services of the emulator are not kept: ${String(error)}`);
    }
  }

  async remove(): Promise<void> {
    await rm(this.file, { force: true }).catch(() => undefined);
  }
}

/** The services that the text of the file names. */
export function servicesIn(text: string): readonly ServiceKind[] {
  const value = parse(text);
  const services = known.filter((kind) => Array.isArray(value) && value.includes(kind));
  return services.length === 0 ? ['ams'] : services;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
