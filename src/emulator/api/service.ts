import type { CancelOutcome } from '../simulation/simulation.ts';
import type { JobSnapshot, TaskSnapshot } from '../simulation/snapshot.ts';
import { badRequest, notFound } from './errors.ts';
import type { Format } from './format.ts';
import { type EntityType, jobType, type PrimitiveProperty, taskType } from './model.ts';
import { type Options, pageOf, type Query, readOptions, readQuery, readSelect, refuseOptions } from './query.ts';
import { checkId, type Resource, readPath } from './route.ts';
import type { Reply } from './serviceHeaders.ts';
import { jobsToSearch } from './taskSearch.ts';

/** What the API needs of the simulation. */
export interface Jobs {
  jobs(): Iterable<JobSnapshot>;
  activeJobs(): Iterable<JobSnapshot>;
  find(id: string): JobSnapshot | undefined;
  findTask(id: string): TaskSnapshot | undefined;
  cancel(id: string): CancelOutcome;
}

/** One request that carries a valid token and a version. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly format: Format;
  /** x-ms-version, e.g. 2.19. */
  readonly version: number;
  /** The API root with its closing slash, for the addresses in answers. */
  readonly apiRoot: string;
}

const entityVersion = '3.0;';

/** Answers one request. @throws ODataError */
export function answer(request: ApiRequest, jobs: Jobs): Reply {
  const resource = readPath(request.path);
  if (request.method !== 'GET') {
    throw badRequest(`${request.method} is not supported for this resource.`);
  }
  const options = readOptions(request.parameters);
  switch (resource.kind) {
    case 'serviceDocument':
      refuseOptions(options);
      return json(request, request.format.serviceDocument([jobType.set, taskType.set], request.apiRoot));
    case 'jobs':
      return collection(request, jobType, options, (query) => findJobs(jobs, query), resource.count);
    case 'job':
      return entity(request, jobType, options, existing(jobs.find(resource.id), resource));
    case 'jobProperty':
      return property(request, jobType, options, existing(jobs.find(resource.id), resource), resource.property);
    case 'tasksOfJob': {
      const job = existing(jobs.find(resource.id), resource);
      return collection(request, taskType, options, () => job.tasks(), false);
    }
    case 'tasks':
      return collection(request, taskType, options, (query) => findTasks(jobs, query), resource.count);
    case 'task':
      return entity(request, taskType, options, existing(jobs.findTask(resource.id), resource));
    case 'taskProperty':
      return property(request, taskType, options, existing(jobs.findTask(resource.id), resource), resource.property);
    case 'cancelJob':
      return cancelJob(request, jobs);
  }
}

function collection<E>(
  request: ApiRequest,
  type: EntityType<E>,
  options: Options,
  candidates: (query: Query<E>) => Iterable<E>,
  count: boolean,
): Reply {
  const query = readQuery(options, type);
  if (count) {
    refuseOptions(options, '$filter');
    return {
      status: 200,
      contentType: 'text/plain;charset=utf-8',
      dataServiceVersion: '2.0;',
      body: countOf(candidates(query), query),
    };
  }
  const page = pageOf(candidates(query), query);
  return json(request, request.format.collection(type, page, { ...request, select: query.select }));
}

function countOf<E>(entities: Iterable<E>, { filter }: Query<E>): string {
  let count = 0;
  for (const entity of entities) {
    count += !filter || filter.matches(entity) ? 1 : 0;
  }
  return String(count);
}

function entity<E>(request: ApiRequest, type: EntityType<E>, options: Options, found: E): Reply {
  refuseOptions(options, '$select');
  const select = readSelect(options, type);
  return json(request, request.format.entity(type, found, { ...request, select }));
}

function property<E>(request: ApiRequest, type: EntityType<E>, options: Options, found: E, name: string): Reply {
  refuseOptions(options);
  const wanted = type.properties.find(
    (candidate): candidate is PrimitiveProperty<E> => candidate.kind === 'primitive' && candidate.name === name,
  );
  if (!wanted) {
    throw notFound(`Resource not found for the segment '${name}'.`);
  }
  return {
    ...json(request, request.format.property(wanted, found, request.apiRoot)),
    dataServiceVersion: request.format.propertyVersion,
  };
}

/** Asking for one job by filter is how the documented exchange polls, so it must not look at all of them. */
function findJobs(jobs: Jobs, { filter }: Query<JobSnapshot>): Iterable<JobSnapshot> {
  const id = filter?.required('Id');
  if (typeof id !== 'string') {
    return jobs.jobs();
  }
  const job = jobs.find(id);
  return job ? [job] : [];
}

function* findTasks(jobs: Jobs, { filter }: Query<TaskSnapshot>): Generator<TaskSnapshot> {
  const id = filter?.required('Id');
  if (typeof id === 'string') {
    const task = jobs.findTask(id);
    if (task) {
      yield task;
    }
    return;
  }
  for (const job of jobsToSearch(jobs, filter?.required('State'))) {
    yield* job.tasks();
  }
}

/**
 * CancelJob is a function called by GET, its `jobid` quoted (MS docs "REST API functions"): 204, or 400 for a job that
 * is Canceled, Canceling, Error or Finished.
 */
function cancelJob({ parameters }: ApiRequest, jobs: Jobs): Reply {
  const quoted = /^'(?<id>.*)'$/.exec(parameters.get('jobid') ?? '');
  if (!quoted?.groups) {
    throw badRequest("CancelJob needs the parameter jobid, a job's id in single quotes.");
  }
  const id = checkId('jid', quoted.groups['id'] ?? '');
  switch (jobs.cancel(id)) {
    case 'accepted':
      return { status: 204, dataServiceVersion: '1.0;' };
    case 'refused':
      throw badRequest('The job cannot be canceled in its current state.');
    case 'unknown':
      throw notFound(`No job has the id '${id}'.`);
  }
}

function existing<T>(found: T | undefined, resource: Extract<Resource, { id: string }>): T {
  if (found === undefined) {
    throw notFound(`Resource not found: '${resource.id}'.`);
  }
  return found;
}

function json({ format }: ApiRequest, body: string): Reply {
  return { status: 200, contentType: format.contentType, dataServiceVersion: entityVersion, body };
}
