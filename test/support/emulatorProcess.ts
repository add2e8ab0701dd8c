import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ConnectionInfo } from '../../src/emulator/emulator.ts';

const entry = fileURLToPath(new URL('../../src/emulator/main.ts', import.meta.url));

/** An emulator's command line in a process of its own. */
export class EmulatorProcess {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves with exit code (or signal) once the process has ended and all it said has been read. */
  readonly exited: Promise<number | NodeJS.Signals | null>;
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
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

  /** Ends the process the hard way where it still runs. */
  async dispose(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
    }
    await this.exited;
  }
}
