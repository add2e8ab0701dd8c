import { type JobError, type JobRecord, type JobState, type JobTask, knownJobStates } from '../../jobs/job.ts';
import type { JobAsset, TaskEvent } from '../../jobs/jobDetails.ts';
import type { RunningTask } from '../../jobs/jobsClient.ts';
import { ServiceError } from '../../jobs/serviceError.ts';
import { ownProperty, readNested, readNumber, readProgress, readText, readTime } from '../odata.ts';

/**
 * A Job entity as a record. Property names and meanings are those of Microsoft's "Job" entity page.
 * @throws ServiceError `badReply` where the entity has no id or no state.
 */
export function readJob(entity: unknown): JobRecord {
  const job = (entity !== null && typeof entity === 'object' ? entity : {}) as JobEntity;
  // Spelled out and not by `ownProperty`: jobs come by the thousand, and a name that is a constant is found at once.
  return {
    id: readId(hasOwn(job, 'Id') ? job.Id : null, 'job'),
    name: readText(hasOwn(job, 'Name') ? job.Name : null) ?? '',
    state: readState(hasOwn(job, 'State') ? job.State : null, 'job'),
    created: readTime(hasOwn(job, 'Created') ? job.Created : null),
    lastModified: readTime(hasOwn(job, 'LastModified') ? job.LastModified : null),
    started: readTime(hasOwn(job, 'StartTime') ? job.StartTime : null),
    ended: readTime(hasOwn(job, 'EndTime') ? job.EndTime : null),
    priority: readPriority(hasOwn(job, 'Priority') ? job.Priority : null),
    runningDurationMs: readDuration(hasOwn(job, 'RunningDuration') ? job.RunningDuration : null),
  };
}

const { hasOwn } = Object;

/** Whatever came, by the names of a Job entity. */
interface JobEntity {
  readonly Id?: unknown;
  readonly Name?: unknown;
  readonly State?: unknown;
  readonly Created?: unknown;
  readonly LastModified?: unknown;
  readonly StartTime?: unknown;
  readonly EndTime?: unknown;
  readonly Priority?: unknown;
  readonly RunningDuration?: unknown;
}

/**
 * A Task entity. Its state has the numbers of job states: Microsoft's page lists others, but recorded tasks and the .NET
 * SDK agree on these.
 * @throws ServiceError `badReply` where the entity has no id or no state.
 */
export function readTask(entity: unknown): JobTask {
  return {
    id: readId(ownProperty(entity, 'Id'), 'task'),
    name: readText(ownProperty(entity, 'Name')) ?? '',
    state: readState(ownProperty(entity, 'State'), 'task'),
    progress: readProgress(ownProperty(entity, 'Progress')),
    started: readTime(ownProperty(entity, 'StartTime')),
    ended: readTime(ownProperty(entity, 'EndTime')),
    runningDurationMs: readDuration(ownProperty(entity, 'RunningDuration')),
    errors: readNested(ownProperty(entity, 'ErrorDetails')).flatMap(readError),
  };
}

/**
 * A Task entity of which no more than this may have been asked for.
 * @throws ServiceError `badReply` where the entity has no id or no state.
 */
export function readRunningTask(entity: unknown): RunningTask {
  return {
    id: readId(ownProperty(entity, 'Id'), 'task'),
    state: readState(ownProperty(entity, 'State'), 'task'),
    progress: readProgress(ownProperty(entity, 'Progress')),
  };
}

/**
 * What happened to a task, as its entity tells it, in the order of time. Recorded events are ordered already, but later
 * ones are appended after the end; one without a time stays where it is.
 */
export function readTaskEvents(entity: unknown): readonly TaskEvent[] {
  const events = readNested(ownProperty(entity, 'HistoricalEvents')).flatMap((event): TaskEvent[] => {
    const code = readText(ownProperty(event, 'Code'));
    const message = readText(ownProperty(event, 'Message')) ?? '';
    return code === null || code === '' ? [] : [{ code, message, at: readTime(ownProperty(event, 'TimeStamp')) }];
  });
  let latest = Number.NEGATIVE_INFINITY;
  const placed = events.map((event) => {
    latest = event.at ?? latest;
    return { event, at: latest };
  });
  return placed.sort((a, b) => a.at - b.at || 0).map(({ event }) => event);
}

/**
 * An Asset entity, as far as a job is concerned with it.
 * @throws ServiceError `badReply` where it has no id.
 */
export function readAsset(entity: unknown): JobAsset {
  const name = readText(ownProperty(entity, 'Name')) ?? '';
  return { id: readId(ownProperty(entity, 'Id'), 'asset'), name };
}

/** How many units an EncodingReservedUnitType entity says are reserved; `null` where it does not say. */
export function readReservedUnits(entity: unknown): number | null {
  const units = readNumber(ownProperty(entity, 'CurrentReservedUnits'));
  return units !== null && Number.isInteger(units) && units >= 0 ? units : null;
}

/** The number that the service gives a state, for a filter; `null` for a state without one. */
export function stateNumber(state: JobState): number | null {
  const index = (knownJobStates as readonly string[]).indexOf(state);
  if (index >= 0) {
    return index;
  }
  const raw = /^Unknown\((-?\d{1,10})\)$/.exec(state)?.[1];
  return raw === undefined ? null : Number(raw);
}

function readId(value: unknown, what: string): string {
  const id = readText(value);
  if (id === null || id === '') {
    throw new ServiceError('badReply', `The service answered with a ${what} that has no id.`);
  }
  return id;
}

/** Numbers as the service writes them, names as its queue messages do. What is neither known is kept as it came. */
function readState(value: unknown, what: string): JobState {
  const number = readNumber(value);
  if (number !== null) {
    return knownJobStates[number] ?? `Unknown(${number})`;
  }
  const text = readText(value);
  if (text === null || text === '') {
    throw new ServiceError('badReply', `The service answered with a ${what} that has no state.`);
  }
  return knownJobStates.find((known) => known === text) ?? `Unknown(${text.slice(0, 64)})`;
}

/** Milliseconds, although the Task page says seconds: recorded tasks and the .NET SDK agree on milliseconds. */
function readDuration(value: unknown): number | null {
  const duration = readNumber(value);
  return duration !== null && duration >= 0 && duration <= longestDurationMs ? duration : null;
}

/** As long as the times that a `Date` can hold reach. */
const longestDurationMs = 8.64e15;

/** An Edm.Int32 ("Job" entity). */
function readPriority(value: unknown): number | null {
  const priority = readNumber(value);
  return priority !== null && (priority | 0) === priority ? priority : null;
}

function readError(value: unknown): readonly JobError[] {
  const code = ownProperty(value, 'Code');
  const message = ownProperty(value, 'Message');
  if (code === undefined && message === undefined) {
    return [];
  }
  // The ErrorDetail page types the message as a number; every sample shows a string.
  const asText = (part: unknown): string => readText(part) ?? readNumber(part)?.toString() ?? '';
  return [{ code: asText(code), message: asText(message) }];
}
