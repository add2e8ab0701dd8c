import type { Clock } from '../jobs/clock.ts';
import type { Exchange } from '../jobs/exchange.ts';
import type { HttpSender } from './httpSender.ts';
import type { SignInMemory, SignInPrompts } from './signInPrompts.ts';

/** What every request for a token at an authority of Entra ID has in common. */
interface AuthorityRequest {
  /** An https URL, e.g. `https://login.microsoftonline.com/`. */
  readonly authorityHost: string;
  readonly scope: string;
  /** A root certificate in PEM, used where the authority is on loopback. */
  readonly ca?: string | undefined;
  readonly clock?: Clock | undefined;
  /** Hears of every request to the authority, bodies taken out. */
  readonly onExchange?: ((exchange: Omit<Exchange, 'account'>) => void) | undefined;
}

export interface ClientSecretTokenRequest extends AuthorityRequest {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface CertificateTokenRequest extends AuthorityRequest {
  readonly tenantId: string;
  readonly clientId: string;
  readonly certificatePath: string;
  /** `undefined` where nobody has entered one; a key that is not encrypted needs none. */
  readonly passphrase: string | undefined;
}

export interface UserTokenRequest extends AuthorityRequest {
  readonly by: 'browser' | 'deviceCode';
  readonly tenantId: string;
  readonly clientId: string;
  readonly clock: Clock;
  readonly sender: Pick<HttpSender, 'send'>;
  readonly prompts: SignInPrompts;
  readonly memory: SignInMemory;
  /** Whether a person waits who may be asked. */
  readonly interactive: boolean;
}

export interface AzureCliTokenRequest {
  readonly tenantId: string | undefined;
  readonly scope: string;
  readonly clock: Clock;
}

export interface ManagedIdentityTokenRequest {
  readonly clientId: string | undefined;
  readonly scope: string;
  readonly clock: Clock;
  /** A root certificate in PEM, used where the environment names a token service on loopback. */
  readonly ca?: string | undefined;
}

/** A request for a token, by the way to get it. */
export type EntraRequest =
  | ({ readonly way: 'clientSecret' } & ClientSecretTokenRequest)
  | ({ readonly way: 'certificate' } & CertificateTokenRequest)
  | ({ readonly way: 'user' } & UserTokenRequest)
  | ({ readonly way: 'azureCli' } & AzureCliTokenRequest)
  | ({ readonly way: 'managedIdentity' } & ManagedIdentityTokenRequest);
