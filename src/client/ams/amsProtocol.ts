import type { HttpReply } from '../httpSender.ts';
import type { RestProtocol } from '../transport.ts';

/** The REST API v2 of Azure Media Services, as "Connecting to the Media Services REST API" has its requests. */
export const amsProtocol: RestProtocol = {
  headers: ({ accept }) => [
    ['DataServiceVersion', '1.0;NetFx'],
    ['MaxDataServiceVersion', '3.0;NetFx'],
    // A count is plain text, but a refusal is still JSON.
    ['Accept', accept === 'text' ? 'text/plain, application/json' : 'application/json'],
    ['Accept-Charset', 'UTF-8'],
    ['x-ms-version', '2.19'],
  ],
  redirectsToRoot: true,
  isFromApi,
  // 401 is also what a principal without the role Contributor or Owner gets ("Azure Media Services error codes").
  sentences: new Map([
    [401, 'The service does not accept the sign-in. Sign in again, and check that you are Contributor or Owner'],
  ]),
};

function isFromApi(reply: HttpReply): boolean {
  if (reply.header('dataserviceversion') !== null || (reply.status >= 200 && reply.status < 300)) {
    return true;
  }
  return /\b(?:json|atom\+xml|application\/xml)\b/i.test(reply.header('content-type') ?? '');
}
