import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { dirname, join } from 'node:path';
import { type Dialects, readDialects, writeDialects } from './dialects.ts';
import {
  type ConnectionInfo,
  defaults,
  type EmulatorOptions,
  type RunningEmulator,
  startEmulator,
} from './emulator.ts';
import { withLock } from './lock.ts';
import { type EmulatorState, readState, removeAbandoned, removeState, writeState } from './stateFile.ts';

/** Which emulator to share, and how. */
export interface SharedOptions {
  /** The state file. */
  readonly file: string;
  /** Whether to join or resume an emulator only, and not to start a new one. */
  readonly resumeOnly?: boolean;
}

/** What came of asking for the emulator that a state file stands for. */
export type SharedStart =
  | { readonly kind: 'nothing to resume' }
  | { readonly kind: 'existing'; readonly connection: ConnectionInfo }
  | {
      readonly kind: 'started';
      readonly emulator: RunningEmulator;
      /** Ends it. Its state stays, so that a later start can go on from it, unless it was stopped for good. */
      readonly end: (forGood: boolean) => Promise<void>;
    };

/** How long after an emulator ended its jobs can still be gone on with. */
const resumableMs = 5 * 60_000;
/** How often a running emulator says so in its file: it may be killed without a chance to. */
const aliveEveryMs = 30_000;
const probeTimeoutMs = 3000;
const lockWaitMs = 30_000;
/** Shorter at the end: what ends must end promptly, and the file is only a little less exact without the last word. */
const endLockWaitMs = 2000;

/**
 * Finds the emulator that this file stands for, or starts it: one for all that ask with the same file, however many
 * ask at once. One that ended within the last five minutes is resumed with its ports (where still free), secrets,
 * certificate and jobs; the options about jobs then are those it was started with.
 */
export async function startShared({ file, resumeOnly }: SharedOptions, options: EmulatorOptions): Promise<SharedStart> {
  const now = options.now ?? Date.now;
  const lockFile = `${file}.lock`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  return withLock(lockFile, lockWaitMs, async () => {
    removeAbandoned(file);
    const found = readState(file);
    if (found && (await holds(found.connection))) {
      return { kind: 'existing', connection: found.connection };
    }
    const sinceMs = found ? now() - found.aliveAt : Number.POSITIVE_INFINITY;
    // One from a time to come was written by a clock that was wrong, and would be gone on with for ever.
    const resumable = found && Math.abs(sinceMs) < resumableMs ? found : null;
    if (resumeOnly && !resumable) {
      return { kind: 'nothing to resume' };
    }
    const keeper = new StateKeeper(file, now);
    const begin = async (resumed: EmulatorState | null): Promise<SharedStart> => {
      const dataDirectory =
        resumed?.dataDirectory ?? options.dataDirectory ?? join(dirname(file), 'emulator-certificate');
      const simulation = resumed?.simulation ?? {
        seed: options.seed ?? defaults.seed,
        jobs: options.jobs ?? defaults.jobs,
        speed: options.speed ?? defaults.speed,
        reservedUnits: options.reservedUnits ?? defaults.reservedUnits,
        arrivalsPerMinute: options.arrivalsPerMinute ?? defaults.arrivalsPerMinute,
      };
      const emulator = await startEmulator({
        ...options,
        ...simulation,
        dataDirectory,
        ...(resumed ? { resume: resumed, ports: resumed.ports, whenPortTaken: 'any' } : {}),
        ...(resumed?.dialects ? { dialects: knownDialects(resumed.dialects) } : {}),
        onMutation: () => keeper.save(),
        onSettings: () => keeper.save(),
      });
      keeper.begin({ emulator, dataDirectory, simulation });
      const end = async (forGood: boolean) => {
        keeper.stopBeating();
        const finish = async () => keeper.finish(forGood);
        const finishLocked = () => withLock(lockFile, endLockWaitMs, finish).catch(finish);
        // Stopped for good, its state goes before its leases do: a window that loses its lease looks there first.
        if (forGood) {
          await finishLocked();
          await emulator.close();
        } else {
          await emulator.close();
          await finishLocked();
        }
      };
      return { kind: 'started', emulator, end };
    };
    if (resumable) {
      try {
        return await begin(resumable);
      } catch (error) {
        if (resumeOnly) {
          throw error;
        }
        // What was done to its jobs is damaged where nothing showed it: better a new one than none.
      }
    }
    return begin(null);
  });
}

/** The dialects of an earlier run, if this version still knows them all. */
function knownDialects(written: Readonly<Record<string, string>>): Partial<Dialects> {
  try {
    return readDialects(written);
  } catch {
    return {};
  }
}

/** Writes down where the emulator is and what was done to it, as long as the file is its own. */
class StateKeeper {
  readonly #file: string;
  readonly #now: () => number;
  readonly #instance = randomUUID();
  #state: (() => EmulatorState) | undefined;
  #beat: NodeJS.Timeout | undefined;

  constructor(file: string, now: () => number) {
    this.#file = file;
    this.#now = now;
  }

  begin({
    emulator,
    dataDirectory,
    simulation,
  }: Pick<EmulatorState, 'dataDirectory' | 'simulation'> & { emulator: RunningEmulator }): void {
    this.#state = () => ({
      format: 1,
      instance: this.#instance,
      pid: process.pid,
      connection: emulator.connection,
      ports: emulator.ports,
      dataDirectory,
      startedAt: emulator.startedAt,
      simulation,
      secrets: emulator.secrets,
      mutations: emulator.simulation.mutations,
      clock: emulator.settings.clock.setting,
      dialects: writeDialects(emulator.settings.dialects),
      aliveAt: this.#now(),
    });
    writeState(this.#file, this.#state());
    this.#beat = setInterval(() => this.save(), aliveEveryMs);
    this.#beat.unref();
  }

  save(): void {
    if (this.#state && readState(this.#file)?.instance === this.#instance) {
      writeState(this.#file, this.#state());
    }
  }

  stopBeating(): void {
    clearInterval(this.#beat);
  }

  finish(forGood: boolean): void {
    if (forGood) {
      removeState(this.#file, this.#instance);
    } else {
      this.save();
    }
  }
}

/**
 * Whether the emulator at these addresses runs and is the one meant, which only its certificate and admin token can
 * tell. Asking also starts its grace period anew, so that it does not end just when its address is given out.
 */
async function holds({ admin, adminToken, caFile }: ConnectionInfo): Promise<boolean> {
  try {
    const ca = await readFile(caFile, 'utf8');
    return await new Promise((resolve) => {
      const sent = request(
        new URL('hold', admin),
        {
          method: 'POST',
          ca,
          agent: false,
          timeout: probeTimeoutMs,
          headers: { Authorization: `Bearer ${adminToken}`, 'Content-Type': 'application/json' },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode === 200);
        },
      );
      sent.on('timeout', () => sent.destroy());
      sent.on('error', () => resolve(false));
      sent.end('{}');
    });
  } catch {
    // No certificate, or no address: not a running emulator's file.
    return false;
  }
}
