import type { NewJob } from '../simulation/mutation.ts';
import type { TaskEncryption, TaskSubscription } from '../simulation/plan.ts';
import { noEncryption } from '../simulation/snapshot.ts';
import { badRequest, ODataError } from './errors.ts';
import { findMediaProcessor } from './mediaProcessors.ts';
import { taskType } from './model.ts';
import {
  type BodyForm,
  checkNames,
  type Fields,
  readBoolean,
  readInt32,
  readObjects,
  readText,
  requireText,
} from './payload.ts';
import { checkQuota, type Quotas } from './quotas.ts';
import { checkId } from './route.ts';
import { type ParsedBody, parseTaskBody } from './taskBodyParser.ts';

/** A task that is well-formed; its outputs are named once its job's name is known. */
export interface TaskToBe {
  readonly hasBadPreset: boolean;
  readonly outputCount: number;
  readonly plan: (jobName: string) => NewJob['tasks'][number];
}

interface Surroundings {
  readonly form: BodyForm;
  /** How many input assets the job has. */
  readonly inputCount: number;
  readonly quotas: Quotas;
}

/** Lengths are those of MS docs "Task". */
const longest = { configuration: 100_000, name: 4000, taskBody: 1_000_000 } as const;
/** Every TaskOptions flag there is. */
const allOptions = 7;

/**
 * Reads a job's tasks: one to thirty, each with inputs that exist and outputs that no other task has.
 *
 * @throws ODataError 400, 403
 */
export function readTasks(list: readonly Fields[], surroundings: Surroundings): TaskToBe[] {
  if (list.length === 0) {
    throw badRequest('A job needs one or more Tasks.');
  }
  checkQuota('tasks per job', list.length, surroundings.quotas.tasksPerJob);
  const bodies = list.map((fields) => parseTaskBody(requireText(fields, 'TaskBody', longest.taskBody)));
  for (const { inputs, outputs } of bodies) {
    checkQuota('assets per task', inputs.length + outputs.length, surroundings.quotas.assetsPerTask);
  }
  const after = dependencies(bodies, surroundings.inputCount);
  return list.map((fields, position) => {
    const body = bodies[position] ?? { inputs: [], outputs: [] };
    return readTask(fields, body, after[position] ?? [], surroundings.form);
  });
}

/** For each task the positions of those whose outputs it reads. @throws ODataError 400 */
function dependencies(bodies: readonly ParsedBody[], inputCount: number): number[][] {
  const makers = new Map<number, number>();
  for (const [position, { outputs }] of bodies.entries()) {
    for (const { index } of outputs) {
      if (makers.has(index)) {
        throw badRequest(`JobOutputAsset(${index}) is the output of more than one task.`);
      }
      makers.set(index, position);
    }
  }
  const after = bodies.map(({ inputs }) => {
    const positions = new Set<number>();
    for (const { kind, index } of inputs) {
      const maker = makers.get(index);
      if (kind === 'input' ? index >= inputCount : maker === undefined) {
        throw badRequest(`There is no ${kind === 'input' ? 'JobInputAsset' : 'JobOutputAsset'}(${index}) to read.`);
      }
      if (kind === 'output' && maker !== undefined) {
        positions.add(maker);
      }
    }
    return [...positions];
  });
  refuseCycles(after);
  return after;
}

/** Takes away, again and again, the tasks that wait for none: what is left then waits for itself. */
function refuseCycles(after: readonly (readonly number[])[]): void {
  const left = new Set(after.keys());
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const position of left) {
      if (after[position]?.every((other) => !left.has(other))) {
        left.delete(position);
      }
    }
  }
  if (left.size > 0) {
    throw badRequest("The tasks read each other's outputs in a circle.");
  }
}

function readTask(fields: Fields, body: ParsedBody, after: readonly number[], form: BodyForm): TaskToBe {
  checkNames(
    fields,
    form,
    taskType.properties.map(({ name }) => name),
  );
  const configuration = readText(fields, 'Configuration', longest.configuration) ?? '';
  const mediaProcessorId = checkId('mpid', requireText(fields, 'MediaProcessorId', longest.name));
  if (!findMediaProcessor(mediaProcessorId)) {
    throw new ODataError(403, `The media processor '${mediaProcessorId}' is not one of this account.`);
  }
  const options = readInt32(fields, 'Options', 0);
  if ((options & ~allOptions) !== 0) {
    throw badRequest(`The property 'Options' cannot be ${options}.`);
  }
  const priority = fields['Priority'] === undefined ? {} : { priority: readInt32(fields, 'Priority', 0) };
  const subscriptions = readSubscriptions(fields, form);
  const [first] = body.outputs;
  const rest = {
    name: readText(fields, 'Name', longest.name) ?? '',
    configuration,
    mediaProcessorId,
    options,
    after,
    encryption: readEncryption(fields),
    ...priority,
    ...(subscriptions.length > 0 ? { subscriptions } : {}),
  };
  return {
    hasBadPreset: isBadPreset(configuration),
    outputCount: body.outputs.length,
    plan: (jobName) => {
      const outputs = body.outputs.map((one) => ({
        ...one,
        name: one.name ?? `JobOutputAsset(${one.index})_${jobName}`,
      }));
      return { ...rest, outputName: first?.name ?? '', body: { inputs: body.inputs, outputs } };
    },
  };
}

function readEncryption(fields: Fields): TaskEncryption {
  return {
    keyId: readText(fields, 'EncryptionKeyId', longest.name),
    scheme: readText(fields, 'EncryptionScheme', longest.name) ?? noEncryption.scheme,
    version: readText(fields, 'EncryptionVersion', longest.name),
    initializationVector: readText(fields, 'InitializationVector', longest.name),
  };
}

/** A verbose post with these was reported to be refused (comment in a published client), a light one is in use. */
function readSubscriptions(fields: Fields, form: BodyForm): TaskSubscription[] {
  const list = readObjects(fields, 'TaskNotificationSubscriptions', form);
  if (form === 'verbose' && list.length > 0) {
    throw badRequest('TaskNotificationSubscriptions cannot be created in verbose JSON.');
  }
  return list.map((one) => {
    checkNames(one, form, ['IncludeTaskProgress', 'NotificationEndPointId', 'TargetTaskState']);
    const targetTaskState = readInt32(one, 'TargetTaskState', 0);
    if (targetTaskState === 0) {
      throw badRequest('TaskNotificationSubscription.TargetTaskState must not be 0');
    }
    return {
      includeTaskProgress: readBoolean(one, 'IncludeTaskProgress'),
      notificationEndPointId: checkId('nepid', readText(one, 'NotificationEndPointId', longest.name) ?? ''),
      targetTaskState,
    };
  });
}

/** Whether it is meant to be a JSON preset but is none; names and XML are taken as they are. */
function isBadPreset(configuration: string): boolean {
  if (!/^\s*[{[]/.test(configuration)) {
    return false;
  }
  try {
    JSON.parse(configuration);
    return false;
  } catch {
    return true;
  }
}
