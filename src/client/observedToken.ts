import type { ClientSecretCredentialOptions, TokenCredential } from '@azure/identity';
import { systemClock } from '../jobs/clock.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import type { AccessToken } from './accessToken.ts';
import { isKnownAuthority } from './clouds.ts';
import type { ClientSecretTokenRequest } from './entraRequest.ts';
import { IdentityObserver } from './identityObserver.ts';
import { isLoopback } from './loopback.ts';
import { withTimeLimit } from './timeLimit.ts';

/** The whole sign-in, in milliseconds: discovery document, token, and one repetition of each. */
const timeoutMs = 45_000;

/**
 * Gets a token through a credential of the Azure SDK and explains what goes wrong by what the authority said. A
 * credential is made for each request: one that is kept answers from its own cache, also with a token that the service
 * has just refused.
 * @param secrets taken out of everything that is reported
 */
export function requestObservedToken(
  request: Pick<ClientSecretTokenRequest, 'authorityHost' | 'scope' | 'ca' | 'clock' | 'onExchange'>,
  secrets: readonly string[],
  createCredential: (options: ClientSecretCredentialOptions) => TokenCredential,
  signal: AbortSignal,
): Promise<AccessToken> {
  const authority = new URL(request.authorityHost);
  const onLoopback = isLoopback(authority.hostname);
  const clock = request.clock ?? systemClock;
  let observer: IdentityObserver | null = null;
  return withTimeLimit(
    // The pipeline's own time-out leaves its timer behind and does not cover the body.
    { clock, ms: timeoutMs, signal },
    async (limited) => {
      observer = new IdentityObserver({
        authority,
        secrets,
        signal: limited,
        clock,
        bypassProxy: onLoopback,
        onExchange: request.onExchange ?? (() => undefined),
      });
      const credential = createCredential({
        authorityHost: authority.href,
        // An authority that is no Microsoft cloud is unknown to Microsoft's instance discovery.
        disableInstanceDiscovery: !isKnownAuthority(authority.hostname),
        // A redirected token request would carry the secret along.
        redirectOptions: { maxRetries: 0 },
        retryOptions: { maxRetries: 1, retryDelayInMs: 200, maxRetryDelayInMs: 1000 },
        additionalPolicies: [{ policy: observer.policy, position: 'perRetry' }],
        ...(onLoopback && request.ca !== undefined ? { tlsOptions: { ca: request.ca } } : {}),
      });
      const token = await credential.getToken(request.scope);
      if (!token) {
        throw new Error('The credential gave no token.');
      }
      // The credential reckons the expiry from this machine's clock, so the difference is the lifetime.
      return { token: token.token, lifetimeMs: token.expiresOnTimestamp - Date.now() };
    },
    (thrown, timedOut) => {
      if (timedOut || !observer) {
        return new ServiceError('unreachable', `The sign-in service did not answer in time: ${authority.host}`);
      }
      return observer.explain(thrown);
    },
  );
}
