import type { JobPlan, TaskError, TaskPlan } from './plan.ts';

/**
 * The wire's numbers for the state of jobs and, in practice, of tasks: the service's documentation prints another
 * table for tasks, but a recorded finished task has 3 and the .NET SDK casts to this one.
 */
export const State = {
  queued: 0,
  scheduled: 1,
  processing: 2,
  finished: 3,
  error: 4,
  canceled: 5,
  canceling: 6,
} as const;

export type State = (typeof State)[keyof typeof State];

/** Not `state >= 3`: Canceling is 6. */
export function isFinal(state: State): boolean {
  return state === State.finished || state === State.error || state === State.canceled;
}

/** A job as the engine drives it. Times are simulated milliseconds. */
export interface JobRun {
  readonly plan: JobPlan;
  readonly createdAt: number;
  /** The plan's, until a client changes it. */
  priority: number;
  state: State;
  modifiedAt: number;
  startedAt: number | null;
  endedAt: number | null;
  readonly tasks: TaskRun[];
}

export interface TaskRun {
  readonly job: JobRun;
  readonly plan: TaskPlan;
  readonly position: number;
  state: State;
  scheduledAt: number | null;
  startedAt: number | null;
  endedAt: number | null;
  /** Kept once the task is no longer processing. */
  lastProgress: number;
  error: TaskError | null;
}

export function newRun(plan: JobPlan, createdAt: number): JobRun {
  const job: JobRun = {
    plan,
    createdAt,
    priority: plan.priority,
    state: State.queued,
    modifiedAt: createdAt,
    startedAt: null,
    endedAt: null,
    tasks: [],
  };
  plan.tasks.forEach((task, position) => {
    job.tasks.push({
      job,
      plan: task,
      position,
      state: State.queued,
      scheduledAt: null,
      startedAt: null,
      endedAt: null,
      lastProgress: 0,
      error: null,
    });
  });
  return job;
}
