import type { StatusSentences } from '../errorReply.ts';
import type { ApiRequest, RestProtocol } from '../transport.ts';
import { isFromV3Api } from '../v3/v3Protocol.ts';

/** The REST API of MK.IO, as its "Media API" (OpenAPI) and the guide "Authentication" have its requests. */
export const mkioProtocol: RestProtocol = {
  headers: () => [['Accept', 'application/json']],
  redirectsToRoot: false,
  isFromApi: isFromV3Api,
  sentences: (request) => sentencesFor(capabilityFor(request)),
};

/** What the token must be allowed to, by the OpenAPI document: canceling is a right to create. */
function capabilityFor({ method = 'GET', resource }: ApiRequest): string {
  switch (method) {
    case 'POST':
      return 'ams.job.create';
    case 'DELETE':
      return 'ams.job.delete';
    case 'PATCH':
    case 'MERGE':
      return 'ams.job.update';
    case 'GET':
      return /\/transforms(?:\?|$)/.test(String(resource)) ? 'ams.transform.get' : 'ams.job.get';
  }
}

function sentencesFor(capability: string): StatusSentences {
  return new Map([
    [401, refusedToken],
    [403, `The token lacks the capability ${capability}`],
    [429, 'The project had more requests in this minute than MK.IO allows. It is asked again later'],
  ]);
}

/** Of a token that looks good, whatever the service does not like of it. */
export const refusedToken = 'The token expired or was revoked. Create a new personal API token, and sign in with it';
