import type { Engine } from './engine.ts';
import { maskForTask, toId } from './identifiers.ts';
import type { TaskError } from './plan.ts';
import { type JobRun, State, type TaskRun } from './run.ts';
import { taskBody } from './taskBody.ts';
import type { Timescale } from './timescale.ts';

/** A job as the service shows it at one moment. Times are Unix milliseconds, durations milliseconds. */
export interface JobSnapshot {
  readonly id: string;
  readonly name: string;
  readonly created: number;
  readonly lastModified: number;
  readonly endTime: number | null;
  readonly priority: number;
  /** 0 until the job is final, although the documentation does not say so: recorded so while State is 2. */
  readonly runningDuration: number;
  readonly startTime: number | null;
  readonly state: State;
  readonly templateId: string | null;
  tasks(): readonly TaskSnapshot[];
}

/** A task as the service shows it at one moment. Times are Unix milliseconds, durations milliseconds. */
export interface TaskSnapshot {
  readonly id: string;
  readonly configuration: string;
  readonly endTime: number | null;
  readonly errorDetails: readonly TaskError[];
  readonly historicalEvents: readonly HistoricalEvent[];
  readonly name: string;
  readonly perfMessage: string | null;
  readonly priority: number;
  /** Percent, 0–100. */
  readonly progress: number;
  readonly runningDuration: number;
  readonly startTime: number | null;
  readonly state: State;
  readonly taskBody: string;
}

export interface HistoricalEvent {
  readonly code: string;
  readonly message: string;
  readonly timeStamp: number;
}

/** The billing event comes this long after Finished, simulated milliseconds (recorded: one second). */
const billedAfterMs = 1000;
/** Share of a task's time that counts as running; the rest moved files (recorded: 39.605 s of 46.937 s). */
const runningShare = 0.844;

/** The job as it stands in the engine's present. */
export function snapshotOf(job: JobRun, engine: Engine, scale: Timescale): JobSnapshot {
  const at = (simulated: number | null) => (simulated === null ? null : scale.toClock(simulated));
  const startTime = at(job.startedAt);
  const endTime = at(job.endedAt);
  return {
    id: toId('jid', job.plan.guid),
    name: job.plan.name,
    created: scale.toClock(job.createdAt),
    lastModified: scale.toClock(job.modifiedAt),
    endTime,
    priority: job.plan.priority,
    runningDuration: startTime === null || endTime === null ? 0 : endTime - startTime,
    startTime,
    state: job.state,
    templateId: null,
    tasks: () => job.tasks.map((task) => taskSnapshotOf(task, engine, scale)),
  };
}

function taskSnapshotOf(task: TaskRun, engine: Engine, scale: Timescale): TaskSnapshot {
  const { job, plan } = task;
  const startTime = task.startedAt === null ? null : scale.toClock(task.startedAt);
  const endTime = task.endedAt === null ? null : scale.toClock(task.endedAt);
  const span = startTime === null || endTime === null ? 0 : endTime - startTime;
  const runningDuration = Math.round(span * runningShare);
  return {
    id: toId('tid', maskForTask(job.plan.guid, task.position)),
    configuration: plan.configuration,
    endTime,
    errorDetails: task.error ? [task.error] : [],
    historicalEvents: historyOf(task, engine.now, scale),
    name: plan.name,
    perfMessage: task.state === State.finished ? perfMessage(span, runningDuration) : null,
    priority: job.plan.priority,
    progress: engine.progressOf(task),
    runningDuration,
    startTime,
    state: task.state,
    taskBody: taskBody(plan, task.position),
  };
}

function perfMessage(spanMs: number, runningMs: number): string {
  const moving = (spanMs - runningMs) / 2000;
  const seconds = (value: number) => value.toFixed(1);
  return `Download: ${seconds(moving)} s. Encode: ${seconds(runningMs / 1000)} s. Upload: ${seconds(moving)} s.`;
}

/** Codes and order as recorded for a success: messages are empty but for the last, which comes after the end. */
function historyOf(task: TaskRun, now: number, scale: Timescale): HistoricalEvent[] {
  const events: HistoricalEvent[] = [];
  const add = (code: string, simulated: number | null, message = '') => {
    if (simulated !== null) {
      events.push({ code, message, timeStamp: scale.toClock(simulated) });
    }
  };
  add('WaitingForFreeResources', task.job.createdAt);
  add('Scheduled', task.scheduledAt);
  add('Processing', task.startedAt);
  if (task.state === State.finished && task.endedAt !== null) {
    add('Finished', task.endedAt);
    if (now >= task.endedAt + billedAfterMs) {
      const minutes = (task.plan.durationMs / 60_000).toFixed(2);
      add('TaskBillingInformationAdded', task.endedAt + billedAfterMs, `Output minutes: ${minutes}`);
    }
  } else if (task.state === State.error) {
    add('Error', task.endedAt, task.error?.message);
  } else if (task.state === State.canceled) {
    add('Canceled', task.endedAt);
  }
  return events;
}
