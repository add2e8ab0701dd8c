import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { onProcessEnd } from './processEnd.ts';

const isWindows = process.platform === 'win32';

/** A command that could not be started or did not end with 0; the message says which, and what it wrote. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Gets what the command writes, as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** Runs a command to its end and resolves to its standard output. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const child = startProcess(command, args, options);
  const { code, signal } = await child.ended;
  if (code !== 0) {
    const reason = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
    const line = [command, ...args].join(' ');
    throw new CommandError(options.onOutput ? `"${line}" ${reason}` : `"${line}" ${reason}:\n${child.output.trim()}`);
  }
  return child.standardOutput;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process with all that it started. Disposing of it asks all of them to end, then makes them. */
export interface RunningProcess {
  /** What it wrote so far to standard output and standard error. */
  readonly output: string;
  readonly standardOutput: string;
  /** Settles when it has ended and all its output is here; rejects if it could not be started. */
  readonly ended: Promise<ProcessEnd>;
  /** The first match in the output, awaited; rejects if the process ends, or the time is up, without one. */
  waitForOutput(pattern: RegExp, timeoutMs: number): Promise<RegExpMatchArray>;
  signal(signal: NodeJS.Signals): void;
  dispose(): Promise<void>;
}

export function startProcess(command: string, args: readonly string[], options: CommandOptions = {}): RunningProcess {
  const spawnOptions: SpawnOptions = {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that it can be ended together with its children.
    detached: !isWindows,
    shell: isWindows && command.endsWith('.cmd'),
  };
  const child = spawn(command, args, spawnOptions);
  return new StartedProcess(command, child, options.onOutput);
}

/** How long a process that was asked to end is waited for. */
const gracePeriodMs = 5_000;

class StartedProcess implements RunningProcess {
  output = '';
  standardOutput = '';
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  readonly #command: string;

  constructor(command: string, child: ChildProcess, onOutput: ((text: string) => void) | undefined) {
    this.#command = command;
    this.#child = child;
    const callOff = onProcessEnd(() => this.#endTree('SIGKILL'));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => {
        this.output += text;
        this.standardOutput += stream === child.stdout ? text : '';
        onOutput?.(text);
      });
    }
    this.ended = new Promise((resolve, reject) => {
      child.once('error', (error) => reject(new CommandError(`Cannot run "${command}": ${error.message}`)));
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
    // Whoever awaits it gets the rejection; if nobody does, that is no reason to crash.
    this.ended.catch(() => undefined).finally(callOff);
  }

  waitForOutput(pattern: RegExp, timeoutMs: number): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      const streams = [this.#child.stdout, this.#child.stderr];
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        for (const stream of streams) {
          stream?.off('data', look);
        }
        act();
      };
      const look = (): void => {
        const match = this.output.match(pattern);
        if (match) {
          settle(() => resolve(match));
        }
      };
      const fail = (reason: string): void =>
        settle(() => reject(new CommandError(`"${this.#command}" ${reason}:\n${this.output.trim()}`)));
      const timer = setTimeout(() => fail(`did not say ${pattern} within ${timeoutMs / 1000} s`), timeoutMs);
      for (const stream of streams) {
        stream?.on('data', look);
      }
      this.ended.then(() => fail(`ended without saying ${pattern}`), reject);
      look();
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async dispose(): Promise<void> {
    if (this.#child.pid === undefined) {
      return;
    }
    this.#endTree('SIGTERM');
    const timer = setTimeout(() => this.#endTree('SIGKILL'), gracePeriodMs);
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, 'exit');
    }
    clearTimeout(timer);
    // Those it started and did not wait for.
    this.#endTree('SIGKILL');
  }

  #endTree(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) {
      return;
    }
    if (isWindows) {
      spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
      return;
    }
    try {
      process.kill(-pid, signal);
    } catch {
      // The whole group has ended already.
    }
  }
}
