import type { NewJob } from '../simulation/mutation.ts';
import type { Ending, JobSubscription } from '../simulation/plan.ts';
import type { Account } from './account.ts';
import { badRequest, notFound } from './errors.ts';
import { jobType } from './model.ts';
import { readTasks, type TaskToBe } from './newTasks.ts';
import {
  type BodyForm,
  checkNames,
  type Fields,
  isFields,
  readInt32,
  readObjects,
  readPayload,
  readText,
} from './payload.ts';
import { checkQuota, type Quotas } from './quotas.ts';
import type { ApiRequest } from './request.ts';
import { checkId, readLink } from './route.ts';

/** MS docs "Job"; a later edition says 256. */
const longestName = 4000;
const bind = 'InputMediaAssets@odata.bind';

/**
 * Reads a job to create, with its tasks and links (MS docs "Job", "Task"). What the service decides itself may be there
 * and is ignored: SDKs send whole entities.
 *
 * @throws ODataError 400 for what is malformed or against a rule, 403 beyond a quota, 404 for a link to nothing
 */
export function readNewJob(request: ApiRequest, account: Account): NewJob {
  const { form, fields } = readPayload(request);
  const inputName = form === 'light' ? bind : 'InputMediaAssets';
  const own = jobType.properties.map(({ name }) => name);
  checkNames(fields, form, [...own, 'Tasks', inputName]);
  const name = readText(fields, 'Name', longestName) ?? '';
  const inputAssets = readInputs(fields[inputName], form);
  const templateId = readText(fields, 'TemplateId', longestName);
  const tasks =
    templateId === null
      ? readTasks(readObjects(fields, 'Tasks', form), { form, inputCount: inputAssets.length, quotas: request.quotas })
      : tasksOfTemplate(templateId, fields);
  checkInputs(inputAssets, account);
  checkQuotas(tasks, inputAssets.length, request.quotas, account);
  const subscriptions = readSubscriptions(fields, form);
  const unread = tasks.find((task) => task.hasBadPreset);
  return {
    name,
    priority: readInt32(fields, 'Priority', 0),
    inputAssets,
    ...(templateId === null ? {} : { templateId }),
    ...(subscriptions.length > 0 ? { subscriptions } : {}),
    ...(unread ? { ending: badPreset(tasks.indexOf(unread)) } : {}),
    tasks: tasks.map((task) => task.plan(name === '' ? account.nextJobId : name)),
  };
}

function readInputs(value: unknown, form: BodyForm): string[] {
  const links: unknown = form === 'verbose' && isFields(value) ? value['results'] : value;
  if (!Array.isArray(links) || links.length === 0) {
    throw badRequest('A job needs one or more InputMediaAssets.');
  }
  return links.map((link: unknown) => {
    const metadata = isFields(link) ? link['__metadata'] : undefined;
    const uri = form === 'light' ? link : isFields(metadata) ? metadata['uri'] : undefined;
    if (typeof uri !== 'string') {
      throw badRequest('InputMediaAssets must be links to assets.');
    }
    return readLink(uri, 'Assets');
  });
}

function checkInputs(ids: readonly string[], account: Account): void {
  for (const id of ids) {
    const asset = account.findAsset(id);
    if (!asset) {
      throw notFound(`Resource not found: '${id}'.`);
    }
    if (!asset.hasPrimaryFile) {
      throw badRequest(`The primary file of the asset '${id}' cannot be determined.`);
    }
  }
}

function checkQuotas(tasks: readonly TaskToBe[], inputCount: number, quotas: Quotas, account: Account): void {
  const outputCount = tasks.reduce((sum, task) => sum + task.outputCount, 0);
  // The documented job is there besides those that count.
  checkQuota('jobs', account.size, quotas.jobs);
  checkQuota('assets per job', inputCount + outputCount, quotas.assetsPerJob);
  checkQuota('assets', account.assetCount + outputCount, quotas.assets);
}

/** A template brings its own tasks (MS docs "Job"); the emulator keeps none, so every one has a single encode. */
function tasksOfTemplate(templateId: string, fields: Fields): TaskToBe[] {
  checkId('jtid', templateId);
  if (fields['Tasks'] !== undefined) {
    throw badRequest('A job from a template has no Tasks of its own.');
  }
  return [
    {
      hasBadPreset: false,
      outputCount: 1,
      plan: (jobName) => ({ name: 'Encode', outputName: `JobOutputAsset(0)_${jobName}` }),
    },
  ];
}

function readSubscriptions(fields: Fields, form: BodyForm): JobSubscription[] {
  return readObjects(fields, 'JobNotificationSubscriptions', form).map((one) => {
    checkNames(one, form, ['NotificationEndPointId', 'TargetJobState']);
    const targetJobState = readInt32(one, 'TargetJobState', 0);
    if (targetJobState === 0) {
      throw badRequest('JobNotificationSubscription.TargetJobState must not be 0');
    }
    const id = readText(one, 'NotificationEndPointId', longestName) ?? '';
    return { notificationEndPointId: checkId('nepid', id), targetJobState };
  });
}

/** Exactly one such error is what client tests expect of a preset that cannot be read. */
function badPreset(task: number): Ending {
  const message = 'The preset could not be parsed.';
  return { kind: 'failed', task, fraction: 0, error: { code: 'ErrorParsingConfiguration', message } };
}
