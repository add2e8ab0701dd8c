import { parse } from 'tldts';
import type { ServiceKind } from './account.ts';
import { isMediaServicesHost } from './clouds.ts';
import { isLoopback } from './loopback.ts';

/** What decides where an account's token may go. */
export interface TrustRules {
  /** Azure Media Services where it is left out. */
  readonly kind?: ServiceKind;
  /** The endpoint that the account's settings name. */
  readonly endpoint: string;
  /** Hosts that a person has agreed to: a host, `host:port`, or `*.` before a domain. */
  readonly trustedHosts: readonly string[];
}

/** One understood entry of `trustedHosts`. */
export type TrustedHost =
  | { readonly kind: 'host'; readonly host: string; readonly port: string }
  /** Every name below `domain`, at any depth, on the default port; not `domain` itself. */
  | { readonly kind: 'below'; readonly domain: string };

/** Zones where anyone can register a name. A name in one of them is trusted only by an entry that spells it out. */
const claimableZones = [
  'cloudapp.net',
  'cloudapp.azure.com',
  'chinacloudapp.cn',
  'cloudapp.chinacloudapi.cn',
  'usgovcloudapp.net',
  'cloudapp.usgovcloudapi.net',
  'azurefd.net',
  'azurefd.us',
  'azureedge.net',
  'azurewebsites.net',
  'azurewebsites.us',
  'chinacloudsites.cn',
  'trafficmanager.net',
  'trafficmanager.cn',
  'usgovtrafficmanager.net',
  'azure-api.net',
  'azurecontainerapps.io',
  'azurecontainer.io',
  'azurestaticapps.net',
  'windows.net',
];

/**
 * Whether an account's token may be sent to a URL. Trusted are, over https only and by origin (host and port): the
 * endpoint's own origin; for Azure Media Services its own hosts on the default port; any loopback origin where the account
 * itself is on loopback; and what `trustedHosts` allows. `URL` has brought host names into one form before they are
 * compared (lower case, punycode, numeric IPv4 forms as dotted quads), so that no spelling slips past a rule.
 */
export function isTrusted(url: URL, rules: TrustRules): boolean {
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') {
    return false;
  }
  const host = hostOf(url);
  const endpoint = URL.parse(rules.endpoint);
  if (endpoint?.protocol === 'https:') {
    const endpointHost = hostOf(endpoint);
    if (host === endpointHost && url.port === endpoint.port) {
      return true;
    }
    if (isLoopback(host) && isLoopback(endpointHost)) {
      return true;
    }
  }
  const { kind = 'ams' } = rules;
  if (kind === 'ams' && url.port === '' && isMediaServicesHost(host)) {
    return true;
  }
  return rules.trustedHosts.some((entry) => {
    const trusted = parseTrustedHost(entry);
    return trusted !== null && allows(trusted, host, url.port);
  });
}

function allows(trusted: TrustedHost, host: string, port: string): boolean {
  return trusted.kind === 'host'
    ? trusted.host === host && trusted.port === port
    : port === '' && host.endsWith(`.${trusted.domain}`) && !isClaimable(host);
}

/**
 * Reads one entry of `trustedHosts`. Without a port it means the default port of https. A wildcard needs at least two
 * labels below a public suffix after its `*.`, and cannot open a zone where anyone can register a name.
 * @returns `null` for an entry that means nothing, or too much.
 */
export function parseTrustedHost(entry: string): TrustedHost | null {
  const wildcard = entry.startsWith('*.');
  const text = wildcard ? entry.slice(2) : entry;
  if (text === '' || /[\s/\\?#@%*]/.test(text)) {
    return null;
  }
  const url = URL.parse(`https://${text}`);
  if (url?.pathname !== '/') {
    return null;
  }
  const host = hostOf(url);
  if (host === '' || host.endsWith('.')) {
    return null;
  }
  if (!wildcard) {
    return { kind: 'host', host, port: url.port };
  }
  return url.port === '' && labelsBelowPublicSuffix(host) >= 2 && !isClaimable(host)
    ? { kind: 'below', domain: host }
    : null;
}

/** The entry of `trustedHosts` that trusts an origin and nothing else, e.g. `host` or `host:8443`. */
export function trustedHostEntry(origin: string): string {
  const url = new URL(origin);
  return url.port === '' ? hostOf(url) : `${hostOf(url)}:${url.port}`;
}

/** An origin as it is shown when a person is asked about it: scheme, host in punycode, port where it is not the default. */
export function describeOrigin(url: URL): string {
  // `URL.origin` is the string "null" for schemes without one.
  return url.host === '' ? url.protocol : `${url.protocol}//${url.host}`;
}

/** The host name without the one trailing dot that makes it absolute: both spellings lead to the same machine. */
function hostOf(url: URL): string {
  return url.hostname.endsWith('.') ? url.hostname.slice(0, -1) : url.hostname;
}

function isClaimable(host: string): boolean {
  return claimableZones.some((zone) => host === zone || host.endsWith(`.${zone}`));
}

function labelsBelowPublicSuffix(host: string): number {
  const { publicSuffix, isIp } = parse(host, { allowPrivateDomains: true });
  if (isIp || publicSuffix === null || publicSuffix === host) {
    return 0;
  }
  return host.slice(0, -publicSuffix.length - 1).split('.').length;
}
