import { createHash } from 'node:crypto';
import { acsTokenUrlOf, authorityHostOf, cloudOf, type ServiceAccount } from '../client/account.ts';

/** What a person has to enter before an account can sign in. */
export type SecretKind = 'clientSecret' | 'passphrase' | 'accountKey' | 'token' | 'apiKey';

/**
 * Where an account's secret goes. It is bound to the secret when it is stored: should any part change, the secret is
 * not sent, and the person is asked again with both destinations in view.
 */
export interface SecretDestination {
  /** The origins that see the secret or a token made from it, for people to compare. */
  readonly origins: readonly string[];
  /** A digest over kind, method, identity and origins. */
  readonly fingerprint: string;
}

/**
 * Which secret a person enters for an account, or `null` where there is none. The login that `browser` and `deviceCode`
 * keep is a secret as well, but nobody enters it.
 */
export function secretKindOf(account: ServiceAccount): SecretKind | null {
  switch (account.authentication.method) {
    case 'servicePrincipal':
      return 'clientSecret';
    case 'acs':
      return 'accountKey';
    case 'token':
      return 'token';
    case 'apiKey':
      return 'apiKey';
    case 'certificate':
      return 'passphrase';
    case 'vscode':
    case 'environment':
    case 'azureCli':
    case 'browser':
    case 'deviceCode':
    case 'managedIdentity':
      return null;
  }
}

export function secretDestinationOf(account: ServiceAccount): SecretDestination {
  const { authentication, endpoint, kind } = account;
  const origins = [originOf(endpoint)];
  const identity: string[] = [];
  switch (authentication.method) {
    case 'servicePrincipal':
    case 'certificate':
    case 'browser':
    case 'deviceCode':
      identity.push(authentication.tenantId ?? '', authentication.clientId ?? '');
      origins.unshift(originOf(authorityHostOf(account, authentication, {})));
      break;
    case 'acs':
      identity.push(authentication.accountName);
      origins.unshift(originOf(acsTokenUrlOf(account, authentication) ?? ''));
      break;
    case 'vscode':
      identity.push(authentication.tenantId ?? '', authentication.clientId ?? '');
      origins.unshift(originOf(cloudOf(account).authorityHost));
      break;
    case 'azureCli':
      identity.push(authentication.tenantId ?? '');
      break;
    case 'managedIdentity':
      identity.push(authentication.clientId ?? '');
      break;
    case 'token':
    case 'apiKey':
    case 'environment':
      break;
  }
  const parts = [kind, authentication.method, ...identity, ...origins];
  const fingerprint = createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
  return { origins: [...new Set(origins)], fingerprint };
}

function originOf(address: string): string {
  return URL.parse(address)?.origin ?? address;
}
