import { maxTime } from '../jobs/clock.ts';
import { isJobState, type JobError, type JobRecord, type JobState, type JobTask } from '../jobs/job.ts';
import type { SharedAccount, SharedFailure, SharedJob } from '../jobs/pollSharing.ts';
import type { ServiceErrorKind } from '../jobs/serviceError.ts';

export const maxSharedJobs = 60_000;
const maxTasks = 1_000;
const maxErrors = 1_000;
const maxText = 65_536;
/** Clocks differ a little; what was asked for in the future would keep everybody from asking. */
const maxAheadMs = 60_000;

const failureKinds: Readonly<Record<ServiceErrorKind, true>> = {
  signIn: true,
  secretMissing: true,
  permission: true,
  notFound: true,
  badRequest: true,
  conflict: true,
  throttled: true,
  unreachable: true,
  untrustedRedirect: true,
  badReply: true,
  configuration: true,
  aborted: true,
};

/** What a part of a file is not, where it is not what it has to be. Never leaves this module. */
class UnsoundError extends Error {}

/**
 * Makes a shared account of what a file holds, which may be anything. It is made anew from the fields that are known,
 * so that nothing else of the file gets further than here.
 * @returns `null` where any part is not what it has to be
 */
export function soundSharedAccount(value: unknown, now: number): SharedAccount | null {
  try {
    return accountIn(value, now);
  } catch (error) {
    if (error instanceof UnsoundError) {
      return null;
    }
    throw error;
  }
}

function accountIn(value: unknown, now: number): SharedAccount {
  const account = fieldsOf(value);
  const asked = (time: unknown): number => numberIn(time, 0, now + maxAheadMs);
  return {
    fingerprint: textIn(account('fingerprint')),
    activeAt: asked(account('activeAt')),
    headAt: asked(account('headAt')),
    watchedAt: timesIn(account('watchedAt'), asked),
    goneAt: timesIn(account('goneAt'), asked),
    jobs: listIn(account('jobs'), maxSharedJobs, jobIn),
    head: orNull(account('head'), headIn),
    failure: orNull(account('failure'), (failure) => failureIn(failure, asked)),
  };
}

/** Without a prototype: an id that is the name of something every object has finds nothing. */
function timesIn(value: unknown, asked: (time: unknown) => number): Readonly<Record<string, number>> {
  fieldsOf(value);
  const entries = Object.entries(value as object);
  if (entries.length > maxSharedJobs) {
    throw new UnsoundError();
  }
  const times = Object.create(null) as Record<string, number>;
  for (const [id, time] of entries) {
    times[textIn(id)] = asked(time);
  }
  return times;
}

function headIn(value: unknown): NonNullable<SharedAccount['head']> {
  const head = fieldsOf(value);
  const hasMore = head('hasMore');
  if (typeof hasMore !== 'boolean') {
    throw new UnsoundError();
  }
  return { ids: listIn(head('ids'), maxSharedJobs, textIn), hasMore };
}

function failureIn(value: unknown, asked: (time: unknown) => number): SharedFailure {
  const failure = fieldsOf(value);
  const kind = textIn(failure('kind'));
  if (!Object.hasOwn(failureKinds, kind)) {
    throw new UnsoundError();
  }
  return {
    kind: kind as ServiceErrorKind,
    message: textIn(failure('message')),
    at: asked(failure('at')),
    count: numberIn(failure('count'), 0, Number.MAX_SAFE_INTEGER),
    retryAfterMs: orNull(failure('retryAfterMs'), (ms) => numberIn(ms, 0, maxTime)),
  };
}

function jobIn(value: unknown): SharedJob {
  const job = fieldsOf(value);
  return {
    record: recordIn(job('record')),
    tasks: orNull(job('tasks'), (tasks) => listIn(tasks, maxTasks, taskIn)),
    progress: progressIn(job('progress')),
  };
}

function recordIn(value: unknown): JobRecord {
  const record = fieldsOf(value);
  return {
    id: idIn(record('id')),
    name: textIn(record('name')),
    state: stateIn(record('state')),
    created: timeIn(record('created')),
    lastModified: timeIn(record('lastModified')),
    started: timeIn(record('started')),
    ended: timeIn(record('ended')),
    priority: timeIn(record('priority')),
    runningDurationMs: durationIn(record('runningDurationMs')),
  };
}

function taskIn(value: unknown): JobTask {
  const task = fieldsOf(value);
  return {
    id: textIn(task('id')),
    name: textIn(task('name')),
    state: stateIn(task('state')),
    progress: progressIn(task('progress')),
    started: timeIn(task('started')),
    ended: timeIn(task('ended')),
    runningDurationMs: durationIn(task('runningDurationMs')),
    errors: listIn(task('errors'), maxErrors, errorIn),
  };
}

function errorIn(value: unknown): JobError {
  const error = fieldsOf(value);
  return { code: textIn(error('code')), message: textIn(error('message')) };
}

function stateIn(value: unknown): JobState {
  const state = textIn(value);
  if (!isJobState(state)) {
    throw new UnsoundError();
  }
  return state;
}

function progressIn(value: unknown): number | null {
  return orNull(value, (progress) => numberIn(progress, 0, 100));
}

function durationIn(value: unknown): number | null {
  return orNull(value, (duration) => numberIn(duration, 0, maxTime));
}

/** A time or any other number that a record holds; `Date` can take each of them. */
function timeIn(value: unknown): number | null {
  return orNull(value, (time) => numberIn(time, -maxTime, maxTime));
}

function numberIn(value: unknown, least: number, most: number): number {
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw new UnsoundError();
  }
  return value;
}

function textIn(value: unknown): string {
  if (typeof value !== 'string' || value.length > maxText) {
    throw new UnsoundError();
  }
  return value;
}

function idIn(value: unknown): string {
  const id = textIn(value);
  if (id === '') {
    throw new UnsoundError();
  }
  return id;
}

function listIn<T>(value: unknown, most: number, itemIn: (item: unknown) => T): T[] {
  if (!Array.isArray(value) || value.length > most) {
    throw new UnsoundError();
  }
  return value.map((item: unknown) => itemIn(item));
}

function orNull<T>(value: unknown, valueIn: (value: unknown) => T): T | null {
  return value === null ? null : valueIn(value);
}

/** The fields that an object has itself. */
function fieldsOf(value: unknown): (name: string) => unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UnsoundError();
  }
  return (name) => (Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined);
}
