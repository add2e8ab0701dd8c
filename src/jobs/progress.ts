import type { Job, JobRecord, JobTask } from './job.ts';

/**
 * The progress of a job in percent, or `null` where there is none to give.
 *
 * A job has no progress of its own in the v2 REST API; the SDKs take the unweighted mean over its tasks, and so do we.
 * Finished is 100. Tasks that were not asked for leave what was known before; no tasks at all is `null`. Error and
 * Canceled keep the last known percent, and while a job is under way it never falls, whatever single answers say.
 */
export function jobProgress(
  record: Pick<JobRecord, 'state'>,
  tasks: readonly JobTask[] | null,
  before: Pick<Job, 'state' | 'progress'> | undefined,
): number | null {
  if (record.state === 'Finished') {
    return 100;
  }
  const known = before?.progress ?? null;
  if (tasks === null) {
    return known;
  }
  const mean = meanProgress(tasks);
  switch (record.state) {
    case 'Error':
    case 'Canceled':
      return known ?? mean;
    case 'Queued':
    case 'Scheduled':
      return mean;
    default:
      return known === null || mean === null ? (mean ?? known) : Math.max(known, mean);
  }
}

function meanProgress(tasks: readonly JobTask[]): number | null {
  if (tasks.length === 0) {
    return null;
  }
  const sum = tasks.reduce((total, task) => total + taskPercent(task), 0);
  return sum / tasks.length;
}

/** A task's share of the mean: a finished one counts fully, one that gives no progress counts as not begun. */
function taskPercent(task: JobTask): number {
  if (task.state === 'Finished') {
    return 100;
  }
  const percent = task.progress ?? 0;
  return Number.isFinite(percent) ? Math.min(100, Math.max(0, percent)) : 0;
}

/** Whether a value that was stored is a percent. */
export function isPercent(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 100;
}
