import type { Job, JobKey } from './job.ts';
import type { JobStore } from './jobStore.ts';

/** Why a job that does not run yet waits, as far as that is known. */
export interface QueuePlace {
  /** Tasks that hold a reserved unit, or at least so many; `null` where not all active jobs are known. */
  readonly busyUnits: number | null;
  /** Whether it is exactly so many: the tasks of every running job are known. */
  readonly isExact: boolean;
  /** How many tasks the account can run at a time, or `null` where nobody knows. */
  readonly reservedUnits: number | null;
  /** 1 for the job that is next in line; `null` for one that is not in line, or where its place is not known. */
  readonly place: number | null;
}

/** What polls have brought of the active jobs tells of the queue for so long; after that it tells of the past. */
const maxAgeMs = 2 * 60_000;

/**
 * The place of a job among the active ones. "Scale media processing" has as many tasks run at a time as there are
 * reserved units, and the others wait in a queue; "Job" entity: of two jobs, the one with the higher priority runs first,
 * 0 where none is given. That the older one does among those of one priority follows from "queue", no page says so.
 * @param active all active jobs of the account, or `null` where not all are known
 * @returns `null` for a job that does not wait for a unit
 */
export function queuePlace(job: Job, active: readonly Job[] | null, reservedUnits: number | null): QueuePlace | null {
  if (job.state !== 'Queued' && job.state !== 'Scheduled') {
    return null;
  }
  if (active === null) {
    return { busyUnits: null, isExact: false, reservedUnits, place: null };
  }
  const running = active.filter(({ state }) => state === 'Processing');
  const busyUnits = running.reduce((sum, { tasks }) => sum + Math.max(1, runningTasks(tasks)), 0);
  const isExact = running.every(({ tasks }) => runningTasks(tasks) > 0);
  return { busyUnits, isExact, reservedUnits, place: job.state === 'Queued' ? placeInLine(job, active) : null };
}

/** The same of a job in the store, where the service was asked for all active jobs of late. */
export function queuePlaceOf(
  store: Pick<JobStore, 'get' | 'active' | 'activeAsOf'>,
  key: JobKey,
  reservedUnits: number | null,
  now: number,
): QueuePlace | null {
  const job = store.get(key);
  if (!job) {
    return null;
  }
  const age = now - (store.activeAsOf(key.account) ?? Number.NEGATIVE_INFINITY);
  // Looking at all active jobs is only for those that wait.
  const waits = job.state === 'Queued' || job.state === 'Scheduled';
  const isKnown = waits && age >= 0 && age <= maxAgeMs;
  return queuePlace(job, isKnown ? store.active(key.account) : null, reservedUnits);
}

function runningTasks(tasks: Job['tasks']): number {
  return tasks?.filter(({ state }) => state === 'Processing').length ?? 0;
}

/** `null` where which of two jobs is first cannot be told. */
function placeInLine(job: Job, active: readonly Job[]): number | null {
  const { created } = job;
  const priority = job.priority ?? 0;
  let ahead = 0;
  for (const other of active) {
    const otherPriority = other.priority ?? 0;
    if (other.state !== 'Queued' || other.id === job.id || otherPriority < priority) {
      continue;
    }
    if (otherPriority > priority) {
      ahead++;
      continue;
    }
    if (created === null || other.created === null || created === other.created) {
      return null;
    }
    ahead += other.created < created ? 1 : 0;
  }
  return ahead + 1;
}
