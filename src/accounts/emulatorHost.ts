import { spawn } from 'node:child_process';
import { type FSWatcher, watch } from 'node:fs';
import { access, mkdir, readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import path from 'node:path';
import type { Clock } from '../jobs/clock.ts';
import { type Disposable, DisposableStore, Emitter } from '../jobs/lifecycle.ts';
import { type EmulatorInfo, parseEmulatorLine } from './emulatorInfo.ts';

export interface EmulatorHostOptions {
  /** The emulator's bundle, which is run as a process of its own. */
  readonly bundle: string;
  /** A folder that all windows share; the emulator keeps its state in it. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: (message: string) => void;
}

/** How long the emulator outlives the last window: a window that reloads finds it again. */
const leaseGraceSeconds = 20;
const startTimeoutMs = 30_000;
const restartDelayMs = 1_000;
/** The emulator's exit code where it was to go on with an earlier run, and there is none. */
const nothingToResume = 3;
/** File events come in bursts. */
const watchDelayMs = 200;

/**
 * The local emulator as windows share it. It is a process of its own; each window holds a lease on it (a request that
 * stays open), and it ends itself when the last lease is gone. A window finds one that another window started through
 * the state file, and one that died while it was wanted is brought back with its jobs where they would be by now.
 */
export class EmulatorHost implements Disposable {
  readonly #options: EmulatorHostOptions;
  readonly #disposables = new DisposableStore();
  readonly #change = this.#disposables.add(new Emitter<EmulatorInfo | null>());
  #running: EmulatorInfo | null = null;
  #starting: Promise<EmulatorInfo> | null = null;
  #joining: Promise<EmulatorInfo> | null = null;
  #lease: Disposable | null = null;

  /** Fires with the emulator once it serves, and with `null` once it is gone. */
  readonly onDidChange = this.#change.event;

  constructor(options: EmulatorHostOptions) {
    this.#options = options;
  }

  get running(): EmulatorInfo | null {
    return this.#running;
  }

  /**
   * Looks for an emulator that another window, or this one before a reload, left running; and goes on looking, so that
   * one that another window starts later appears here too. Does nothing where none was ever started.
   */
  async watch(): Promise<void> {
    try {
      await this.#watchFolder();
    } catch (error) {
      this.#options.log(`The emulator of other windows is not seen: ${String(error)}`);
    }
  }

  async #watchFolder(): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
    if (this.#disposables.isDisposed) {
      return;
    }
    let pending: Disposable | null = null;
    const watcher: FSWatcher = watch(this.#options.folder, { persistent: false }, (_event, file) => {
      if (file === path.basename(this.#stateFile)) {
        pending?.dispose();
        pending = this.#options.clock.setTimeout(() => this.#adopt(), watchDelayMs);
      }
    });
    watcher.on('error', (error) => this.#options.log(`The emulator's folder cannot be watched: ${error.message}`));
    this.#disposables.add({ dispose: () => watcher.close() });
    this.#disposables.add({ dispose: () => pending?.dispose() });
    await this.#adoptNow();
  }

  /**
   * Starts the emulator, or joins the one that runs already.
   * @throws Error with a plain sentence when it does not come up.
   */
  async start(): Promise<EmulatorInfo> {
    // A look for an earlier one may be under way; it finds nothing as often as not.
    await this.#joining?.catch(() => undefined);
    if (this.#running) {
      return this.#running;
    }
    this.#starting ??= this.#launch([]).finally(() => {
      this.#starting = null;
    });
    return await this.#starting;
  }

  /** Stops the emulator for all windows, with its jobs. */
  async stop(): Promise<void> {
    const emulator = this.#running;
    if (emulator) {
      this.#forget();
      await this.#post(emulator, 'stop');
    }
  }

  /** Lets go of the emulator; it ends by itself when no window is left. */
  dispose(): void {
    this.#lease?.dispose();
    this.#lease = null;
    this.#disposables.dispose();
  }

  get #stateFile(): string {
    return path.join(this.#options.folder, 'state.json');
  }

  #adopt(): void {
    this.#adoptNow().catch((error: unknown) => this.#options.log(`The emulator was not joined: ${String(error)}`));
  }

  /** Joins or brings back an emulator that the state file speaks of, unless it ended long ago. */
  async #adoptNow(): Promise<void> {
    // Asked first: between the check of what is under way and its beginning nothing else may begin.
    const isThere = await exists(this.#stateFile);
    if (!isThere || this.#running || this.#starting || this.#joining || this.#disposables.isDisposed) {
      return;
    }
    this.#joining = this.#launch(['--resume']).finally(() => {
      this.#joining = null;
    });
    await this.#joining.catch((error: unknown) => {
      if (!(error instanceof NothingToResumeError)) {
        throw error;
      }
    });
  }

  async #launch(extraArguments: readonly string[]): Promise<EmulatorInfo> {
    const { folder } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
      throw new Error(`The local emulator cannot use this folder: ${folder}`, { cause });
    });
    const line = await this.#spawn(extraArguments);
    const parsed = parseEmulatorLine(line);
    if (!parsed) {
      throw new Error('The local emulator said something unexpected.');
    }
    const { caFile, ...rest } = parsed;
    const ca = await readFile(caFile, 'utf8').catch((cause: unknown) => {
      throw new Error(`The local emulator's certificate cannot be read: ${caFile}`, { cause });
    });
    const emulator: EmulatorInfo = { ...rest, ca };
    if (this.#disposables.isDisposed) {
      throw new Error('The window closed before the local emulator was up.');
    }
    this.#running = emulator;
    this.#holdLease(emulator);
    this.#change.fire(emulator);
    return emulator;
  }

  /** Runs the bundle and gives its JSON line. The process is on its own from then on. */
  #spawn(extraArguments: readonly string[]): Promise<string> {
    const { bundle, folder, log } = this.#options;
    const args = [bundle, '--state', this.#stateFile, '--data-dir', folder, '--lease-grace', `${leaseGraceSeconds}`];
    const child = spawn(process.execPath, [...args, ...extraArguments], {
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
      const timeout = this.#options.clock.setTimeout(() => {
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

  /** Keeps a request open for as long as this window wants the emulator. */
  #holdLease(emulator: EmulatorInfo): void {
    const lost = (): void => {
      if (this.#lease === lease) {
        this.#forget();
        // Another window may have stopped it, then its state file is gone; else it died and is brought back.
        this.#disposables.add(this.#options.clock.setTimeout(() => this.#adopt(), restartDelayMs));
      }
    };
    const sent = request(adminUrl(emulator, 'lease'), {
      headers: adminHeaders(emulator),
      agent: agentFor(emulator),
    });
    sent.on('response', (response: IncomingMessage) => {
      if (response.statusCode !== 200) {
        this.#options.log(`The emulator refused a lease: ${response.statusCode}`);
      }
      response.on('close', lost);
      response.on('error', () => undefined);
      response.resume();
    });
    sent.on('error', lost);
    sent.end();
    const lease: Disposable = { dispose: () => sent.destroy() };
    this.#lease = lease;
  }

  #forget(): void {
    const lease = this.#lease;
    this.#lease = null;
    lease?.dispose();
    if (this.#running) {
      this.#running = null;
      this.#change.fire(null);
    }
  }

  #post(emulator: EmulatorInfo, action: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent = request(adminUrl(emulator, action), {
        method: 'POST',
        headers: { ...adminHeaders(emulator), 'Content-Type': 'application/json', 'Content-Length': 2 },
        agent: agentFor(emulator),
        timeout: 10_000,
      });
      sent.on('response', (response: IncomingMessage) => {
        response.resume();
        response.on('close', resolve);
      });
      sent.on('timeout', () => sent.destroy(new Error('The local emulator does not answer.')));
      sent.on('error', reject);
      sent.end('{}');
    });
  }
}

class NothingToResumeError extends Error {}

/** The one line that tells people most: of a crash the error itself, which comes after the place in the source. */
function reasonIn(complaint: string): string | null {
  const thrown = /^\w*Error(?: \[\w+\])?: (.+)$/m.exec(complaint)?.[1];
  return thrown ?? (complaint.trim().split('\n')[0] || null);
}

function adminUrl(emulator: EmulatorInfo, action: string): URL {
  return new URL(action, emulator.admin);
}

function adminHeaders(emulator: EmulatorInfo): Record<string, string> {
  return { Authorization: `Bearer ${emulator.adminToken}` };
}

/** An agent of its own, so that the emulator's certificate is trusted for the emulator and for nothing else. */
function agentFor(emulator: EmulatorInfo): Agent {
  return new Agent({ ca: emulator.ca, keepAlive: false });
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
