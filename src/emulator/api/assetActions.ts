import type { Account } from './account.ts';
import { badRequest, notFound } from './errors.ts';
import { created, readQuoted } from './jobActions.ts';
import { assetType } from './model.ts';
import { checkNames, readInt32, readPayload, readText } from './payload.ts';
import { checkQuota } from './quotas.ts';
import { entity, existing } from './reading.ts';
import { type ApiRequest, noContent } from './request.ts';
import { checkId } from './route.ts';
import type { Reply } from './serviceHeaders.ts';

const longestName = 4000;

/** POST of an asset, so that a job has something to read. It has no file yet. @throws ODataError */
export function addAsset(request: ApiRequest, account: Account): Reply {
  const { form, fields } = readPayload(request);
  checkNames(
    fields,
    form,
    assetType.properties.map(({ name }) => name),
  );
  checkQuota('assets', account.assetCount + 1, request.quotas.assets);
  const id = account.addAsset({
    name: readText(fields, 'Name', longestName),
    alternateId: readText(fields, 'AlternateId', longestName),
    options: readInt32(fields, 'Options', 0),
    formatOption: readInt32(fields, 'FormatOption', 0),
    storageAccountName: readText(fields, 'StorageAccountName', longestName),
  });
  return created(entity(request, assetType, existing(account.findAsset(id), id), true), request, assetType.set, id);
}

/** DELETE of an asset: jobs that had it show a `Nonexistent Asset` from then on. */
export function removeAsset(id: string, account: Account): Reply {
  if (!account.deleteAsset(id)) {
    throw notFound(`Resource not found: '${id}'.`);
  }
  return noContent;
}

/**
 * CreateFileInfos notes the files that were uploaded into an asset (MS docs "REST API functions"): the emulator has no
 * storage, so it takes their being there on trust. Without it an asset has no primary file.
 */
export function fillAsset({ parameters }: ApiRequest, account: Account): Reply {
  const id = checkId('cid', readQuoted(parameters, 'assetid'));
  if (!account.findAsset(id)) {
    throw notFound(`Resource not found: '${id}'.`);
  }
  if (!account.fillAsset(id)) {
    throw badRequest('The files of an asset that a job has made are known already.');
  }
  return noContent;
}
