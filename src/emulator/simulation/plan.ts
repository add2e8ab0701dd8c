import type { ProgressCurve } from './progress.ts';
import type { TaskBody } from './taskBody.ts';

/** What a job will do if nobody interferes. Durations are simulated milliseconds. */
export interface JobPlan {
  readonly guid: string;
  readonly name: string;
  readonly priority: number;
  /** From creation until its first task may be scheduled. */
  readonly pickupMs: number;
  readonly tasks: readonly TaskPlan[];
  readonly ending: Ending;
  /** What the input asset is called that comes with a made-up job. */
  readonly inputName: string;
  /** Ids of the assets a client named; without them the job has one of its own. */
  readonly inputAssets?: readonly string[];
  readonly templateId?: string;
  readonly subscriptions?: readonly JobSubscription[];
}

/** Who is told of a job's state (MS docs "JobNotificationSubscription"). */
export interface JobSubscription {
  readonly notificationEndPointId: string;
  readonly targetJobState: number;
}

/** Who is told of a task's state (MS docs "TaskNotificationSubscription"). */
export interface TaskSubscription {
  readonly includeTaskProgress: boolean;
  readonly notificationEndPointId: string;
  readonly targetTaskState: number;
}

export interface TaskPlan {
  readonly name: string;
  /** A preset's name, or a preset itself. */
  readonly configuration: string;
  readonly outputName: string;
  /** Positions of the tasks whose outputs this one reads; null where it reads the job's input alone. */
  readonly after: number | readonly number[] | null;
  /** From being given a reserved unit until it starts processing. */
  readonly scheduleMs: number;
  readonly durationMs: number;
  readonly curve: ProgressCurve;
  /** What a client created; made up from `after` and `outputName` otherwise. */
  readonly body?: TaskBody;
  readonly mediaProcessorId?: string;
  readonly priority?: number;
  /** Flags of TaskOptions. */
  readonly options?: number;
  readonly encryption?: TaskEncryption;
  readonly subscriptions?: readonly TaskSubscription[];
}

export interface TaskEncryption {
  readonly keyId: string | null;
  readonly scheme: string | null;
  readonly version: string | null;
  readonly initializationVector: string | null;
}

/** TaskOptions.DoNotCancelOnJobFailure (.NET SDK; the REST page does not have it). */
export const doNotCancelOnJobFailure = 4;

/** Positions of the tasks that must be finished before this one can run. */
export function prerequisitesOf({ after }: TaskPlan): readonly number[] {
  return after === null ? [] : typeof after === 'number' ? [after] : after;
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
