import { maskForTask, toId } from './identifiers.ts';
import type { JobPlan, TaskPlan } from './plan.ts';
import { State } from './run.ts';
import { assetsOfTask, type JobSnapshot, mediaEncoderStandard, noEncryption, type TaskSnapshot } from './snapshot.ts';
import { bodyOf, writeTaskBody } from './taskBody.ts';

const guid = 'f3c43f94-327f-2347-90bb-3bf79f8559f1';
const created = Date.parse('2015-02-11T01:46:08.897Z');
const startTime = Date.parse('2015-02-11T01:46:16.58Z');
const name = 'Encoding BigBuckBunny into to H264 Adaptive Bitrate MP4 Set 720p';

const encodeTask: TaskPlan = {
  name: 'Encode BigBuckBunny',
  configuration: 'H264 Adaptive Bitrate MP4 Set 720p',
  outputName: 'Encode BigBuckBunny - output',
  after: null,
  scheduleMs: 2100,
  durationMs: 60_000,
  curve: 'steady',
};

/** What its assets come from; it never runs. */
export const documentedPlan: JobPlan = {
  guid,
  name,
  priority: 0,
  pickupMs: 0,
  inputName: 'BigBuckBunny',
  ending: { kind: 'finished' },
  tasks: [
    encodeTask,
    {
      ...encodeTask,
      name: 'Thumbnails of BigBuckBunny',
      configuration: 'Thumbnails',
      outputName: 'Thumbnails of BigBuckBunny - output',
    },
  ],
};

/**
 * The job of MS docs "How to check job progress using REST API", value by value ("into to" included). It is pinned:
 * it is being processed forever, so that the documented exchange can be repeated at any time. Its tasks are not in the
 * document and are made up.
 */
export const documentedJob: JobSnapshot = {
  id: toId('jid', guid),
  name,
  configuration: encodeTask.configuration,
  created,
  lastModified: created,
  endTime: null,
  priority: 0,
  runningDuration: 0,
  startTime,
  state: State.processing,
  templateId: null,
  tasks: () => documentedTasks,
  assets: () => ({
    inputs: assetsOfTask(documentedPlan, 0).inputs,
    outputs: documentedTasks.flatMap((task) => task.assets.outputs),
  }),
};

const progressOfTasks = [71.5, 12.5];
const documentedTasks: readonly TaskSnapshot[] = documentedPlan.tasks.map(documentedTask);

function documentedTask(plan: TaskPlan, position: number): TaskSnapshot {
  return {
    id: toId('tid', maskForTask(guid, position)),
    configuration: plan.configuration,
    endTime: null,
    errorDetails: [],
    historicalEvents: [
      { code: 'WaitingForFreeResources', message: '', timeStamp: created },
      { code: 'Scheduled', message: '', timeStamp: startTime - 2100 },
      { code: 'Processing', message: '', timeStamp: startTime },
    ],
    name: plan.name,
    perfMessage: null,
    priority: 0,
    progress: progressOfTasks[position] ?? 0,
    runningDuration: 0,
    startTime,
    state: State.processing,
    taskBody: writeTaskBody(bodyOf(plan, position)),
    mediaProcessorId: mediaEncoderStandard,
    options: 0,
    encryption: noEncryption,
    subscriptions: [],
    assets: assetsOfTask(documentedPlan, position),
  };
}
