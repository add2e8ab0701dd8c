import { maxTime } from './clock.ts';
import { type JobRecord, type JobState, knownJobStates } from './job.ts';

/** Which jobs are wanted. What is left out does not matter; an empty query means all. */
export interface JobQuery {
  /** Any of these states. */
  readonly states?: readonly JobState[];
  /** A part of the name, in any case. */
  readonly name?: string;
  /** Created then or later, in milliseconds since the Unix epoch. */
  readonly createdFrom?: number;
}

/** Whether a query leaves nothing out. */
export function isUnlimited({ states, name, createdFrom }: JobQuery): boolean {
  return (states?.length ?? 0) === 0 && (name ?? '') === '' && createdFrom === undefined;
}

/** Whether a job is one of those that a query means. */
export function matchesQuery(job: Pick<JobRecord, 'state' | 'name' | 'created'>, query: JobQuery): boolean {
  const { states, name = '', createdFrom } = query;
  return (
    (states === undefined || states.length === 0 || states.includes(job.state)) &&
    (name === '' || job.name.toLowerCase().includes(name.toLowerCase())) &&
    (createdFrom === undefined || (job.created ?? Number.NEGATIVE_INFINITY) >= createdFrom)
  );
}

/** A query that was stored somewhere, where anything may be by now. What is no part of one is left out. */
export function readQuery(value: unknown): JobQuery {
  const { states, name, createdFrom } = (value ?? {}) as Partial<Record<keyof JobQuery, unknown>>;
  const known = Array.isArray(states) ? knownJobStates.filter((state) => states.includes(state)) : [];
  return {
    ...(known.length > 0 ? { states: known } : {}),
    ...(typeof name === 'string' && name !== '' ? { name } : {}),
    ...(Number.isSafeInteger(createdFrom) && Math.abs(Number(createdFrom)) <= maxTime
      ? { createdFrom: Number(createdFrom) }
      : {}),
  };
}
