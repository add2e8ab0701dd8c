import { type FSWatcher, watch } from 'node:fs';
import { access, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ServiceKind } from '../client/account.ts';
import type { Clock } from '../jobs/clock.ts';
import { type Disposable, DisposableStore, Emitter } from '../jobs/lifecycle.ts';
import { type SharedEmulator, withAccounts } from './emulatorAccounts.ts';
import { holdLease, stopEmulator } from './emulatorAdmin.ts';
import { parseEmulatorLine } from './emulatorInfo.ts';
import { launchEmulator, NothingToResumeError } from './emulatorLaunch.ts';
import { EmulatorServices } from './emulatorServices.ts';

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
const restartDelayMs = 1_000;
const maxRestarts = 3;
/** An emulator that was held for so long did not fail at its start. */
const steadyMs = 60_000;
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
  readonly #change = this.#disposables.add(new Emitter<SharedEmulator | null>());
  readonly #services: EmulatorServices;
  #running: SharedEmulator | null = null;
  #starting: Promise<SharedEmulator> | null = null;
  #joining: Promise<SharedEmulator> | null = null;
  #lease: Disposable | null = null;
  /** How often it was brought back in a row without staying. */
  #restarts = 0;

  /** Fires with the emulator once it serves, and with `null` once it is gone. */
  readonly onDidChange = this.#change.event;

  constructor(options: EmulatorHostOptions) {
    this.#options = options;
    this.#services = new EmulatorServices(options.folder, options.log);
  }

  get running(): SharedEmulator | null {
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
    const watched = [path.basename(this.#stateFile), path.basename(this.#services.file)];
    const watcher: FSWatcher = watch(this.#options.folder, { persistent: false }, (_event, file) => {
      if (file !== null && watched.includes(file)) {
        pending?.dispose();
        pending = this.#options.clock.setTimeout(() => this.#lookAgain(), watchDelayMs);
      }
    });
    watcher.on('error', (error) => this.#options.log(`The emulator's folder cannot be watched: ${error.message}`));
    this.#disposables.add({ dispose: () => watcher.close() });
    this.#disposables.add({ dispose: () => pending?.dispose() });
    await this.#adoptNow();
  }

  /**
   * Starts the emulator, or joins the one that runs already.
   * @param services which services it is wanted as, beside those that it is already
   * @throws Error with a plain sentence when it does not come up.
   */
  async start(services: readonly ServiceKind[] = ['ams']): Promise<SharedEmulator> {
    // A look for an earlier one may be under way; it finds nothing as often as not.
    await this.#joining?.catch(() => undefined);
    if (!this.#running && !this.#starting) {
      await this.#services.write(services);
    }
    if (!this.#running) {
      this.#starting ??= this.#launch([]).finally(() => {
        this.#starting = null;
      });
      await this.#starting;
    }
    await this.#want(services);
    if (!this.#running) {
      throw new Error('The local emulator was stopped while it started.');
    }
    return this.#running;
  }

  /** Takes up more services, here and in other windows. */
  async #want(services: readonly ServiceKind[]): Promise<void> {
    const wanted = await this.#services.read();
    if (services.some((kind) => !wanted.includes(kind))) {
      await this.#services.write([...wanted, ...services]);
    }
    await this.#readServices();
  }

  /** Tells which services it is wanted as, where they have become others. */
  async #readServices(): Promise<void> {
    const services = await this.#services.read();
    const running = this.#running;
    if (running && JSON.stringify(services) !== JSON.stringify(running.services)) {
      this.#running = withAccounts(running, services);
      this.#change.fire(this.#running);
    }
  }

  /**
   * Stops the emulator for all windows, with its jobs.
   * @throws Error with a plain sentence when it cannot be told.
   */
  async stop(): Promise<void> {
    await (this.#starting ?? this.#joining)?.catch(() => undefined);
    const emulator = this.#running;
    if (emulator) {
      this.#forget();
      await stopEmulator(emulator);
      await this.#services.remove();
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

  #lookAgain(): void {
    this.#adopt();
    void this.#readServices();
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

  async #launch(extraArguments: readonly string[]): Promise<SharedEmulator> {
    const { folder } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
      throw new Error(`The local emulator cannot use this folder: ${folder}`, { cause });
    });
    const line = await launchEmulator({
      ...this.#options,
      arguments: ['--state', this.#stateFile, '--lease-grace', `${leaseGraceSeconds}`, ...extraArguments],
    });
    const parsed = parseEmulatorLine(line);
    if (!parsed) {
      throw new Error('The local emulator said something unexpected.');
    }
    const { caFile, ...rest } = parsed;
    const ca = await readFile(caFile, 'utf8').catch((cause: unknown) => {
      throw new Error(`The local emulator's certificate cannot be read: ${caFile}`, { cause });
    });
    const emulator = withAccounts({ ...rest, ca }, await this.#services.read());
    if (this.#disposables.isDisposed) {
      throw new Error('The window closed before the local emulator was up.');
    }
    this.#running = emulator;
    this.#holdLease(emulator);
    this.#change.fire(emulator);
    return emulator;
  }

  #holdLease(emulator: SharedEmulator): void {
    const since = this.#options.clock.now();
    const lease: Disposable = holdLease(emulator, (reason) => {
      if (this.#lease === lease) {
        this.#options.log(`The emulator let go of this window: ${reason}`);
        this.#forget();
        this.#bringBack(this.#options.clock.now() - since);
      }
    });
    this.#lease = lease;
  }

  /** Another window may have stopped it, then its state file is gone; else it died and is brought back. */
  #bringBack(heldMs: number): void {
    if (heldMs > steadyMs) {
      this.#restarts = 0;
    }
    if (this.#restarts === maxRestarts) {
      this.#options.log('The emulator ended too often in a row; it is not started again by itself.');
      return;
    }
    const delay = restartDelayMs * 2 ** this.#restarts;
    this.#restarts++;
    this.#disposables.add(this.#options.clock.setTimeout(() => this.#adopt(), delay));
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
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
