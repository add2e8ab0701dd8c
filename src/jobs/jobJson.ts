import type { Job, JobError, JobState } from './job.ts';
import { timeLeftMs } from './timeLeft.ts';

/** A job as other extensions and scripts get it. Times are ISO 8601 in UTC or `null`, durations milliseconds. */
export interface JobJson {
  readonly account: string;
  readonly id: string;
  readonly name: string;
  readonly state: JobState;
  /** 0–100, or `null` where there is none to give. */
  readonly progress: number | null;
  readonly created: string | null;
  readonly lastModified: string | null;
  readonly started: string | null;
  readonly ended: string | null;
  /** The higher one runs first. Where the service has a few levels, they are counted from 0: Low 0, Normal 1, High 2. */
  readonly priority: number | null;
  readonly runningDurationMs: number | null;
  readonly timeLeftMs: number | null;
  readonly tasks: readonly TaskJson[];
}

export interface TaskJson {
  readonly id: string;
  readonly name: string;
  readonly state: JobState;
  readonly progress: number | null;
  readonly started: string | null;
  readonly ended: string | null;
  readonly errors: readonly JobError[];
}

/** @param now milliseconds since the Unix epoch, for the time left */
export function jobToJson(job: Job, now: number): JobJson {
  return {
    account: job.account,
    id: job.id,
    name: job.name,
    state: job.state,
    progress: job.progress,
    created: isoTime(job.created),
    lastModified: isoTime(job.lastModified),
    started: isoTime(job.started),
    ended: isoTime(job.ended),
    priority: job.priority,
    runningDurationMs: job.runningDurationMs,
    timeLeftMs: timeLeftMs(job, now),
    tasks: (job.tasks ?? []).map((task) => ({
      id: task.id,
      name: task.name,
      state: task.state,
      progress: task.progress,
      started: isoTime(task.started),
      ended: isoTime(task.ended),
      errors: task.errors,
    })),
  };
}

function isoTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
