import { ServiceError } from '../jobs/serviceError.ts';
import { parseHttpsUrl, type ServiceAccount } from './account.ts';
import { type Capability, readCapabilities } from './capability.ts';
import { describeOrigin, isTrusted } from './trust.ts';

/**
 * Keeps the API root that was found for an account, and what it turned out to lack, across restarts. What is kept is
 * opaque to whoever keeps it; it holds no secret.
 */
export interface EndpointCache {
  load(): string | undefined;
  /** `undefined` drops what is kept. */
  save(value: string | undefined): void;
}

type EndpointAccount = Pick<ServiceAccount, 'kind' | 'endpoint' | 'trustedHosts'>;

/**
 * Knows the API root that an account's requests go to: the configured endpoint, until a redirect has named another.
 * "Connecting to the Media Services REST API" asks clients to use that other one for every later call. What was learned
 * of an API root belongs to it, and is gone with it.
 */
export class Endpoint {
  readonly #account: EndpointAccount;
  readonly #cache: EndpointCache;
  readonly #configured: URL;
  #found: URL | null = null;
  #lacking: ReadonlySet<Capability> = new Set();
  /** Counts what was forgotten, so that a request from before cannot bring it back. */
  #generation = 0;

  /** @throws ServiceError `configuration` where the configured endpoint cannot be used. */
  constructor(account: EndpointAccount, cache: EndpointCache) {
    this.#account = account;
    this.#cache = cache;
    this.#configured = apiRootOf(account);
    this.#load();
  }

  /** The API root to use now, ending in a slash. */
  get root(): URL {
    return this.#found ?? this.#configured;
  }

  /** The API root that follows from the settings alone. */
  get configured(): URL {
    return this.#configured;
  }

  /** What the API root in use has turned out to lack. */
  get lacking(): ReadonlySet<Capability> {
    return this.#lacking;
  }

  /** Counts how often the endpoint was forgotten; see `keep`. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * Whether the account trusts an address with its token.
   * @throws ServiceError `untrustedRedirect` with the origin where it does not. To be called before anything is sent.
   */
  requireTrusted(url: URL): void {
    if (!isTrusted(url, this.#account)) {
      const origin = describeOrigin(url);
      const sentence =
        url.protocol === 'https:'
          ? 'The service points to a host that this account does not trust'
          : 'The service points to an address without https, which is never followed';
      throw new ServiceError('untrustedRedirect', `${sentence}: ${origin}`, { untrustedOrigin: origin });
    }
  }

  /**
   * The API root that a redirect names. Its Location is the root and not the resource that was asked for.
   * @param location the header as it came; a relative one is resolved against the request's URL.
   * @throws ServiceError `untrustedRedirect`, or `badReply` for a Location that is no address.
   */
  redirectTarget(location: string | null, requestUrl: URL): URL {
    const target = location === null ? null : URL.parse(location, requestUrl.href);
    if (!target || target.protocol.length + target.host.length > longestHost) {
      throw new ServiceError('badReply', `The service redirects to nowhere: ${requestUrl.host}`);
    }
    this.requireTrusted(target);
    return rootForm(target);
  }

  /**
   * Where a link to a next page leads.
   * @param link as it came; a relative one is resolved against the request's URL
   * @throws ServiceError `untrustedRedirect`, or `badReply` for a link that is no address
   */
  nextPage(link: string, requestUrl: URL): URL {
    const target = URL.parse(link, requestUrl.href);
    if (!target || target.protocol.length + target.host.length > longestHost) {
      throw new ServiceError('badReply', `The service names a next page that is no address: ${requestUrl.host}`);
    }
    target.hash = '';
    this.requireTrusted(target);
    return target;
  }

  /** Uses a root that has answered from now on, unless the endpoint was forgotten after `generation` was read. */
  keep(root: URL, generation: number): void {
    if (generation !== this.#generation || root.href === this.root.href) {
      return;
    }
    this.#found = root.href === this.#configured.href ? null : root;
    this.#lacking = new Set();
    this.#save();
  }

  /** Remembers what the API root in use lacks, unless the endpoint was forgotten after `generation` was read. */
  learnLacking(capabilities: readonly Capability[], generation: number): void {
    if (generation !== this.#generation || capabilities.every((capability) => this.#lacking.has(capability))) {
      return;
    }
    this.#lacking = new Set([...this.#lacking, ...capabilities]);
    this.#save();
  }

  /** Goes back to the configured endpoint, as at sign-out or when the root found does not answer any more. */
  forget(): void {
    this.#generation++;
    this.#found = null;
    this.#lacking = new Set();
    this.#save();
  }

  /** What was kept is used only for the endpoint that it was found from, and only while its origin is trusted. */
  #load(): void {
    let kept: string | undefined;
    try {
      kept = this.#cache.load();
    } catch {
      // A store that cannot be read costs one more request, no more.
    }
    if (kept === undefined) {
      return;
    }
    const found = readKept(kept, this.#configured.href);
    if (!found || !isTrusted(found.root, this.#account)) {
      this.#save();
      return;
    }
    const root = rootForm(found.root);
    this.#found = root.href === this.#configured.href ? null : root;
    this.#lacking = new Set(found.lacking);
  }

  #save(): void {
    const lacking = [...this.#lacking];
    const kept = {
      configured: this.#configured.href,
      root: this.root.href,
      ...(lacking.length > 0 ? { lacking } : {}),
    };
    try {
      this.#cache.save(this.#found || lacking.length > 0 ? JSON.stringify(kept) : undefined);
    } catch {
      // As above.
    }
  }
}

/** Scheme, 253 characters of a name (RFC 1035) and a port; more is no host, and not fit for a message that names it. */
const longestHost = 270;

function readKept(
  kept: string,
  configured: string,
): { readonly root: URL; readonly lacking: readonly Capability[] } | null {
  try {
    const value: unknown = JSON.parse(kept);
    if (value === null || typeof value !== 'object' || !('root' in value) || !('configured' in value)) {
      return null;
    }
    const root = typeof value.root === 'string' && value.configured === configured ? URL.parse(value.root) : null;
    return root && { root, lacking: readCapabilities('lacking' in value ? value.lacking : undefined) };
  } catch {
    return null;
  }
}

/** The API root of a configured endpoint: the global root and bare hosts of Azure Media Services serve it at `/api/`. */
function apiRootOf({ kind, endpoint }: EndpointAccount): URL {
  const root = rootForm(parseHttpsUrl(endpoint, 'endpoint'));
  if (kind === 'ams' && root.pathname === '/') {
    root.pathname = '/api/';
  }
  return root;
}

const slash = 0x2f;

/** Without query and fragment, and ending in one slash, so that a resource's path can be appended. */
function rootForm(url: URL): URL {
  const root = new URL(url);
  root.search = '';
  root.hash = '';
  const { pathname } = root;
  let end = pathname.length;
  while (pathname.charCodeAt(end - 1) === slash) {
    end--;
  }
  root.pathname = `${pathname.slice(0, end)}/`;
  return root;
}
