import { outputIdOf, outputsOf, ownInputOf } from './assets.ts';
import type { Engine } from './engine.ts';
import { maskForTask, toId } from './identifiers.ts';
import type { JobPlan, JobSubscription, TaskEncryption, TaskError, TaskSubscription } from './plan.ts';
import { type JobRun, State, type TaskRun } from './run.ts';
import { bodyOf, writeTaskBody } from './taskBody.ts';
import type { Timescale } from './timescale.ts';

/** A job as the service shows it at one moment. Times are Unix milliseconds, durations milliseconds. */
export interface JobSnapshot {
  readonly id: string;
  readonly name: string;
  /** Of its first task; not on the wire of v2. */
  readonly configuration: string;
  readonly created: number;
  readonly lastModified: number;
  readonly endTime: number | null;
  readonly priority: number;
  /** 0 until the job is final, although the documentation does not say so: recorded so while State is 2. */
  readonly runningDuration: number;
  readonly startTime: number | null;
  readonly state: State;
  readonly templateId: string | null;
  readonly subscriptions?: readonly JobSubscription[];
  tasks(): readonly TaskSnapshot[];
  assets(): JobAssets;
}

/** Ids of the assets of a job or a task. */
export interface JobAssets {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
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
  readonly mediaProcessorId: string;
  readonly options: number;
  readonly encryption: TaskEncryption;
  readonly subscriptions: readonly TaskSubscription[];
  readonly assets: JobAssets;
}

/** Media Encoder Standard (MS docs "Get media processors"). */
export const mediaEncoderStandard = 'nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56';

/** Of a task that is not protected: recorded so. */
export const noEncryption: TaskEncryption = { keyId: null, scheme: 'None', version: null, initializationVector: null };

export interface HistoricalEvent {
  readonly code: string;
  readonly message: string;
  readonly timeStamp: number;
}

/** The billing event comes this long after Finished, simulated milliseconds (recorded: one second). */
const billedAfterMs = 1000;
/** Share of a task's time that counts as running; the rest moved files (recorded: 39.605 s of 46.937 s). */
const runningShare = 0.844;

/** What a snapshot is taken with. */
export interface SnapshotContext {
  readonly engine: Engine;
  readonly scale: Timescale;
  /** Percent that failed and canceled tasks show; null for what they had. */
  readonly lostProgress: number | null;
}

/** The job as it stands in the engine's present. */
export function snapshotOf(job: JobRun, context: SnapshotContext): JobSnapshot {
  const { scale } = context;
  const at = (simulated: number | null) => (simulated === null ? null : scale.toClock(simulated));
  const startTime = at(job.startedAt);
  const endTime = at(job.endedAt);
  return {
    id: toId('jid', job.plan.guid),
    name: job.plan.name,
    configuration: job.plan.tasks[0]?.configuration ?? '',
    created: scale.toClock(job.createdAt),
    lastModified: scale.toClock(job.modifiedAt),
    endTime,
    priority: job.priority,
    runningDuration: startTime === null || endTime === null ? 0 : endTime - startTime,
    startTime,
    state: job.state,
    templateId: job.plan.templateId ?? null,
    ...(job.plan.subscriptions ? { subscriptions: job.plan.subscriptions } : {}),
    assets: () => assetsOfJob(job.plan),
    tasks: () => job.tasks.map((task) => taskSnapshotOf(task, context)),
  };
}

function assetsOfJob(plan: JobPlan): JobAssets {
  return {
    inputs: plan.inputAssets ?? [ownInputOf(plan.guid)],
    outputs: outputsOf(plan).map((_, ordinal) => outputIdOf(plan.guid, ordinal)),
  };
}

/** Those of the job's assets that one of its tasks reads and writes. */
export function assetsOfTask(plan: JobPlan, position: number): JobAssets {
  const task = plan.tasks[position];
  const body = task ? bodyOf(task, position) : { inputs: [], outputs: [] };
  const all = assetsOfJob(plan);
  const numbers = outputsOf(plan).map(({ index }) => index);
  const output = (index: number) => all.outputs[numbers.indexOf(index)] ?? '';
  return {
    inputs: body.inputs.map(({ kind, index }) => (kind === 'input' ? (all.inputs[index] ?? '') : output(index))),
    outputs: body.outputs.map(({ index }) => output(index)),
  };
}

function taskSnapshotOf(task: TaskRun, { engine, scale, lostProgress }: SnapshotContext): TaskSnapshot {
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
    priority: plan.priority ?? job.priority,
    progress: isLost(task.state) && lostProgress !== null ? lostProgress : engine.progressOf(task),
    runningDuration,
    startTime,
    state: task.state,
    taskBody: writeTaskBody(bodyOf(plan, task.position)),
    mediaProcessorId: plan.mediaProcessorId ?? mediaEncoderStandard,
    options: plan.options ?? 0,
    encryption: plan.encryption ?? noEncryption,
    subscriptions: plan.subscriptions ?? [],
    assets: assetsOfTask(job.plan, task.position),
  };
}

function isLost(state: State): boolean {
  return state === State.error || state === State.canceled;
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
