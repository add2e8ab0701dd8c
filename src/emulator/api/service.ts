import type { Account } from './account.ts';
import { addAsset, fillAsset, removeAsset } from './assetActions.ts';
import { badRequest, notFound, ODataError } from './errors.ts';
import { cancelJob, changePriority, createJob, deleteJob } from './jobActions.ts';
import { metadataDocument } from './metadataDocument.ts';
import { assetType, jobType, mediaProcessorType, reservedUnitType, taskType } from './model.ts';
import { readOptions, refuseOptions } from './query.ts';
import { read } from './reading.ts';
import { type ApiRequest, formatOf, jsonReply } from './request.ts';
import { type Resource, readPath } from './route.ts';
import type { Reply } from './serviceHeaders.ts';

/** In the order of the recorded service document, which has more. */
const sets = [assetType.set, taskType.set, jobType.set, mediaProcessorType.set, reservedUnitType.set];

/** Answers one request. @throws ODataError */
export function answer(request: ApiRequest, account: Account): Reply {
  const resource = readPath(request.path);
  if ('set' in resource && !setsOf(request).includes(resource.set)) {
    throw notFound(`Resource not found for the segment '${resource.set}'.`);
  }
  return request.method === 'GET' ? get(request, resource, account) : change(request, resource, account);
}

function setsOf({ dialects }: ApiRequest): readonly string[] {
  return dialects['no-reserved-units'] ? sets.filter((set) => set !== reservedUnitType.set) : sets;
}

function get(request: ApiRequest, resource: Resource, account: Account): Reply {
  switch (resource.kind) {
    case 'serviceDocument':
      refuseOptions(readOptions(request.parameters, request.dialects));
      return jsonReply(request, formatOf(request).serviceDocument(setsOf(request), request.apiRoot));
    case 'metadata':
      return {
        status: 200,
        contentType: 'application/xml;charset=utf-8',
        dataServiceVersion: '3.0;',
        body: metadataDocument(request.version),
      };
    case 'function':
      return resource.name === 'CancelJob' ? cancelJob(request, account) : fillAsset(request, account);
    default:
      return read(request, resource, account);
  }
}

function change(request: ApiRequest, resource: Resource, account: Account): Reply {
  if (resource.kind === 'set' && request.method === 'POST') {
    if (resource.set === 'Jobs') {
      return createJob(request, account);
    }
    if (resource.set === 'Assets') {
      return addAsset(request, account);
    }
  }
  if (resource.kind === 'entity' && resource.set === 'Jobs') {
    switch (request.method) {
      case 'DELETE':
        return deleteJob(request, resource.id, account);
      case 'MERGE':
      case 'PATCH':
      case 'PUT':
        return changePriority(request, resource.id, account);
      default:
        break;
    }
  }
  if (resource.kind === 'entity' && resource.set === 'Assets' && request.method === 'DELETE') {
    return removeAsset(resource.id, account);
  }
  if (resource.kind === 'entity' && resource.set === 'EncodingReservedUnitTypes') {
    // The service has it. Here the units are given at the start, and jobs of a run before depend on them.
    throw new ODataError(501, 'The emulator does not change reserved units.');
  }
  throw badRequest(`${request.method} is not supported for this resource.`);
}
