import { maskForTask, toId } from './identifiers.ts';
import { State } from './run.ts';
import type { JobSnapshot, TaskSnapshot } from './snapshot.ts';
import { taskBody } from './taskBody.ts';

const guid = 'f3c43f94-327f-2347-90bb-3bf79f8559f1';
const created = Date.parse('2015-02-11T01:46:08.897Z');
const startTime = Date.parse('2015-02-11T01:46:16.58Z');
const name = 'Encoding BigBuckBunny into to H264 Adaptive Bitrate MP4 Set 720p';

/**
 * The job of MS docs "How to check job progress using REST API", value by value ("into to" included). It is pinned:
 * it is being processed forever, so that the documented exchange can be repeated at any time. Its tasks are not in the
 * document and are made up.
 */
export const documentedJob: JobSnapshot = {
  id: toId('jid', guid),
  name,
  created,
  lastModified: created,
  endTime: null,
  priority: 0,
  runningDuration: 0,
  startTime,
  state: State.processing,
  templateId: null,
  tasks: () => documentedTasks,
};

const documentedTasks: readonly TaskSnapshot[] = [
  documentedTask(0, 'Encode BigBuckBunny', 'H264 Adaptive Bitrate MP4 Set 720p', 71.5),
  documentedTask(1, 'Thumbnails of BigBuckBunny', 'Thumbnails', 12.5),
];

function documentedTask(position: number, taskName: string, configuration: string, progress: number): TaskSnapshot {
  return {
    id: toId('tid', maskForTask(guid, position)),
    configuration,
    endTime: null,
    errorDetails: [],
    historicalEvents: [
      { code: 'WaitingForFreeResources', message: '', timeStamp: created },
      { code: 'Scheduled', message: '', timeStamp: startTime - 2100 },
      { code: 'Processing', message: '', timeStamp: startTime },
    ],
    name: taskName,
    perfMessage: null,
    priority: 0,
    progress,
    runningDuration: 0,
    startTime,
    state: State.processing,
    taskBody: taskBody({ after: null, outputName: `${taskName} - output` }, position),
  };
}
