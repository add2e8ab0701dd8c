import { type ChildProcessByStdio, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ConnectionInfo } from '../../src/emulator/emulator.ts';

const entry = fileURLToPath(new URL('../../src/emulator/main.ts', import.meta.url));
const memoryOnRequest = new URL('./memoryOnRequest.ts', import.meta.url).href;

/** What a process takes with nothing left to collect. */
export interface ProcessMemory {
  readonly heapBytes: number;
  readonly rssBytes: number;
}

/** An emulator's command line in a process of its own. */
export class EmulatorProcess {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves with exit code (or signal) once the process has ended and all it said has been read. */
  readonly exited: Promise<number | NodeJS.Signals | null>;
  #stdout = '';
  #stderr = '';

  /** @param options.tellsMemory whether `memory` is going to be asked for */
  constructor(args: readonly string[], { tellsMemory = false }: { readonly tellsMemory?: boolean } = {}) {
    const own = tellsMemory ? ['--expose-gc', '--import', memoryOnRequest] : [];
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', ...(tellsMemory ? (['ipc'] as const) : [])];
    this.child = spawn(process.execPath, [...own, entry, ...args], { stdio }) as typeof this.child;
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.exited = once(this.child, 'close').then(([code, signal]) => code ?? signal);
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** The first line that starts with `{`. */
  async connection(): Promise<ConnectionInfo> {
    for (;;) {
      const line = /^\{.*\}$/m.exec(this.#stdout)?.[0];
      if (line !== undefined) {
        return JSON.parse(line) as ConnectionInfo;
      }
      if (this.child.exitCode !== null || this.child.stdout.readableEnded) {
        throw new Error(`It ended without saying where it is: ${this.#stderr}`);
      }
      await Promise.race([once(this.child.stdout, 'data'), this.exited]);
    }
  }

  /** What the process takes now, with nothing left to collect. */
  async memory(): Promise<ProcessMemory> {
    const answered = once(this.child, 'message');
    this.child.send('memory');
    const [memory] = await answered;
    return memory as ProcessMemory;
  }

  /** Ends the process the hard way where it still runs. */
  async dispose(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
    }
    await this.exited;
  }
}
