import type { Clock } from '../../jobs/clock.ts';
import type { Exchange } from '../../jobs/exchange.ts';
import { ServiceError } from '../../jobs/serviceError.ts';
import { type AccessToken, isSendable, readExpiry } from '../accessToken.ts';
import {
  type AmsAccount,
  type AuthorityAuthentication,
  acsTokenUrlOf,
  authorityHostOf,
  parseHttpsUrl,
  scopeOf,
} from '../account.ts';
import type { ClientSecretTokenRequest, EntraRequest } from '../entraRequest.ts';
import type { HttpSender } from '../httpSender.ts';
import type { SignInMemory, SignInPrompts } from '../signInPrompts.ts';
import type { RequestToken } from '../tokenCache.ts';
import { requestVscodeToken } from '../vscodeToken.ts';
import { requestAcsToken } from './acsToken.ts';

/** The identity bundle. Only its type is known here: it is large, and loaded when it is first needed. */
export type IdentityModule = typeof import('../identity.ts');

export interface TokenSourceOptions {
  readonly clock: Clock;
  readonly sender: HttpSender;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The secret of the account's sign-in method, or `undefined` where nobody has entered it yet. */
  readonly getSecret: () => Promise<string | undefined>;
  readonly prompts: SignInPrompts;
  readonly memory: SignInMemory;
  readonly loadIdentity: () => IdentityModule | Promise<IdentityModule>;
  readonly onExchange: (exchange: Exchange) => void;
}

/** The application that Microsoft's own developer tools sign people in with: the Azure CLI, and the Azure SDKs. */
const developerClientId = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

/** How an account gets its tokens, by its sign-in method. The secret is asked for anew each time. */
export function tokenSourceOf(account: AmsAccount, options: TokenSourceOptions): RequestToken {
  const authentication = account.authentication;
  const { clock, sender, prompts, memory } = options;
  const entra = async (request: EntraRequest, signal: AbortSignal): Promise<AccessToken> =>
    (await options.loadIdentity()).requestEntraToken(request, signal);
  switch (authentication.method) {
    case 'environment':
      return async (signal) => {
        const target = targetOf(account, authentication, options);
        return entra({ way: 'clientSecret', ...principalIn(options.env), ...target }, signal);
      };
    case 'servicePrincipal':
      return async (signal) => {
        const { tenantId, clientId } = authentication;
        const clientSecret = await requireSecret(options, 'client secret', account);
        const target = targetOf(account, authentication, options);
        return entra({ way: 'clientSecret', tenantId, clientId, clientSecret, ...target }, signal);
      };
    case 'certificate':
      return async (signal) => {
        const { tenantId, clientId, certificatePath } = authentication;
        const passphrase = (await options.getSecret()) || undefined;
        const target = targetOf(account, authentication, options);
        return entra({ way: 'certificate', tenantId, clientId, certificatePath, passphrase, ...target }, signal);
      };
    case 'browser':
    case 'deviceCode':
      return async (signal, _rejected, interactive) => {
        const { method: by, tenantId = 'organizations', clientId = developerClientId } = authentication;
        const target = targetOf(account, authentication, options);
        const how = { by, sender, prompts, memory, interactive } as const;
        return entra({ way: 'user', tenantId, clientId, ...how, ...target }, signal);
      };
    case 'azureCli':
      return (signal) => {
        const scope = scopeOf(account, authentication);
        return entra({ way: 'azureCli', tenantId: authentication.tenantId, scope, clock }, signal);
      };
    case 'managedIdentity':
      return (signal) => {
        const scope = scopeOf(account, authentication);
        const { clientId } = authentication;
        return entra({ way: 'managedIdentity', clientId, scope, clock, ca: account.ca }, signal);
      };
    case 'vscode':
      return async (signal, rejected, interactive) => {
        memory.refusedToken = rejected ?? memory.refusedToken;
        return requestVscodeToken({ account, authentication, prompts, memory, clock, interactive }, signal);
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
        return requestAcsToken({ tokenUrl: url, accountName, accountKey }, sender, clock, signal);
      };
    case 'token':
      return async (_signal, rejected) => fromPasted(await requireSecret(options, 'token', account), rejected, clock);
  }
}

async function requireSecret(options: TokenSourceOptions, what: string, account: AmsAccount): Promise<string> {
  const secret = await options.getSecret();
  if (secret === undefined || secret === '') {
    throw new ServiceError('secretMissing', `Sign in to enter the ${what} of the account: ${account.name}`);
  }
  return secret;
}

function principalIn(env: TokenSourceOptions['env']): {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
} {
  const names = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'] as const;
  const [tenantId = '', clientId = '', clientSecret = ''] = names.map((name) => env[name]);
  const missing = names.filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new ServiceError(
      'configuration',
      `Set the environment variables of the sign-in before VS Code starts. Missing: ${missing.join(', ')}`,
    );
  }
  return { tenantId, clientId, clientSecret };
}

/** Where to ask for a token, and what for. */
function targetOf(
  account: AmsAccount,
  authentication: AuthorityAuthentication,
  options: TokenSourceOptions,
): Required<Pick<ClientSecretTokenRequest, 'authorityHost' | 'scope' | 'ca' | 'onExchange'>> & {
  readonly clock: Clock;
} {
  return {
    authorityHost: parseHttpsUrl(authorityHostOf(account, authentication, options.env), 'authorityHost').href,
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
  };
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
