import { randomUUID } from 'node:crypto';
import {
  type AuthenticationResult,
  CryptoProvider,
  type DeviceCodeRequest,
  type ICachePlugin,
  PublicClientApplication,
} from '@azure/msal-node';
import { ServiceError } from '../jobs/serviceError.ts';
import type { AccessToken } from './accessToken.ts';
import { isKnownAuthority } from './clouds.ts';
import type { UserTokenRequest } from './entraRequest.ts';
import { soundLogin } from './keptLogin.ts';
import { listenForRedirect } from './loopbackRedirect.ts';
import { MsalNetwork } from './msalNetwork.ts';
import { abortedError, raceAbort } from './signals.ts';
import type { SignInMemory } from './signInPrompts.ts';
import { refusalOf } from './signInRefusal.ts';
import { withTimeLimit } from './timeLimit.ts';

/** Without a person: one refresh. */
const silentMs = 45_000;
/** With one: as long as a code is good, which a second factor and a lost phone may need. */
const personMs = 15 * 60_000;

/**
 * Gets a token for a person: from the login that is kept, else, where the person waits, by a sign-in in a browser of
 * this machine or with a code in any. Kept are the refresh token and who it is of; access tokens are not.
 */
export function requestUserToken(request: UserTokenRequest, signal: AbortSignal): Promise<AccessToken> {
  const authority = new URL(request.authorityHost);
  let network: MsalNetwork | null = null;
  return withTimeLimit(
    { clock: request.clock, ms: request.interactive ? personMs : silentMs, signal },
    async (limited) => {
      network = new MsalNetwork({ authority, sender: request.sender, clock: request.clock, signal: limited });
      const application = new PublicClientApplication({
        auth: {
          clientId: request.clientId,
          authority: new URL(request.tenantId, authority).href,
          // An authority that is no Microsoft cloud is unknown to Microsoft's instance discovery.
          knownAuthorities: isKnownAuthority(authority.hostname) ? [] : [authority.host],
        },
        cache: { cachePlugin: keptLogin(request.memory, request.interactive) },
        system: { networkClient: network },
      });
      const result = await signIn(application, request, limited);
      if (!result?.accessToken) {
        throw new ServiceError('badReply', `The sign-in service did not answer with a token: ${authority.host}`);
      }
      const expiresAt = result.expiresOn?.getTime();
      return { token: result.accessToken, lifetimeMs: expiresAt === undefined ? null : expiresAt - Date.now() };
    },
    (thrown, timedOut) => {
      if (timedOut && request.interactive) {
        return new ServiceError('signIn', 'The sign-in was not finished in time. Sign in again.');
      }
      if (!request.interactive && !timedOut && !network?.isUsed && !ServiceError.is(thrown)) {
        // MSAL could make nothing of the login that was kept.
        return new ServiceError('signIn', 'The login that was kept cannot be used any more. Sign in again.');
      }
      return timedOut || !network
        ? new ServiceError('unreachable', `The sign-in service did not answer in time: ${authority.host}`)
        : network.explain(thrown);
    },
  );
}

function signIn(
  application: PublicClientApplication,
  request: UserTokenRequest,
  signal: AbortSignal,
): Promise<AuthenticationResult | null> {
  if (!request.interactive) {
    return refresh(application, request.scope);
  }
  return request.by === 'browser'
    ? byBrowser(application, request, signal)
    : byDeviceCode(application, request, signal);
}

/** MSAL would answer from its cache; who asks here has a token already that is about to expire or was refused. */
async function refresh(application: PublicClientApplication, scope: string): Promise<AuthenticationResult> {
  const [account] = await application.getAllAccounts();
  if (!account) {
    throw new ServiceError('secretMissing', 'Nobody has signed in to this account yet. Sign in to go on.');
  }
  return application.acquireTokenSilent({ account, scopes: [scope], forceRefresh: true });
}

async function byBrowser(
  application: PublicClientApplication,
  request: UserTokenRequest,
  signal: AbortSignal,
): Promise<AuthenticationResult | null> {
  const state = randomUUID();
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const redirect = await listenForRedirect(state, {
    succeeded: 'You are signed in. Close this page and go back to Visual Studio Code.',
    failed: 'You are not signed in. Close this page and go back to Visual Studio Code to see why.',
  });
  try {
    const { redirectUri } = redirect;
    const scopes = [request.scope];
    const address = await application.getAuthCodeUrl({
      scopes,
      redirectUri,
      state,
      responseMode: 'form_post',
      codeChallenge: challenge,
      codeChallengeMethod: 'S256',
      prompt: 'select_account',
    });
    await raceAbort(request.prompts.openBrowser(address), signal);
    const answer = await raceAbort(redirect.answer, signal);
    const code = answer.get('code');
    if (code === null) {
      const said = answer.get('error_description') ?? answer.get('error') ?? '';
      throw refusalOf(said.replace(/\s+/g, ' ').slice(0, 500));
    }
    const clientInfo = answer.get('client_info');
    return await application.acquireTokenByCode({
      scopes,
      redirectUri,
      code,
      codeVerifier: verifier,
      ...(clientInfo === null ? {} : { clientInfo }),
    });
  } finally {
    redirect.close();
  }
}

async function byDeviceCode(
  application: PublicClientApplication,
  { scope, prompts }: UserTokenRequest,
  signal: AbortSignal,
): Promise<AuthenticationResult | null> {
  const { promise: givenUp, reject: giveUp } = Promise.withResolvers<never>();
  const request: DeviceCodeRequest = {
    scopes: [scope],
    deviceCodeCallback: ({ userCode, verificationUri }) => {
      prompts.showDeviceCode({ userCode, address: verificationUri }).then((goesOn) => {
        if (!goesOn) {
          giveUp(abortedError());
        }
      }, giveUp);
    },
  };
  try {
    return await Promise.race([application.acquireTokenByDeviceCode(request), givenUp, raceAbort(givenUp, signal)]);
  } finally {
    // MSAL looks at this before it asks again.
    request.cancel = true;
  }
}

/** Reads and writes the login. A person who signs in afresh begins with nothing, so that one login is kept at most. */
function keptLogin(memory: SignInMemory, afresh: boolean): ICachePlugin {
  let isRead = afresh;
  return {
    beforeCacheAccess: async ({ tokenCache }) => {
      if (!isRead) {
        isRead = true;
        // What is none counts as none: the person signs in again.
        const login = soundLogin((await memory.load()) ?? '');
        if (login !== null) {
          tokenCache.deserialize(login);
        }
      }
    },
    afterCacheAccess: async ({ cacheHasChanged, tokenCache }) => {
      if (cacheHasChanged) {
        const kept = JSON.parse(tokenCache.serialize()) as Record<string, unknown>;
        await memory.save(JSON.stringify({ ...kept, AccessToken: {} }));
      }
    },
  };
}
