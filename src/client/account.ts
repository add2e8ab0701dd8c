import { ServiceError } from '../jobs/serviceError.ts';
import { type Cloud, cloudOfHost } from './clouds.ts';

/** An account of one of the services, as the setting `mediaServices.accounts` describes it. */
export type ServiceAccount = AmsAccount | MkioAccount | RavnurAccount;

export type ServiceKind = ServiceAccount['kind'];

interface CommonAccount {
  /** Unique among the accounts; shown wherever the account is. */
  readonly name: string;
  /** Where requests go; what it means to each kind of service is said there. */
  readonly endpoint: string;
  /** Where a redirect or a next link may take this account's token: a host, `host:port`, or `*.` before a domain. */
  readonly trustedHosts: readonly string[];
  /** A root certificate in PEM for the account's loopback origins alone: only the emulator's accounts have one. */
  readonly ca?: string | undefined;
}

/** An account of Azure Media Services v2. Its endpoint is the global root, or the account's own API root. */
export interface AmsAccount extends CommonAccount {
  readonly kind: 'ams';
  readonly authentication: AmsAuthentication;
}

/**
 * A project of MediaKind MK.IO, or a subscription as its older addresses have it: one of the two is there. The endpoint
 * is the service's origin.
 */
export interface MkioAccount extends CommonAccount {
  readonly kind: 'mkio';
  readonly authentication: TokenAuthentication;
  readonly project?: string | undefined;
  readonly subscription?: string | undefined;
}

/** An account of Ravnur Media Services, whose endpoint is the customer's own. */
export interface RavnurAccount extends CommonAccount {
  readonly kind: 'ravnur';
  readonly authentication: ApiKeyAuthentication;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly accountName: string;
}

export type AmsAuthentication =
  | VscodeAuthentication
  | ServicePrincipalAuthentication
  | CertificateAuthentication
  | EnvironmentAuthentication
  | AzureCliAuthentication
  | UserAuthentication
  | ManagedIdentityAuthentication
  | AcsAuthentication
  | TokenAuthentication;

interface EntraOptions {
  /** Where to sign in; the cloud's own where it is left out. */
  readonly authorityHost?: string | undefined;
  /** What the token is for; the cloud's Media Services where it is left out. */
  readonly scope?: string | undefined;
}

/** Tenant, client and secret from the `AZURE_*` environment variables. */
export interface EnvironmentAuthentication extends EntraOptions {
  readonly method: 'environment';
}

/** An app registration with a client secret. */
export interface ServicePrincipalAuthentication extends EntraOptions {
  readonly method: 'servicePrincipal';
  readonly tenantId: string;
  readonly clientId: string;
}

/** An app registration with a certificate. */
export interface CertificateAuthentication extends EntraOptions {
  readonly method: 'certificate';
  readonly tenantId: string;
  readonly clientId: string;
  /** A PEM file with the certificate and its private key. The passphrase of an encrypted key is a secret. */
  readonly certificatePath: string;
}

/** The Microsoft account that a person has signed in to VS Code with. */
export interface VscodeAuthentication {
  readonly method: 'vscode';
  /** The person's home tenant where it is left out. */
  readonly tenantId?: string | undefined;
  /** VS Code's own application where it is left out. */
  readonly clientId?: string | undefined;
  readonly scope?: string | undefined;
}

/** Whom `az login` has signed in. */
export interface AzureCliAuthentication {
  readonly method: 'azureCli';
  readonly tenantId?: string | undefined;
  readonly scope?: string | undefined;
}

/** A person who signs in with a browser: on this machine, or on any by a code. */
export interface UserAuthentication extends EntraOptions {
  readonly method: 'browser' | 'deviceCode';
  /** Any organization's tenant where it is left out. */
  readonly tenantId?: string | undefined;
  /** The application of Microsoft's developer tools where it is left out. */
  readonly clientId?: string | undefined;
}

/** The identity of the Azure machine that the extension runs on. */
export interface ManagedIdentityAuthentication {
  readonly method: 'managedIdentity';
  /** Of a user-assigned identity; the machine's own where it is left out. */
  readonly clientId?: string | undefined;
  readonly scope?: string | undefined;
}

/** Account name and account key at the Access Control Service, the sign-in of the time before Entra ID. */
export interface AcsAuthentication {
  readonly method: 'acs';
  readonly accountName: string;
  /** The cloud's own where it is left out. */
  readonly acsTokenUrl?: string | undefined;
}

/** A token that a person pasted. */
export interface TokenAuthentication {
  readonly method: 'token';
}

/** A key that the service gives tokens for. */
export interface ApiKeyAuthentication {
  readonly method: 'apiKey';
}

/** The methods that have an Entra ID authority of their own choice. */
export type AuthorityAuthentication =
  | EnvironmentAuthentication
  | ServicePrincipalAuthentication
  | CertificateAuthentication
  | UserAuthentication;

/** Whether a person signs in by themselves, in VS Code or a browser, instead of entering a secret. */
export function isInteractive(
  authentication: ServiceAccount['authentication'],
): authentication is VscodeAuthentication | UserAuthentication {
  const { method } = authentication;
  return method === 'vscode' || method === 'browser' || method === 'deviceCode';
}

/** The cloud that the account's endpoint lies in. */
export function cloudOf(account: Pick<AmsAccount, 'endpoint'>): Cloud {
  return cloudOfHost(URL.parse(account.endpoint)?.hostname ?? '');
}

/**
 * The Entra ID authority for an account: what its settings say, else `AZURE_AUTHORITY_HOST` for the method
 * `environment`, else the cloud's.
 */
export function authorityHostOf(
  account: Pick<AmsAccount, 'endpoint'>,
  authentication: AuthorityAuthentication,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const fromEnvironment = authentication.method === 'environment' ? env['AZURE_AUTHORITY_HOST'] : undefined;
  return authentication.authorityHost || fromEnvironment || cloudOf(account).authorityHost;
}

export function scopeOf(account: Pick<AmsAccount, 'endpoint'>, authentication: Pick<EntraOptions, 'scope'>): string {
  return authentication.scope || cloudOf(account).scope;
}

/** The token service for the method `acs`, or `null` where the settings name none and the cloud had none. */
export function acsTokenUrlOf(account: Pick<AmsAccount, 'endpoint'>, authentication: AcsAuthentication): string | null {
  return authentication.acsTokenUrl || cloudOf(account).acsTokenUrl;
}

/**
 * Reads an address that a secret or a token is sent to.
 * @param what names the setting in the message, e.g. `endpoint`.
 * @throws ServiceError `configuration` unless it is an https URL without user name and password.
 */
export function parseHttpsUrl(text: string, what: string): URL {
  const url = URL.parse(text);
  if (!url) {
    throw new ServiceError('configuration', `The ${what} is not a URL: ${text.slice(0, 200)}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new ServiceError('configuration', `The ${what} must not hold a user name or password: ${url.origin}`);
  }
  if (url.protocol !== 'https:') {
    throw new ServiceError('configuration', `The ${what} must begin with https: ${text.slice(0, 200)}`);
  }
  return url;
}
