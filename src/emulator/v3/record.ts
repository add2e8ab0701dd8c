import type { Dialects } from '../dialects.ts';
import { ownInputOf } from '../simulation/assets.ts';
import { guidOf } from '../simulation/identifiers.ts';
import type { TaskError } from '../simulation/plan.ts';
import { State } from '../simulation/run.ts';
import type { JobSnapshot, TaskSnapshot } from '../simulation/snapshot.ts';
import type { JobError } from './jobError.ts';
import type { V3Account } from './jobs.ts';
import { jobNameOf, presetNameOf, transformOf } from './names.ts';
import { priorityName } from './priority.ts';
import { jobStateName, stateName } from './states.ts';

/** In what the services that speak AMS v3 differ. */
export interface RecordStyle {
  /** The account's resource id, without a slash at its end. */
  readonly accountId: string;
  /** Of Unix milliseconds. */
  readonly time: (at: number) => string;
  readonly error: (error: TaskError) => JobError;
  /** Whether there is an (empty) `correlationData` where none was set. */
  readonly emptyCorrelationData: boolean;
}

export type Json = Readonly<Record<string, unknown>>;

const jobType = 'Microsoft.Media/mediaservices/transforms/jobs';
const transformType = 'Microsoft.Media/mediaservices/transforms';
/** In the recorded job. */
export const author = 'user@domain.com';

export function jobResourceId(job: JobSnapshot, { accountId }: RecordStyle): string {
  return `${accountId}/transforms/${transformOf(job)}/jobs/${jobNameOf(job)}`;
}

/** A job as AMS v3 shows it; order and set of the properties are those of MK.IO's recorded job. */
export function jobRecord(job: JobSnapshot, account: V3Account, dialects: Dialects, style: RecordStyle): Json {
  const notes = account.notesOf(job.id);
  const tasks = job.tasks();
  const lastModified = Math.max(job.lastModified, notes?.modifiedAt ?? 0);
  const correlationData = notes?.correlationData ?? (style.emptyCorrelationData ? {} : undefined);
  return {
    name: jobNameOf(job),
    id: jobResourceId(job, style),
    type: jobType,
    properties: {
      created: style.time(job.created),
      description: notes?.description === undefined ? job.name : notes.description,
      lastModified: style.time(lastModified),
      priority: priorityName(job.priority),
      state: jobStateName(job, dialects),
      input: inputOf(job, tasks, account),
      outputs: tasks.map((task, index) => outputRecord(task, index, dialects, style)),
      ...(correlationData ? { correlationData } : {}),
      ...times(job, dialects, style),
    },
    systemData: systemData(job.created, lastModified, style),
  };
}

/** A transform. Unlike real ones, its jobs may have more outputs than it: v2 has no transforms to keep them to. */
export function transformRecord(name: string, preset: string, created: number, style: RecordStyle): Json {
  return {
    name,
    id: `${style.accountId}/transforms/${name}`,
    type: transformType,
    properties: {
      created: style.time(created),
      lastModified: style.time(created),
      outputs: [
        {
          onError: 'StopProcessingJob',
          relativePriority: 'Normal',
          preset: {
            '@odata.type': '#Microsoft.Media.BuiltInStandardEncoderPreset',
            presetName: presetNameOf(preset),
          },
        },
      ],
    },
    systemData: systemData(created, created, style),
  };
}

/** An output; its label is the documented default, `{presetName}_{outputIndex}`. */
function outputRecord(task: TaskSnapshot, index: number, dialects: Dialects, style: RecordStyle): Json {
  const [error] = task.errorDetails;
  const isOpen = task.state !== State.finished && task.state !== State.error && task.state !== State.canceled;
  return {
    label: `${presetNameOf(task.configuration)}_${index}`,
    state: stateName(task.state, dialects),
    ...times(task, dialects, style),
    progress: dialects['v3-null-progress'] && isOpen ? null : Math.floor(task.progress),
    ...(error ? { error: style.error(error) } : {}),
    assetName: `output-${shortId(task.assets.outputs[0])}`,
    '@odata.type': '#Microsoft.Media.JobOutputAsset',
  };
}

/**
 * What a job reads: an asset where a client named one, an address (as in the recorded job) where it came with the job.
 */
function inputOf({ id: jobId }: JobSnapshot, [first]: readonly TaskSnapshot[], account: V3Account): Json {
  const id = first?.assets.inputs[0] ?? '';
  if (id !== ownInputOf(guidOf('jid', jobId) ?? '')) {
    return { assetName: `asset-${shortId(id)}`, files: ['*'], '@odata.type': '#Microsoft.Media.JobInputAsset' };
  }
  const name = account.findAsset(id)?.name ?? 'input';
  const files = [`https://media.example/${encodeURIComponent(name)}.mp4`];
  return { files, '@odata.type': '#Microsoft.Media.JobInputHttp' };
}

/** A time that has not come is left out: MK.IO's recorded converter job has no `startTime` at all. */
function times(
  { startTime, endTime }: Pick<TaskSnapshot, 'startTime' | 'endTime'>,
  dialects: Dialects,
  { time }: RecordStyle,
): Json {
  return {
    ...(startTime === null || dialects['v3-no-start-time'] ? {} : { startTime: time(startTime) }),
    ...(endTime === null ? {} : { endTime: time(endTime) }),
  };
}

function systemData(created: number, lastModified: number, { time }: RecordStyle): Json {
  return {
    createdBy: author,
    createdByType: 'User',
    createdAt: time(created),
    lastModifiedBy: author,
    lastModifiedByType: 'User',
    lastModifiedAt: time(lastModified),
  };
}

/** The first digits of the GUID in `nb:cid:UUID:…`. */
function shortId(assetId = ''): string {
  const guid = assetId.slice(assetId.lastIndexOf(':') + 1);
  return guid.slice(0, 8);
}
