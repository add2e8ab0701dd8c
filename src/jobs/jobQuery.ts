import type { JobRecord, JobState } from './job.ts';

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
