import { type Json, RequestError, readField, readFields, readNumber, readText } from './adminBody.ts';
import type { Quotas } from './api/quotas.ts';
import { DialectError, readDialects, writeDialects } from './dialects.ts';
import type { Fault } from './faults.ts';
import { longestTokenSeconds } from './mkio/mkio.ts';
import type { Settings } from './settings.ts';
import type { NewJob } from './simulation/mutation.ts';
import { State } from './simulation/run.ts';
import type { Outcome, Simulation } from './simulation/simulation.ts';
import { tailOf } from './v3/names.ts';

export interface Operated {
  readonly settings: Settings;
  /** Brought to the present already. */
  readonly simulation: Simulation;
  readonly quotas: Quotas;
  /** Makes a personal API token of MK.IO; a restricted one can do nothing but watch. */
  readonly issueMkioToken: (lifetimeSeconds: number, isRestricted: boolean) => string;
}

/** What an operation answers with 200. */
type Answer = Readonly<Record<string, unknown>>;
type Operation = (body: Json, operated: Operated) => Answer;

/** Longest wait a fault can have. */
const longestDelayMs = 600_000;
const mostRequests = 1_000_000;
const fastest = 1_000_000;
const mostFaults = 1000;

/** What can be asked and set, by verb and path below the admin root. @throws RequestError */
export const operations: Readonly<Record<string, Operation>> = {
  'GET dialects': (_, { settings }) => writeDialects(settings.dialects),
  'POST dialects': (body, { settings }) => {
    try {
      const table = Object.entries(body).map(([key, value]) => [key, writeLoosely(value)]);
      settings.change(readDialects(Object.fromEntries(table)));
    } catch (error) {
      throw error instanceof DialectError ? new RequestError(400, error.message) : error;
    }
    return writeDialects(settings.dialects);
  },
  'GET faults': (_, { settings }) => ({ faults: settings.faults.list() }),
  'POST faults': (body, { settings }) => {
    const { fault, count } = readFault(body);
    if (settings.faults.list().length >= mostFaults) {
      throw new RequestError(409, `${mostFaults} faults wait already. DELETE faults clears them.`);
    }
    settings.faults.add(fault, count);
    return { faults: settings.faults.list() };
  },
  'DELETE faults': (_, { settings }) => {
    settings.faults.clear();
    return { faults: [] };
  },
  'GET clock': (_, { settings }) => showClock(settings),
  'POST clock': (body, { settings, simulation }) => {
    setClock(body, settings);
    simulation.advanceTo(settings.clock.now());
    return showClock(settings);
  },
  'POST mkio/token': (body, { issueMkioToken }) => {
    readFields(body, ['expiresInSeconds', 'restricted']);
    const seconds = readNumber(body, 'expiresInSeconds', { low: 1, high: longestTokenSeconds, whole: true });
    return { token: issueMkioToken(seconds ?? longestTokenSeconds, readSwitch(body, 'restricted')) };
  },
  'POST jobs': (body, { simulation, quotas }) => {
    const job = readJob(body);
    if (simulation.size > quotas.jobs) {
      throw new RequestError(403, `The quota of ${quotas.jobs} jobs is reached.`);
    }
    return show(simulation.add(job), simulation);
  },
  'POST jobs/advance': (body, { simulation }) => {
    readFields(body, ['id', 'to']);
    const id = readId(body, simulation);
    const to = readField(body, 'to');
    const state = stateNamed(to);
    if (to !== undefined && state === undefined) {
      throw new RequestError(400, "'to' is one of scheduled, processing and finished.");
    }
    return show(done(simulation.force(id, state), id), simulation);
  },
  'POST jobs/fail': (body, { simulation }) => {
    readFields(body, ['id', 'code', 'message']);
    const id = readId(body, simulation);
    const code = readText(body, 'code', 'ErrorProcessingTask');
    const message = readText(body, 'message', 'The task failed because a test wanted it to.');
    const exists = simulation.find(id) !== undefined;
    return show(
      done(simulation.fail(id, { code, message }) ? 'accepted' : exists ? 'refused' : 'unknown', id),
      simulation,
    );
  },
};

/** The job's id, which may be given as the name or resource id that it has in MK.IO and Ravnur. @throws RequestError */
function readId(body: Json, simulation: Simulation): string {
  const given = readText(body, 'id');
  const tail = given.startsWith('nb:') ? '' : tailOf(given);
  return (tail === '' ? undefined : simulation.idEndingIn(tail)) ?? given;
}

