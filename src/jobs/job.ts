import type { Pace } from './pace.ts';

/**
 * What a job is. Times are milliseconds since the Unix epoch (UTC), durations are milliseconds, progress is a percentage
 * from 0 to 100. `null` always means that the service did not say.
 */

/** The states of the v2 REST API by their numbers there: 0 Queued … 6 Canceling. */
export const knownJobStates = [
  'Queued',
  'Scheduled',
  'Processing',
  'Finished',
  'Error',
  'Canceled',
  'Canceling',
] as const;

export type KnownJobState = (typeof knownJobStates)[number];

/** A state that the service reports. One that we do not know is kept as it came; it is data, not an error. */
export type JobState = KnownJobState | `Unknown(${string})`;

/** Whether a text is a state as we write it. */
export function isJobState(text: unknown): text is JobState {
  return (
    typeof text === 'string' && ((knownJobStates as readonly string[]).includes(text) || /^Unknown\(.+\)$/s.test(text))
  );
}

/** One entry of a task's error details, as the service words it. */
export interface JobError {
  readonly code: string;
  readonly message: string;
  /** What it is about, such as Download, where the service says so. */
  readonly category?: string;
  /** Whether it is worth trying again, such as MayRetry, where the service says so. */
  readonly retry?: string;
}

export interface JobTask {
  readonly id: string;
  readonly name: string;
  readonly state: JobState;
  readonly progress: number | null;
  readonly started: number | null;
  readonly ended: number | null;
  readonly runningDurationMs: number | null;
  readonly errors: readonly JobError[];
}

/** A job as the service's own record of it says, without its tasks. */
export interface JobRecord {
  readonly id: string;
  readonly name: string;
  readonly state: JobState;
  readonly created: number | null;
  readonly lastModified: number | null;
  readonly started: number | null;
  readonly ended: number | null;
  /** The higher one runs first. Where the service has a few levels, they are counted from 0. */
  readonly priority: number | null;
  readonly runningDurationMs: number | null;
}

/** A job as a service lists it: with its tasks, where each job comes with them. */
export interface ListedJob extends JobRecord {
  readonly tasks?: readonly JobTask[];
}

/** A job as we know it: the service's record, what is known of its tasks, and the progress that follows from both. */
export interface Job extends JobRecord {
  /** The name of the account that it belongs to. */
  readonly account: string;
  /** `null` until the tasks were asked for. */
  readonly tasks: readonly JobTask[] | null;
  readonly progress: number | null;
  /** How fast it moves, for the time left; `null` unless it is Processing. */
  readonly pace: Pace | null;
}

/** What names a job among all accounts. */
export interface JobKey {
  readonly account: string;
  readonly id: string;
}

/** Final states are Finished, Error and Canceled. Canceling (6) is not, although its number is above theirs. */
export function isFinalState(state: JobState): boolean {
  return state === 'Finished' || state === 'Error' || state === 'Canceled';
}

/** An active job is one that is not in a final state; an unknown state counts as active. */
export function isActive(job: Pick<JobRecord, 'state'>): boolean {
  return !isFinalState(job.state);
}

export function jobKeyOf(job: JobKey): string {
  return `${job.account}\n${job.id}`;
}

export function isSameJob(a: JobKey | null | undefined, b: JobKey | null | undefined): boolean {
  return a != null && b != null && a.account === b.account && a.id === b.id;
}

/** The first error that a task of the job reports; a task that failed itself comes before one canceled along with it. */
export function firstError(job: Pick<Job, 'tasks'>): JobError | null {
  const tasks = job.tasks ?? [];
  const failed = tasks.find((task) => task.state === 'Error' && task.errors.length > 0);
  return (failed ?? tasks.find((task) => task.errors.length > 0))?.errors[0] ?? null;
}

/** Newest first; jobs of the same instant in the order of their ids, so that the order is total and stable. */
export function compareNewestFirst(a: JobRecord, b: JobRecord): number {
  return (b.created ?? 0) - (a.created ?? 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
