import { ClientSecretCredential } from '@azure/identity';
import { type Clock, systemClock } from '../jobs/clock.ts';
import type { Exchange } from '../jobs/exchange.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import type { AccessToken } from './accessToken.ts';
import { isKnownAuthority } from './clouds.ts';
import { IdentityObserver } from './identityObserver.ts';
import { isLoopback } from './loopback.ts';
import { abortedError, linkedController, raceAbort } from './signals.ts';

export interface ClientSecretTokenRequest {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** An https URL, e.g. `https://login.microsoftonline.com/`. */
  readonly authorityHost: string;
  readonly scope: string;
  /** A root certificate in PEM, used where the authority is on loopback. */
  readonly ca?: string | undefined;
  readonly clock?: Clock | undefined;
  /** Hears of every request to the authority, bodies taken out. */
  readonly onExchange?: ((exchange: Omit<Exchange, 'account'>) => void) | undefined;
}

/** The whole sign-in, in milliseconds: discovery document, token, and one repetition of each. */
const timeoutMs = 45_000;

/**
 * Signs in with a client secret at Entra ID. A credential is made for each request: one that is kept answers from its
 * own cache, also with a token that the service has just refused.
 * @throws ServiceError `signIn` with the AADSTS code where the authority refuses, `unreachable`, `throttled`,
 * `configuration`, `badReply`, or `aborted`.
 */
export async function requestClientSecretToken(
  request: ClientSecretTokenRequest,
  signal: AbortSignal,
): Promise<AccessToken> {
  if (signal.aborted) {
    throw abortedError();
  }
  const authority = new URL(request.authorityHost);
  const onLoopback = isLoopback(authority.hostname);
  const clock = request.clock ?? systemClock;
  const { controller, unlink } = linkedController(signal);
  // The pipeline's own time-out leaves its timer behind and does not cover the body.
  let timedOut = false;
  const timer = clock.setTimeout(() => {
    timedOut = true;
    controller.abort();
  }, timeoutMs);
  const observer = new IdentityObserver({
    authority,
    secrets: [request.clientSecret],
    signal: controller.signal,
    clock,
    bypassProxy: onLoopback,
    onExchange: request.onExchange ?? (() => undefined),
  });
  try {
    const credential = new ClientSecretCredential(request.tenantId, request.clientId, request.clientSecret, {
      authorityHost: authority.href,
      // An authority that is no Microsoft cloud is unknown to Microsoft's instance discovery.
      disableInstanceDiscovery: !isKnownAuthority(authority.hostname),
      // A redirected token request would carry the client secret along.
      redirectOptions: { maxRetries: 0 },
      retryOptions: { maxRetries: 1, retryDelayInMs: 200, maxRetryDelayInMs: 1000 },
      additionalPolicies: [{ policy: observer.policy, position: 'perRetry' }],
      ...(onLoopback && request.ca !== undefined ? { tlsOptions: { ca: request.ca } } : {}),
    });
    const token = await raceAbort(credential.getToken(request.scope), controller.signal);
    // The credential reckons the expiry from this machine's clock, so the difference is the lifetime.
    return { token: token.token, lifetimeMs: token.expiresOnTimestamp - Date.now() };
  } catch (error) {
    if (signal.aborted) {
      throw abortedError();
    }
    if (timedOut) {
      throw new ServiceError('unreachable', `The sign-in service did not answer in time: ${authority.host}`);
    }
    throw observer.explain(error);
  } finally {
    timer.dispose();
    unlink();
  }
}