/** Numbers and booleans do as well as text. */
function writeLoosely(value: unknown): string {
  if (typeof value === 'boolean') {
    return value ? 'on' : 'off';
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** False where it is missing. @throws RequestError */
function readSwitch(body: Json, name: string): boolean {
  const value = readField(body, name) ?? false;
  if (typeof value !== 'boolean') {
    throw new RequestError(400, `'${name}' must be true or false.`);
  }
  return value;
}

function readFault(body: Json): { readonly fault: Omit<Fault, 'id'>; readonly count: number } {
  readFields(body, ['path', 'count', 'method', 'delayMs', 'status', 'message', 'drop', 'cutBody', 'contentType']);
  const status = readNumber(body, 'status', { low: 400, high: 599, whole: true });
  const delayMs = readNumber(body, 'delayMs', { low: 0, high: longestDelayMs, whole: true });
  const optional = (name: string) => (readField(body, name) === undefined ? {} : { [name]: readText(body, name) });
  const [drop, cutBody] = [readSwitch(body, 'drop'), readSwitch(body, 'cutBody')];
  const { contentType } = optional('contentType');
  if (contentType !== undefined && !/^[\x20-\x7e]*$/.test(contentType)) {
    throw new RequestError(400, "'contentType' must be what a header can hold.");
  }
  if (status === undefined && delayMs === undefined && !drop && !cutBody && contentType === undefined) {
    throw new RequestError(400, 'A fault needs one or more of delayMs, status, drop, cutBody and contentType.');
  }
  return {
    count: readNumber(body, 'count', { low: 1, high: mostRequests, whole: true }) ?? 1,
    fault: {
      path: readText(body, 'path', ''),
      ...optional('method'),
      ...optional('message'),
      ...optional('contentType'),
      ...(delayMs === undefined ? {} : { delayMs }),
      ...(status === undefined ? {} : { status }),
      ...(drop ? { drop } : {}),
      ...(cutBody ? { cutBody } : {}),
    },
  };
}

/** `{}` is the real clock again. */
function setClock(body: Json, settings: Settings): void {
  readFields(body, ['time', 'aheadSeconds', 'speed']);
  const speed = readNumber(body, 'speed', { low: 0, high: fastest });
  const ahead = readNumber(body, 'aheadSeconds', { low: -1e9, high: 1e9 });
  const text = readField(body, 'time') === undefined ? undefined : readText(body, 'time');
  const parsed = text === undefined ? undefined : Date.parse(text);
  if (Number.isNaN(parsed) || (parsed !== undefined && ahead !== undefined)) {
    throw new RequestError(400, "'time' must be an ISO 8601 time, or 'aheadSeconds' a number.");
  }
  const time = ahead === undefined ? parsed : settings.clock.now() + ahead * 1000;
  const isEmpty = time === undefined && speed === undefined;
  settings.setClock(
    isEmpty ? null : { ...(time === undefined ? {} : { time }), ...(speed === undefined ? {} : { speed }) },
  );
}

function showClock({ clock }: Settings): Answer {
  return { time: new Date(clock.now()).toISOString(), speed: clock.speed };
}

/** A job of as many tasks as wished for, each `durationSeconds` long at speed 1. */
function readJob(body: Json): NewJob {
  readFields(body, ['name', 'priority', 'tasks']);
  const tasks = readField(body, 'tasks') ?? [{}];
  if (!Array.isArray(tasks) || tasks.length === 0 || tasks.length > 30) {
    throw new RequestError(400, "'tasks' must be a list of 1 to 30 tasks.");
  }
  const priority = readNumber(body, 'priority', { low: -(2 ** 31), high: 2 ** 31 - 1, whole: true });
  return {
    name: readText(body, 'name', 'Added by a test'),
    ...(priority === undefined ? {} : { priority }),
    tasks: tasks.map((task: unknown, position) => {
      const fields = readFields(task, ['name', 'durationSeconds', 'after']);
      const seconds = readNumber(fields, 'durationSeconds', { low: 0.1, high: 1e6 });
      const after = readNumber(fields, 'after', { low: 0, high: position - 1, whole: true });
      return {
        name: readText(fields, 'name', `Task ${position}`),
        ...(seconds === undefined ? {} : { durationMs: seconds * 1000 }),
        after: after ?? null,
      };
    }),
  };
}

function stateNamed(name: unknown): State | undefined {
  switch (name) {
    case 'scheduled':
      return State.scheduled;
    case 'processing':
      return State.processing;
    case 'finished':
      return State.finished;
    default:
      return undefined;
  }
}

/** The id where it was done. @throws RequestError */
function done(outcome: Outcome, id: string): string {
  switch (outcome) {
    case 'accepted':
      return id;
    case 'refused':
      throw new RequestError(409, `The job '${id}' cannot do that in its state.`);
    case 'unknown':
      throw new RequestError(404, `There is no job '${id}'.`);
  }
}

function show(id: string, simulation: Simulation): Answer {
  return { id, state: simulation.find(id)?.state };
}
