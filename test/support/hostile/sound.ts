import assert from 'node:assert/strict';
import { type JobRecord, type JobTask, knownJobStates } from '../../../src/jobs/job.ts';
import type { RunningTask } from '../../../src/jobs/jobsClient.ts';

/** The furthest time that `Date` can hold, in milliseconds. */
const maxTime = 8.64e15;

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function soundState(state: unknown): void {
  assert.ok(typeof state === 'string', 'a state is text');
  assert.ok(
    (knownJobStates as readonly string[]).includes(state) || /^Unknown\(.+\)$/s.test(state),
    `state ${state.slice(0, 80)}`,
  );
}

function soundNumber(what: string, value: unknown, least: number, most: number): void {
  assert.ok(
    value === null || (typeof value === 'number' && value >= least && value <= most),
    `${what} ${String(value)}`,
  );
}

function soundTimes(value: Record<string, unknown>, names: readonly string[]): void {
  for (const name of names) {
    soundNumber(name, value[name], -maxTime, maxTime);
    // What shows a time makes a date of it, which throws for what is none.
    assert.doesNotThrow(() => new Date(Number(value[name])).toISOString());
  }
}

/** Exactly these properties, all its own, and none on a prototype but the usual one. */
function soundShape(value: unknown, names: readonly string[]): asserts value is Record<string, unknown> {
  assert.ok(value !== null && typeof value === 'object');
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.deepEqual(Object.keys(value).sort(), [...names].sort());
}

const recordNames = [
  'id',
  'name',
  'state',
  'created',
  'lastModified',
  'started',
  'ended',
  'priority',
  'runningDurationMs',
];

function soundRecordFields(value: Record<string, unknown>): void {
  assert.ok(isText(value['id']) && value['id'] !== '', 'an id is text that is not empty');
  assert.ok(isText(value['name']));
  soundState(value['state']);
  soundTimes(value, ['created', 'lastModified', 'started', 'ended']);
  soundNumber('priority', value['priority'], -maxTime, maxTime);
  soundNumber('runningDurationMs', value['runningDurationMs'], 0, maxTime);
}

/** Everything that the rest of the code takes for granted of a job's record. */
export function soundRecord(value: unknown): asserts value is JobRecord {
  soundShape(value, recordNames);
  soundRecordFields(value);
}

/** The same of a task. */
export function soundTask(value: unknown): asserts value is JobTask {
  soundShape(value, ['id', 'name', 'state', 'progress', 'started', 'ended', 'runningDurationMs', 'errors']);
  assert.ok(isText(value['id']) && isText(value['name']));
  soundState(value['state']);
  soundNumber('progress', value['progress'], 0, 100);
  soundTimes(value, ['started', 'ended']);
  soundNumber('runningDurationMs', value['runningDurationMs'], 0, maxTime);
  assert.ok(Array.isArray(value['errors']));
  for (const error of value['errors']) {
    const more = ['category', 'retry'].filter((name) => Object.hasOwn(error as object, name));
    soundShape(error, ['code', 'message', ...more]);
    assert.ok(Object.values(error).every(isText));
  }
}

export function soundRunningTask(value: unknown): asserts value is RunningTask {
  soundShape(value, ['id', 'state', 'progress']);
  assert.ok(isText(value['id']));
  soundState(value['state']);
  soundNumber('progress', value['progress'], 0, 100);
}

/** The same of a job that was stored, which has no tasks. */
export function soundStoredJob(value: unknown): void {
  assert.ok(value !== null && typeof value === 'object');
  const job = value as Record<string, unknown>;
  assert.ok(isText(job['account']));
  soundRecordFields(job);
  soundNumber('progress', job['progress'], 0, 100);
  assert.equal(job['tasks'], null);
}

/**
 * What any decoder may give: finite numbers, texts, and objects whose prototype nobody chose. Not of what is kept as it
 * came, such as the record of a job for its JSON document.
 */
export function soundValue(value: unknown): void {
  const left: unknown[] = [value];
  for (let count = 0; left.length > 0 && count < 10_000; count++) {
    const part = left.pop();
    if (typeof part === 'number') {
      assert.ok(Number.isFinite(part), `${part}`);
    } else if (part !== null && typeof part === 'object') {
      assert.ok(usualPrototypes.has(Object.getPrototypeOf(part) as object | null), 'a prototype that nobody chose');
      left.push(
        ...(part instanceof Map ? [...part.entries()].flat() : part instanceof Set ? [...part] : Object.values(part)),
      );
    } else {
      assert.ok(['string', 'boolean', 'undefined'].includes(typeof part) || part === null, typeof part);
    }
  }
}

const usualPrototypes: ReadonlySet<object | null> = new Set<object | null>([
  ...[null, Object.prototype, Array.prototype, Map.prototype, Set.prototype, URL.prototype],
]);

const guarded: readonly object[] = [
  ...[Object, Array, Function, String, Number, Boolean, Error, Map, Set, Promise, Date, RegExp, URL, Symbol].flatMap(
    (type) => [type, type.prototype as object],
  ),
  ...[JSON, Math, Reflect, globalThis],
];

function describeGuarded(): string {
  return guarded.map((object) => Reflect.ownKeys(object).map(String).join()).join('\n');
}

const atFirst = describeGuarded();
const keysAtFirst = guarded.slice(0, 6).map((object) => Reflect.ownKeys(object).length);
const valuesAtFirst: readonly Readonly<Record<string, PropertyDescriptor>>[] = guarded.map((object) =>
  Object.getOwnPropertyDescriptors(object),
);

/** That nothing was added to what every object has; cheap, for after every run. */
export function soundPrototypes(): void {
  for (const [index, object] of guarded.slice(0, 6).entries()) {
    assert.equal(Reflect.ownKeys(object).length, keysAtFirst[index], 'nothing was added to a prototype');
  }
}

/** The same of all built-in objects and of what their properties are. */
export function soundRealm(): void {
  assert.equal(describeGuarded(), atFirst);
  for (const [index, object] of guarded.slice(0, -1).entries()) {
    for (const [name, { value, get }] of Object.entries(valuesAtFirst[index] ?? {})) {
      const now = Object.getOwnPropertyDescriptor(object, name);
      assert.ok(Object.is(now?.value, value) && now?.get === get, `${name} is what it was`);
    }
  }
}
