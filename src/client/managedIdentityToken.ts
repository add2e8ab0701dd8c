import { Agent } from 'node:https';
import { ManagedIdentityCredential } from '@azure/identity';
import { ServiceError } from '../jobs/serviceError.ts';
import type { AccessToken } from './accessToken.ts';
import type { ManagedIdentityTokenRequest } from './entraRequest.ts';
import { isLoopback } from './loopback.ts';
import { plainLine } from './redact.ts';
import { withTimeLimit } from './timeLimit.ts';

/** An Azure machine answers itself at once; on any other the address leads nowhere. */
const timeoutMs = 10_000;

const onlyThere =
  'A managed identity works only where the extension runs on the Azure machine that has it, for example in a window connected to it with Remote - SSH.';

/** Gets a token for the identity of the Azure machine that this runs on. */
export function requestManagedIdentityToken(
  request: ManagedIdentityTokenRequest,
  signal: AbortSignal,
): Promise<AccessToken> {
  return withTimeLimit(
    { clock: request.clock, ms: timeoutMs, signal },
    async () => {
      const service = URL.parse(process.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] ?? '');
      const credential = new ManagedIdentityCredential({
        ...(request.clientId === undefined ? {} : { clientId: request.clientId }),
        retryOptions: { maxRetries: 1 },
        redirectOptions: { maxRetries: 0 },
        ...(service && isLoopback(service.hostname) && request.ca !== undefined
          ? // A certificate of its own makes an agent for each sign-in, whose connection nobody would use again or close.
            { agent: new Agent({ ca: request.ca, keepAlive: false }) }
          : {}),
      });
      const { token, expiresOnTimestamp } = await credential.getToken(request.scope);
      return { token, lifetimeMs: expiresOnTimestamp - Date.now() };
    },
    (thrown, timedOut) => explainManagedIdentity(thrown instanceof Error ? thrown.message : '', timedOut),
  );
}

/** What a failure of the credential means: its errors differ by their messages alone. */
export function explainManagedIdentity(message: string, timedOut: boolean): ServiceError {
  if (
    timedOut ||
    message === '' ||
    /network (?:unreachable|error)|network_error|\bE(?:CONNREFUSED|HOSTUNREACH|NETUNREACH)\b/i.test(message)
  ) {
    return new ServiceError('unreachable', `No managed identity answers on this machine. ${onlyThere}`);
  }
  if (/identity not found/i.test(message)) {
    return new ServiceError(
      'signIn',
      `This machine does not have that managed identity. Check the client id. ${onlyThere}`,
    );
  }
  return new ServiceError('signIn', `The managed identity gave no token. ${onlyThere} It said: ${plainLine(message)}`);
}
