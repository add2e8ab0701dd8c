import type { Dialects } from '../dialects.ts';
import { ODataError } from './errors.ts';
import type { Format } from './format.ts';
import type { Quotas } from './quotas.ts';
import type { Reply } from './serviceHeaders.ts';

/** One request that carries a valid token and a version. */
export interface ApiRequest {
  /** What is to be done, tunnelled or not. */
  readonly method: string;
  readonly path: string;
  /** As sent, with its question mark. */
  readonly search: string;
  readonly parameters: URLSearchParams;
  /** The form the client accepts; null where the service has none of those. */
  readonly accepted: Format | null;
  /** x-ms-version, e.g. 2.19. */
  readonly version: number;
  /** The API root with its closing slash, for the addresses in answers. */
  readonly apiRoot: string;
  readonly contentType: string | undefined;
  readonly body: string;
  readonly dialects: Dialects;
  readonly quotas: Quotas;
}

/** @throws ODataError 415 where the client accepts no form the service has */
export function formatOf({ accepted }: ApiRequest): Format {
  if (!accepted) {
    throw new ODataError(
      415,
      'A supported MIME type could not be found that matches the acceptable MIME types for the request.',
    );
  }
  return accepted;
}

/** The DataServiceVersion of answers with collections in them. */
export const entityVersion = '3.0;';

export function jsonReply(request: ApiRequest, body: string, dataServiceVersion = entityVersion): Reply {
  return { status: 200, contentType: formatOf(request).contentType, dataServiceVersion, body };
}

/** 204, as after every change. */
export const noContent: Reply = { status: 204, dataServiceVersion: '1.0;' };
