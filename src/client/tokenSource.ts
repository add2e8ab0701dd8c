import type { Clock } from '../jobs/clock.ts';
import type { Exchange } from '../jobs/exchange.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { type AccessToken, isSendable, readExpiry } from './accessToken.ts';
import {
  type AmsAccount,
  acsTokenUrlOf,
  authorityHostOf,
  type EnvironmentAuthentication,
  parseHttpsUrl,
  type ServicePrincipalAuthentication,
  scopeOf,
} from './account.ts';
import { requestAcsToken } from './acsToken.ts';
import type { HttpSender } from './httpSender.ts';
import type { RequestToken } from './tokenCache.ts';

/** The identity bundle. Only its type is known here: it is large, and loaded when it is first needed. */
export type IdentityModule = typeof import('./identity.ts');

export interface TokenSourceOptions {
  readonly clock: Clock;
  readonly sender: HttpSender;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The secret of the account's sign-in method, or `undefined` where nobody has entered it yet. */
  readonly getSecret: () => Promise<string | undefined>;
  readonly loadIdentity: () => IdentityModule | Promise<IdentityModule>;
  readonly onExchange: (exchange: Exchange) => void;
}

/** How an account gets its tokens, by its sign-in method. The secret is asked for anew each time. */
export function tokenSourceOf(account: AmsAccount, options: TokenSourceOptions): RequestToken {
  const authentication = account.authentication;
  switch (authentication.method) {
    case 'environment':
      return (signal) => fromEnvironment(account, authentication, options, signal);
    case 'servicePrincipal':
      return async (signal) => {
        const { tenantId, clientId } = authentication;
        const clientSecret = await requireSecret(options, 'client secret', account);
        return fromEntra(account, authentication, { tenantId, clientId, clientSecret }, options, signal);
      };
    case 'acs':
      return async (signal) => {
        const tokenUrl = acsTokenUrlOf(account, authentication);
        if (tokenUrl === null) {
          throw new ServiceError(
            'configuration',
            `The account needs the address of its token service: ${account.name}`,
          );
        }
        const { accountName } = authentication;
        const url = parseHttpsUrl(tokenUrl, 'acsTokenUrl');
        const accountKey = await requireSecret(options, 'account key', account);
        return requestAcsToken({ tokenUrl: url, accountName, accountKey }, options.sender, options.clock, signal);
      };
    case 'token':
      return async (_signal, rejected) =>
        fromPasted(await requireSecret(options, 'token', account), rejected, options.clock);
  }
}

async function requireSecret(options: TokenSourceOptions, what: string, account: AmsAccount): Promise<string> {
  const secret = await options.getSecret();
  if (secret === undefined || secret === '') {
    throw new ServiceError('secretMissing', `Sign in to enter the ${what} of the account: ${account.name}`);
  }
  return secret;
}

function fromEnvironment(
  account: AmsAccount,
  authentication: EnvironmentAuthentication,
  options: TokenSourceOptions,
  signal: AbortSignal,
): Promise<AccessToken> {
  const names = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'] as const;
  const [tenantId = '', clientId = '', clientSecret = ''] = names.map((name) => options.env[name]);
  const missing = names.filter((name) => !options.env[name]);
  if (missing.length > 0) {
    throw new ServiceError(
      'configuration',
      `Set the environment variables of the sign-in before VS Code starts. Missing: ${missing.join(', ')}`,
    );
  }
  return fromEntra(account, authentication, { tenantId, clientId, clientSecret }, options, signal);
}

async function fromEntra(
  account: AmsAccount,
  authentication: EnvironmentAuthentication | ServicePrincipalAuthentication,
  principal: { readonly tenantId: string; readonly clientId: string; readonly clientSecret: string },
  options: TokenSourceOptions,
  signal: AbortSignal,
): Promise<AccessToken> {
  const authority = parseHttpsUrl(authorityHostOf(account, authentication, options.env), 'authorityHost');
  const identity = await options.loadIdentity();
  return identity.requestClientSecretToken(
    {
      ...principal,
      authorityHost: authority.href,
      scope: scopeOf(account, authentication),
      ca: account.ca,
      clock: options.clock,
      onExchange: (exchange) => {
        try {
          options.onExchange({ ...exchange, account: account.name });
        } catch {
          // Who listens must not decide whether a request succeeds.
        }
      },
    },
    signal,
  );
}

/** A pasted token is used as it is until it expires or is refused; then only the person can give another. */
function fromPasted(pasted: string, rejected: string | null, clock: Clock): AccessToken {
  const token = pasted.trim().replace(/^Bearer(?:\s+|$)/i, '');
  if (!isSendable(token)) {
    throw new ServiceError('signIn', 'The pasted text is no token. Paste the token alone, without line breaks.');
  }
  const expiresAt = readExpiry(token);
  if (expiresAt !== null && expiresAt <= clock.now()) {
    throw new ServiceError('signIn', 'The pasted token has expired. Sign in again with a new one.');
  }
  if (token === rejected) {
    throw new ServiceError('signIn', 'The service does not accept the pasted token. Sign in again with a new one.', {
      status: 401,
    });
  }
  return { token, lifetimeMs: expiresAt === null ? null : expiresAt - clock.now() };
}
