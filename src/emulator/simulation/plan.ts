import type { ProgressCurve } from './progress.ts';

/** What a job will do if nobody interferes. Durations are simulated milliseconds. */
export interface JobPlan {
  readonly guid: string;
  readonly name: string;
  readonly priority: number;
  /** From creation until its first task may be scheduled. */
  readonly pickupMs: number;
  readonly tasks: readonly TaskPlan[];
  readonly ending: Ending;
}

export interface TaskPlan {
  readonly name: string;
  /** A preset's name, or a preset itself. */
  readonly configuration: string;
  readonly outputName: string;
  /** Position of the task whose output this one reads; null where it reads the job's input. */
  readonly after: number | null;
  /** From being given a reserved unit until it starts processing. */
  readonly scheduleMs: number;
  readonly durationMs: number;
  readonly curve: ProgressCurve;
}

export type Ending =
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly task: number; readonly fraction: number; readonly error: TaskError }
  | { readonly kind: 'canceled'; readonly task: number; readonly fraction: number };

/** One entry of a task's ErrorDetails. */
export interface TaskError {
  readonly code: string;
  readonly message: string;
}

/** Simulated milliseconds from creation to the end, where units are free and tasks run one after the other. */
export function durationOf(plan: JobPlan): number {
  return plan.tasks.reduce((sum, task) => sum + task.scheduleMs + task.durationMs, plan.pickupMs);
}
