/**
 * What Microsoft documented of the clouds that ran Azure Media Services v2: "Access the Azure Media Services API with
 * Microsoft Entra authentication" for sign-in, the environment constants of Microsoft's .NET and PHP SDKs for the rest.
 */
export interface Cloud {
  readonly name: string;
  /** Where Entra ID signs in, as an origin with a trailing slash. */
  readonly authorityHost: string;
  /** The authentication provider of VS Code that signs in to this cloud. */
  readonly vscodeProvider: 'microsoft' | 'microsoft-sovereign-cloud';
  /** The scope that names the Media Services resource at the v2.0 token endpoint. */
  readonly scope: string;
  /** The token service of the time before Entra ID, or `null` where none was documented. */
  readonly acsTokenUrl: string | null;
  /** The host of the global root, which answers with the API root to use; `null` where none was documented. */
  readonly globalRoot: string | null;
  /** `<account>.restv2.<location>.<this>` is an account's API endpoint. */
  readonly mediaDomain: string;
  /** The cloud's other domains, by which an endpoint in it is recognised. None of them is trusted for that. */
  readonly domains: readonly string[];
}

const globalCloud: Cloud = {
  name: 'Azure',
  authorityHost: 'https://login.microsoftonline.com/',
  vscodeProvider: 'microsoft',
  scope: 'https://rest.media.azure.net/.default',
  acsTokenUrl: 'https://wamsprodglobal001acs.accesscontrol.windows.net/v2/OAuth2-13',
  globalRoot: 'media.windows.net',
  mediaDomain: 'media.azure.net',
  domains: [],
};

const clouds: readonly Cloud[] = [
  globalCloud,
  {
    name: 'Azure China',
    authorityHost: 'https://login.chinacloudapi.cn/',
    vscodeProvider: 'microsoft-sovereign-cloud',
    scope: 'https://rest.media.chinacloudapi.cn/.default',
    acsTokenUrl: 'https://wamsprodglobal001acs.accesscontrol.chinacloudapi.cn/v2/OAuth2-13',
    globalRoot: 'media.chinacloudapi.cn',
    mediaDomain: 'media.chinacloudapi.cn',
    domains: ['chinacloudapi.cn', 'chinacloudapp.cn'],
  },
  {
    name: 'Azure US Government',
    authorityHost: 'https://login.microsoftonline.us/',
    vscodeProvider: 'microsoft-sovereign-cloud',
    scope: 'https://rest.media.usgovcloudapi.net/.default',
    acsTokenUrl: 'https://ams-usge-0-acs-global-1-1.accesscontrol.usgovcloudapi.net/v2/OAuth2-13',
    // Its documented root lies in usgovcloudapp.net, where anyone can register a name: never trusted by itself.
    globalRoot: null,
    mediaDomain: 'media.usgovcloudapi.net',
    domains: ['usgovcloudapi.net', 'usgovcloudapp.net'],
  },
  {
    name: 'Azure Germany',
    authorityHost: 'https://login.microsoftonline.de/',
    vscodeProvider: 'microsoft-sovereign-cloud',
    scope: 'https://rest.media.cloudapi.de/.default',
    acsTokenUrl: null,
    globalRoot: null,
    mediaDomain: 'media.cloudapi.de',
    domains: ['cloudapi.de'],
  },
];

/** Hosts that Entra ID signs in at, with the older names that SDKs still know. */
const authorityHosts: ReadonlySet<string> = new Set([
  ...clouds.map((cloud) => new URL(cloud.authorityHost).hostname),
  'login.windows.net',
  'login-us.microsoftonline.com',
  'login.partner.microsoftonline.cn',
]);

/** The cloud that an endpoint lies in, by its host name; the global one where nothing says otherwise. */
export function cloudOfHost(hostname: string): Cloud {
  const host = hostname.toLowerCase();
  const within = (domain: string): boolean => host === domain || host.endsWith(`.${domain}`);
  return clouds.find((cloud) => cloud.domains.some(within)) ?? globalCloud;
}

/** Whether the host is one where Entra ID itself signs in, so that its instance discovery knows it. */
export function isKnownAuthority(hostname: string): boolean {
  return authorityHosts.has(hostname.toLowerCase());
}

/**
 * Whether a host is run by Media Services itself: a global root, or an account's endpoint in one of the clouds.
 * `hostname` is in the ASCII lower-case form that `URL` gives; the whole of it must match.
 */
export function isMediaServicesHost(hostname: string): boolean {
  return clouds.some((cloud) => {
    if (hostname === cloud.globalRoot) {
      return true;
    }
    const suffix = `.${cloud.mediaDomain}`;
    return hostname.endsWith(suffix) && accountAndLocation.test(hostname.slice(0, -suffix.length));
  });
}

/** Account names are 3 to 24 lower-case letters and digits, as the .NET SDK checks them; locations look like `westus-2`. */
const accountAndLocation = /^[a-z0-9]{3,24}\.restv2\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
