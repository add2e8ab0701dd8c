import type { Account } from './account.ts';
import { badRequest, notFound, ODataError } from './errors.ts';
import { jobType } from './model.ts';
import { readNewJob } from './newJob.ts';
import { checkNames, readInt32, readPayload } from './payload.ts';
import { entity, existing } from './reading.ts';
import { type ApiRequest, noContent } from './request.ts';
import { checkId } from './route.ts';
import type { Reply } from './serviceHeaders.ts';

/** In these words in client code. */
const onlyQueued = "Job's priority can only be changed if the job is in Queued state";

/** POST of a job with its tasks: 201 with its address. @throws ODataError */
export function createJob(request: ApiRequest, account: Account): Reply {
  const id = account.add(readNewJob(request, account));
  return created(entity(request, jobType, existing(account.find(id), id), true), request, jobType.set, id);
}

/** The answer to a creation. */
export function created(reply: Reply, { apiRoot }: ApiRequest, set: string, id: string): Reply {
  const address = `${apiRoot}${set}('${encodeURIComponent(id)}')`;
  return { ...reply, status: 201, extra: [['Location', address]] };
}

/**
 * CancelJob is a function called by GET, its `jobid` quoted (MS docs "REST API functions"): 204, or 400 for a job that
 * is Canceled, Canceling, Error or Finished.
 */
export function cancelJob({ parameters, dialects }: ApiRequest, account: Account): Reply {
  const id = checkId('jid', readQuoted(parameters, 'jobid'));
  switch (account.cancel(id, dialects['cancel-can-finish'])) {
    case 'accepted':
      return noContent;
    case 'refused':
      throw badRequest('The job cannot be canceled in its current state.');
    case 'unknown':
      throw notFound(`No job has the id '${id}'.`);
  }
}

/** Only a final job can be deleted (.NET tests); with which status the others are refused is a dialect. */
export function deleteJob({ dialects }: ApiRequest, id: string, account: Account): Reply {
  switch (account.delete(id)) {
    case 'accepted':
      return noContent;
    case 'refused':
      throw new ODataError(
        dialects['refused-delete'],
        'The job cannot be deleted in its current state: it must be Finished, Error or Canceled.',
      );
    case 'unknown':
      throw notFound(`Resource not found: '${id}'.`);
  }
}

/**
 * MERGE, PATCH and PUT of a job, of which the priority alone can be changed, while it is Queued. SDKs send the whole
 * entity, so what cannot be changed may be there as it is. PUT sets what it leaves out to its default.
 *
 * @throws ODataError
 */
export function changePriority(request: ApiRequest, id: string, account: Account): Reply {
  const job = existing(account.find(id), id);
  const { form, fields } = readPayload(request);
  checkNames(
    fields,
    form,
    [...jobType.properties, ...jobType.navigation].map(({ name }) => name),
  );
  const fixed = { Id: job.id, Name: job.name, TemplateId: job.templateId, State: job.state };
  for (const [name, value] of Object.entries(fixed)) {
    if (fields[name] !== undefined && fields[name] !== value) {
      throw badRequest(`The property '${name}' cannot be changed.`);
    }
  }
  if (fields['Priority'] === undefined && request.method !== 'PUT') {
    return noContent;
  }
  const priority = readInt32(fields, 'Priority', 0);
  if (account.prioritize(id, priority) !== 'accepted') {
    throw badRequest(onlyQueued);
  }
  return noContent;
}

/** A function's parameter in single quotes. @throws ODataError 400 */
export function readQuoted(parameters: URLSearchParams, name: string): string {
  const text = /^'(?<text>.*)'$/.exec(parameters.get(name) ?? '')?.groups?.['text'];
  if (text === undefined) {
    throw badRequest(`The parameter ${name}, an id in single quotes, is needed.`);
  }
  return text;
}
