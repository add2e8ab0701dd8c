import type { RestProtocol } from '../transport.ts';
import { isFromV3Api } from '../v3/v3Protocol.ts';

/** The REST API of Ravnur Media Services: that of Azure Media Services v3 (2022-07-01) at another host. */
export const ravnurProtocol: RestProtocol = {
  headers: () => [['Accept', 'application/json']],
  redirectsToRoot: false,
  isFromApi: isFromV3Api,
  sentences: () => sentences,
};

const sentences = new Map([
  [401, 'The service does not accept the token that it gave for the API key. Sign in again'],
  [404, 'The service does not know this. Check the subscription ID, the resource group and the account name'],
]);
