import type { Clock } from '../jobs/clock.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { type AccessToken, isSendable, readExpiry } from './accessToken.ts';
import { type AmsAccount, cloudOf, scopeOf, type VscodeAuthentication } from './account.ts';
import { plainLine } from './redact.ts';
import { abortedError, raceAbort } from './signals.ts';
import type { SignInMemory, SignInPrompts } from './signInPrompts.ts';
import { refusalOf } from './signInRefusal.ts';

export interface VscodeTokenRequest {
  readonly account: Pick<AmsAccount, 'endpoint'>;
  readonly authentication: VscodeAuthentication;
  readonly prompts: Pick<SignInPrompts, 'getVscodeSession'>;
  readonly memory: Pick<SignInMemory, 'refusedToken'>;
  readonly clock: Clock;
  /** Whether a person waits who may be asked. */
  readonly interactive: boolean;
}

/**
 * Gets the token of a session of VS Code's own Microsoft sign-in. Silently, unless a person has clicked Sign In. VS Code
 * knows nothing of a token that the service has refused, so a person is then asked to sign in anew.
 */
export async function requestVscodeToken(request: VscodeTokenRequest, signal: AbortSignal): Promise<AccessToken> {
  const { account, authentication, prompts, memory, clock, interactive } = request;
  const { tenantId, clientId } = authentication;
  const scopes = [
    scopeOf(account, authentication),
    ...(tenantId === undefined ? [] : [`VSCODE_TENANT:${tenantId}`]),
    ...(clientId === undefined ? [] : [`VSCODE_CLIENT_ID:${clientId}`]),
  ];
  const provider = cloudOf(account).vscodeProvider;
  const ask = async (how: 'silent' | 'ask' | 'askAnew'): Promise<string | null> => {
    try {
      return await raceAbort(prompts.getVscodeSession({ provider, scopes, how }), signal);
    } catch (error) {
      throw explain(error, provider);
    }
  };
  let token = await ask('silent');
  if (interactive && (token === null || token === memory.refusedToken)) {
    token = await ask(token === null ? 'ask' : 'askAnew');
  }
  if (token === null) {
    throw new ServiceError('secretMissing', 'Sign in with a Microsoft account in VS Code to use this account.');
  }
  if (token === memory.refusedToken) {
    throw new ServiceError(
      'signIn',
      'The service does not accept the Microsoft account of VS Code. Sign in with one that is Contributor or Owner of the Media Services account.',
      { status: 401 },
    );
  }
  if (!isSendable(token)) {
    throw new ServiceError('badReply', 'VS Code did not answer with a token.');
  }
  const expiresAt = readExpiry(token);
  return { token, lifetimeMs: expiresAt === null ? null : expiresAt - clock.now() };
}

/** The provider's errors differ by their messages alone. */
function explain(error: unknown, provider: string): ServiceError {
  if (ServiceError.is(error)) {
    return error;
  }
  const message = plainLine(error instanceof Error ? error.message : String(error));
  if (/did not consent|cancel/i.test(message)) {
    return abortedError();
  }
  if (/AADSTS\d{4,8}/.test(message)) {
    return refusalOf(message);
  }
  if (provider === 'microsoft-sovereign-cloud') {
    return new ServiceError(
      'signIn',
      `VS Code could not sign in to the sovereign cloud. Set "microsoft-sovereign-cloud.environment" to the cloud of this account, then sign in. It said: ${message}`,
    );
  }
  return new ServiceError('signIn', `VS Code could not sign in: ${message}`);
}
