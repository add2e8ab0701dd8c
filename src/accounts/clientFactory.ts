import type * as ClientBundle from '../client/clientBundle.ts';
import type * as IdentityBundle from '../client/identity.ts';
import type { Clock } from '../jobs/clock.ts';
import type { Exchange } from '../jobs/exchange.ts';
import type { CreateClient } from './accountRegistry.ts';
import type { WindowPrompts } from './windowPrompts.ts';

/** Bundles that are loaded when they are first needed. */
export interface Bundles {
  readonly client: () => typeof ClientBundle;
  readonly identity: () => typeof IdentityBundle;
  /** What signing in asks of the window, where it asks, and what accounts say there. */
  readonly prompts: () => WindowPrompts;
}

export interface ClientFactoryOptions {
  readonly bundles: Bundles;
  readonly clock: Clock;
  readonly onExchange: (exchange: Exchange) => void;
  /** The version of the extension, for the `User-Agent` header. */
  readonly version: string;
}

/** How accounts get their clients: by the lazily loaded client bundle. */
export function clientFactory({ bundles, clock, onExchange, version }: ClientFactoryOptions): CreateClient {
  return (account, { getSecret, endpointCache, memory, onIdentity }) =>
    bundles.client().createMediaServicesClient({
      account,
      clock,
      env: process.env,
      getSecret,
      prompts: {
        getVscodeSession: async (request) => await bundles.prompts().getVscodeSession(request),
        openBrowser: async (address) => await bundles.prompts().openBrowser(address),
        showDeviceCode: async (code) => await bundles.prompts().showDeviceCode(code),
      },
      memory,
      onIdentity,
      loadIdentity: bundles.identity,
      endpointCache,
      onExchange,
      userAgent: `media-services-jobs/${version}`,
    });
}
