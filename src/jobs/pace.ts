import type { Job } from './job.ts';

/** How fast a job has been moving of late. Plain numbers, so that it can be stored; times are milliseconds. */
export interface Pace {
  /** When progress last rose. */
  readonly changedAt: number;
}

/**
 * Takes one more look at a job's progress into account.
 * @param now milliseconds since the Unix epoch
 * @returns `null` for a job that is not Processing or gives no progress
 */
export function nextPace(
  before: Pace | null,
  job: Pick<Job, 'state' | 'progress' | 'started'>,
  now: number,
): Pace | null {
  return job.state === 'Processing' && job.progress !== null ? (before ?? { changedAt: now }) : null;
}
