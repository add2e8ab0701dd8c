import { nonexistentAsset } from '../simulation/assets.ts';
import type { JobSnapshot, TaskSnapshot } from '../simulation/snapshot.ts';
import type { Account } from './account.ts';
import { notFound } from './errors.ts';
import { isOldInVerbose, verboseJson } from './format.ts';
import { inListOrder } from './listOrder.ts';
import { findMediaProcessor, mediaProcessors } from './mediaProcessors.ts';
import {
  assetType,
  type EntityType,
  jobType,
  mediaProcessorType,
  primitivesOf,
  reservedUnitType,
  taskType,
} from './model.ts';
import { pageOf, type Query, readOptions, readQuery, readSelect, refuseOptions } from './query.ts';
import { type ApiRequest, entityVersion, formatOf, jsonReply } from './request.ts';
import { reservedUnitsOf } from './reservedUnits.ts';
import type { Resource, SetName } from './route.ts';
import type { Reply } from './serviceHeaders.ts';
import { jobsToSearch } from './taskSearch.ts';

/** An entity set: its type, how one is found, and which may match a query. */
interface EntitySet<E> {
  readonly type: EntityType<E>;
  readonly find: (account: Account, id: string) => E | undefined;
  readonly search: (account: Account, query: Query<E>) => Iterable<E>;
}

const jobSet: EntitySet<JobSnapshot> = {
  type: jobType,
  find: (account, id) => account.find(id),
  search: byIdOr(
    (account, id) => account.find(id),
    (account, { listOrder }) => inListOrder(account.jobs(), listOrder),
  ),
};

const taskSet: EntitySet<TaskSnapshot> = {
  type: taskType,
  find: (account, id) => account.findTask(id),
  search: byIdOr((account, id) => account.findTask(id), tasksInState),
};

/** Calls back with the set of this name, so that what is done there knows its type. */
function withSet<R>(name: SetName, use: <E>(set: EntitySet<E>) => R): R {
  switch (name) {
    case 'Jobs':
      return use(jobSet);
    case 'Tasks':
      return use(taskSet);
    case 'Assets':
      return use({
        type: assetType,
        find: (account, id) => account.findAsset(id),
        search: byIdOr(
          (account, id) => account.findAsset(id),
          (account) => account.assets(),
        ),
      });
    case 'MediaProcessors':
      return use({
        type: mediaProcessorType,
        find: (_, id) => findMediaProcessor(id),
        search: () => mediaProcessors,
      });
    case 'EncodingReservedUnitTypes':
      return use({
        type: reservedUnitType,
        find: ({ reservedUnits }, id) => [reservedUnitsOf(reservedUnits)].find(({ accountId }) => accountId === id),
        search: ({ reservedUnits }) => [reservedUnitsOf(reservedUnits)],
      });
  }
}

type Readable = Exclude<Resource, { kind: 'function' | 'metadata' | 'serviceDocument' }>;

/** Answers a GET of a set, its count, an entity, or what belongs to one. @throws ODataError */
export function read(request: ApiRequest, resource: Readable, account: Account): Reply {
  switch (resource.kind) {
    case 'set':
      return withSet(resource.set, (set) => collection(request, set.type, (query) => set.search(account, query)));
    case 'count':
      return withSet(resource.set, (set) => count(request, account, set));
    case 'entity':
      return withSet(resource.set, (set) =>
        entity(request, set.type, existing(set.find(account, resource.id), resource.id)),
      );
    case 'member':
      return (
        readNavigation(request, resource, account) ??
        withSet(resource.set, (set) =>
          property(request, set.type, existing(set.find(account, resource.id), resource.id), resource.member),
        )
      );
  }
}

/** One entity as an answer, also to its creation. */
export function entity<E>(request: ApiRequest, type: EntityType<E>, found: E, isNew = false): Reply {
  const options = readOptions(request.parameters, request.dialects);
  refuseOptions(options, '$select');
  const select = readSelect(options, type, request.dialects);
  return jsonReply(
    request,
    formatOf(request).entity(type, found, { ...request, select, isNew }),
    versionOf(request, type),
  );
}

