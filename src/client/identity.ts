import type { AccessToken } from './accessToken.ts';
import { requestAzureCliToken } from './azureCliToken.ts';
import { requestCertificateToken } from './certificateToken.ts';
import { requestClientSecretToken } from './clientSecretToken.ts';
import type { EntraRequest } from './entraRequest.ts';
import { requestManagedIdentityToken } from './managedIdentityToken.ts';
import { requestUserToken } from './userToken.ts';

/**
 * The entry of the identity bundle, which is loaded when the first account signs in at Entra ID: gets a token in the
 * way that is asked for.
 * @throws ServiceError `signIn` where Entra ID refuses, `secretMissing`, `unreachable`, `throttled`, `configuration`,
 * `badReply`, or `aborted`.
 */
export function requestEntraToken(request: EntraRequest, signal: AbortSignal): Promise<AccessToken> {
  switch (request.way) {
    case 'clientSecret':
      return requestClientSecretToken(request, signal);
    case 'certificate':
      return requestCertificateToken(request, signal);
    case 'user':
      return requestUserToken(request, signal);
    case 'azureCli':
      return requestAzureCliToken(request, signal);
    case 'managedIdentity':
      return requestManagedIdentityToken(request, signal);
  }
}
