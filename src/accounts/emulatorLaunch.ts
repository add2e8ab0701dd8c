import { spawn } from 'node:child_process';
import type { Clock } from '../jobs/clock.ts';

export interface LaunchOptions {
  /** The emulator's bundle, which is run as a process of its own. */
  readonly bundle: string;
  /** Where it keeps its certificate. It must exist. */
  readonly folder: string;
  readonly arguments: readonly string[];
  readonly clock: Clock;
  readonly log: (message: string) => void;
}

const startTimeoutMs = 30_000;
/** The emulator's exit code where it was to go on with an earlier run, and there is none. */
const nothingToResume = 3;

/** There was no emulator to join or to go on with. */
export class NothingToResumeError extends Error {}

/**
 * Runs the emulator's bundle and gives its JSON line. The process is on its own from then on.
 * @throws Error with a plain sentence when it does not come up.
 */
export function launchEmulator(options: LaunchOptions): Promise<string> {
  const { bundle, folder, clock, log } = options;
  const child = spawn(process.execPath, [bundle, '--data-dir', folder, ...options.arguments], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
    // On desktop the executable is Electron, which runs as Node only when told so.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    windowsHide: true,
  });
  return new Promise<string>((resolve, reject) => {
    let output = '';
    let complaint = '';
    const timeout = clock.setTimeout(() => {
      child.kill();
      fail('The local emulator did not start within 30 seconds.');
    }, startTimeoutMs);
    const letGo = (): void => {
      timeout.dispose();
      child.removeAllListeners();
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
    };
    const fail = (message: string): void => {
      letGo();
      reject(new Error(message));
    };
    child.on('error', (error) => fail(`The local emulator could not be started: ${error.message}`));
    // Not 'exit', which may come before what was said last has been read: a line of JSON, or why there is none.
    child.on('close', (code, signal) => {
      if (code === nothingToResume) {
        letGo();
        reject(new NothingToResumeError('There is no local emulator to join.'));
        return;
      }
      const end = signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`;
      fail(`The local emulator did not start: ${reasonIn(complaint) ?? end}`);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
      log(`Emulator: ${text.trimEnd()}`);
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const line = output.split('\n').find((candidate) => candidate.startsWith('{'));
      if (line !== undefined && output.includes(`${line}\n`)) {
        letGo();
        resolve(line);
      }
    });
  });
}

/** The one line that tells people most: of a crash the error itself, which comes after the place in the source. */
function reasonIn(complaint: string): string | null {
  const thrown = /^\w*Error(?: \[\w+\])?: (.+)$/m.exec(complaint)?.[1];
  return thrown ?? (complaint.trim().split('\n')[0] || null);
}