/** @throws ODataError 404 */
export function existing<T>(found: T | undefined, id: string): T {
  if (found === undefined) {
    throw notFound(`Resource not found: '${id}'.`);
  }
  return found;
}

/** What an entity leads to, or null where the member is none of its navigations. */
function readNavigation(
  request: ApiRequest,
  { set, id, member }: Extract<Readable, { kind: 'member' }>,
  account: Account,
): Reply | null {
  if (set === 'Jobs' && member === 'Tasks') {
    const job = existing(account.find(id), id);
    return collection(request, taskType, () => job.tasks());
  }
  if ((set !== 'Jobs' && set !== 'Tasks') || (member !== 'InputMediaAssets' && member !== 'OutputMediaAssets')) {
    return null;
  }
  const { inputs, outputs } =
    set === 'Jobs' ? existing(account.find(id), id).assets() : existing(account.findTask(id), id).assets;
  const ids = member === 'InputMediaAssets' ? inputs : outputs;
  return collection(request, assetType, () => ids.map((one) => account.findAsset(one) ?? nonexistentAsset(one)));
}

function collection<E>(request: ApiRequest, type: EntityType<E>, candidates: (query: Query<E>) => Iterable<E>): Reply {
  const query = readQuery(readOptions(request.parameters, request.dialects), type, request.dialects);
  const format = formatOf(request);
  const { rows, total, isCut } = pageOf(candidates(query), query);
  const next = isCut && request.dialects.nextLink !== false ? nextAddress(request, query) : null;
  return jsonReply(
    request,
    format.collection(type, rows, { ...request, select: query.select, total, next }),
    versionOf(request, type),
  );
}

/** The same address with what has been answered skipped; a `$top` shrinks by it. */
function nextAddress({ apiRoot, path, parameters }: ApiRequest, { skip, top, pageSize }: Query<never>): string {
  const rest = new Map([...parameters].filter(([name]) => name !== '$skip' && name !== '$top'));
  rest.set('$skip', String(skip + pageSize));
  if (Number.isFinite(top)) {
    rest.set('$top', String(top - pageSize));
  }
  const query = [...rest].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return `${apiRoot}${path.replace(/^\/api\/+/i, '')}?${query}`;
}

function count<E>(request: ApiRequest, account: Account, { type, search }: EntitySet<E>): Reply {
  const options = readOptions(request.parameters, request.dialects);
  refuseOptions(options, '$filter');
  const query = { ...readQuery(options, type, request.dialects), top: 0, countAll: true };
  return {
    status: 200,
    contentType: 'text/plain;charset=utf-8',
    dataServiceVersion: '2.0;',
    body: String(pageOf(search(account, query), query).total),
  };
}

function property<E>(request: ApiRequest, type: EntityType<E>, found: E, name: string): Reply {
  refuseOptions(readOptions(request.parameters, request.dialects));
  const wanted = primitivesOf(type).find((candidate) => candidate.name === name);
  if (!wanted) {
    throw notFound(`Resource not found for the segment '${name}'.`);
  }
  const format = formatOf(request);
  return jsonReply(request, format.property(wanted, found, request.apiRoot), format.propertyVersion);
}

function versionOf<E>(request: ApiRequest, type: EntityType<E>): string {
  return formatOf(request) === verboseJson && isOldInVerbose(type) ? '1.0;' : entityVersion;
}

/** Asking for one entity by filter is how the documented exchange polls, so it must not look at all of them. */
function byIdOr<E>(
  find: (account: Account, id: string) => E | undefined,
  all: (account: Account, query: Query<E>) => Iterable<E>,
): EntitySet<E>['search'] {
  return (account, query) => {
    const id = query.filter?.required('Id');
    if (typeof id !== 'string') {
      return all(account, query);
    }
    const found = find(account, id);
    return found === undefined ? [] : [found];
  };
}

function* tasksInState(account: Account, { filter }: Query<TaskSnapshot>): Generator<TaskSnapshot> {
  for (const job of jobsToSearch(account, filter?.required('State'))) {
    yield* job.tasks();
  }
}
