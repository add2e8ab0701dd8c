import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ClockSetting } from './clock.ts';
import type { ConnectionInfo, Ports } from './emulator.ts';
import type { AccountSecrets } from './secrets.ts';
import type { Mutation } from './simulation/mutation.ts';

/** All that is needed to find a running emulator, or to go on where one ended. */
export interface EmulatorState {
  readonly format: 1;
  /** Which start wrote it; a process id alone may be another process by now. */
  readonly instance: string;
  readonly pid: number;
  readonly connection: ConnectionInfo;
  readonly ports: Ports;
  /** Where the certificate files are. */
  readonly dataDirectory: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly simulation: SimulationSettings;
  readonly secrets: AccountSecrets;
  readonly mutations: readonly Mutation[];
  /** How the clock was set; missing or null where it was not. */
  readonly clock?: ClockSetting | null;
  /** The switches as text; missing in files of earlier versions. */
  readonly dialects?: Readonly<Record<string, string>>;
  /** When it was last known to run, or when it ended; Unix milliseconds. */
  readonly aliveAt: number;
}

/** What decides the jobs besides the time. */
export interface SimulationSettings {
  readonly seed: number;
  readonly jobs: number;
  readonly speed: number;
  readonly reservedUnits: number;
  readonly arrivalsPerMinute: number;
}

/** The state in a file; null where there is none, or none this version understands. */
export function readState(file: string): EmulatorState | null {
  try {
    return parseState(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** The state that a file holds, which may be anything. @throws SyntaxError where it is no JSON */
export function parseState(text: string): EmulatorState | null {
  const state: unknown = JSON.parse(text);
  if (!isState(state)) {
    return null;
  }
  // Files of earlier versions have no more than three.
  const { root, api, authority, mkio = 0, ravnur = 0 } = state.ports;
  const { seed, jobs, speed, reservedUnits, arrivalsPerMinute } = state.simulation;
  // These become options, of which there are others that a file has no say in.
  const simulation = { seed, jobs, speed, reservedUnits, arrivalsPerMinute };
  return { ...state, ports: { root, api, authority, mkio, ravnur }, simulation };
}

/**
 * Replaces the file in one step, readable by its owner alone: it holds secrets. The directory is made likewise where it
 * is missing. Synchronous, so that a change is kept before its request is answered.
 */
export function writeState(file: string, state: EmulatorState): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const written = `${file}.${randomUUID()}.tmp`;
  try {
    writeFileSync(written, JSON.stringify(state), { mode: 0o600, flush: true });
    renameSync(written, file);
  } catch (error) {
    rmSync(written, { force: true });
    throw error;
  }
}

/** Removes the file where it is this instance's. */
export function removeState(file: string, instance: string): void {
  if (readState(file)?.instance === instance) {
    rmSync(file, { force: true });
  }
}

/** Nobody takes so long to write a file; milliseconds. */
const abandonedAfterMs = 60_000;
/** What a file is called while it is written, and a lock while it is taken away. */
const halfWayName = /^(?:\.lock)?\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.tmp)?$/;

/** Removes what processes left beside the file that were killed while they wrote: the state in it holds secrets. */
export function removeAbandoned(file: string): void {
  const name = basename(file);
  for (const found of readdirSync(dirname(file))) {
    if (found.startsWith(name) && halfWayName.test(found.slice(name.length))) {
      const path = join(dirname(file), found);
      try {
        if (Date.now() - statSync(path).mtimeMs > abandonedAfterMs) {
          rmSync(path, { force: true });
        }
      } catch {
        // Gone meanwhile, or not to be removed now: the next start looks again.
      }
    }
  }
}

function isState(value: unknown): value is EmulatorState {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const state = value as Partial<Record<keyof EmulatorState, unknown>>;
  const { connection, ports, simulation, secrets, clock, dialects, mutations } = state;
  return (
    state.format === 1 &&
    [state.instance, state.dataDirectory].every(isText) &&
    [state.startedAt, state.aliveAt].every(isTime) &&
    (clock === undefined || clock === null || holds(clock, { time: isTime, realTime: isTime, speed: isAmount })) &&
    (dialects === undefined || (isObject(dialects) && Object.values(dialects).every(isText))) &&
    Array.isArray(mutations) &&
    mutations.every((mutation) => holds(mutation, { kind: isText, at: isTime })) &&
    holds(connection, { admin: isText, adminToken: isText, caFile: isText }) &&
    isObject(ports) &&
    holds({ mkio: 0, ravnur: 0, ...ports }, portChecks) &&
    holds(simulation, {
      seed: Number.isSafeInteger,
      jobs: isAmount,
      speed: isAmount,
      reservedUnits: isAmount,
      arrivalsPerMinute: isAmount,
    }) &&
    holds(secrets, {
      tenantId: isText,
      clientId: isText,
      clientSecret: isText,
      subscriptionId: isText,
      accountName: isText,
      accountKey: isText,
      swtKey: isText,
      jwtKey: isObject,
      adminToken: isText,
    })
  );
}

const portChecks: Readonly<Record<keyof Ports, Check>> = {
  root: isPort,
  api: isPort,
  authority: isPort,
  mkio: isPort,
  ravnur: isPort,
};

type Check = (value: unknown) => boolean;

/** Whether something is an object that has all of these properties itself, and each is as it has to be. */
function holds(value: unknown, checks: Readonly<Record<string, Check>>): boolean {
  return (
    isObject(value) &&
    Object.entries(checks).every(
      ([name, check]) => Object.hasOwn(value, name) && check((value as Readonly<Record<string, unknown>>)[name]),
    )
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

/** A time that `Date` can hold, in milliseconds. */
function isTime(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15;
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1e9;
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 65_536;
}
