import { ClientSecretCredential } from '@azure/identity';
import type { AccessToken } from './accessToken.ts';
import type { ClientSecretTokenRequest } from './entraRequest.ts';
import { requestObservedToken } from './observedToken.ts';

/** Signs in with a client secret at Entra ID. */
export function requestClientSecretToken(request: ClientSecretTokenRequest, signal: AbortSignal): Promise<AccessToken> {
  const { tenantId, clientId, clientSecret } = request;
  return requestObservedToken(
    request,
    [clientSecret],
    (options) => new ClientSecretCredential(tenantId, clientId, clientSecret, options),
    signal,
  );
}
