import type { ServiceAccount, ServiceKind } from '../../src/client/account.ts';
import { createMediaServicesClient, type MediaServicesClientOptions } from '../../src/client/clientBundle.ts';
import type { ServiceClient } from '../../src/client/serviceClient.ts';
import type { RunningEmulator } from '../../src/emulator/emulator.ts';
import type { Endpoint } from '../../src/emulator/requestLog.ts';
import type { JobSnapshot } from '../../src/emulator/simulation/snapshot.ts';
import { jobNameOf, transformOf } from '../../src/emulator/v3/names.ts';
import { systemClock } from '../../src/jobs/clock.ts';
import type { Exchange } from '../../src/jobs/exchange.ts';
import { MemoryEndpointCache } from './memoryEndpointCache.ts';
import { MemoryLogin, ScriptedPrompts } from './signInPrompts.ts';

export const serviceKinds: readonly ServiceKind[] = ['ams', 'mkio', 'ravnur'];

/** Where the emulator counts the requests to the API of each kind. */
export const endpointOf: Readonly<Record<ServiceKind, Endpoint>> = { ams: 'api', mkio: 'mkio', ravnur: 'ravnur' };

/** The emulator's account of a kind, and its secret. */
export function accountOf(
  kind: ServiceKind,
  { root, accountName, acsTokenUrl, accountKey, ca, mkio, ravnur }: RunningEmulator,
): { readonly account: ServiceAccount; readonly secret: string } {
  const common = { name: 'a', trustedHosts: [], ca };
  switch (kind) {
    case 'ams': {
      const authentication = { method: 'acs', accountName, acsTokenUrl } as const;
      return { account: { ...common, kind, endpoint: root, authentication }, secret: accountKey };
    }
    case 'mkio': {
      const { endpoint, project, token } = mkio;
      return { account: { ...common, kind, endpoint, project, authentication: { method: 'token' } }, secret: token };
    }
    case 'ravnur': {
      const { apiKey, ...where } = ravnur;
      return { account: { ...common, kind, ...where, authentication: { method: 'apiKey' } }, secret: apiKey };
    }
  }
}

export interface Connected {
  readonly client: ServiceClient;
  readonly exchanges: readonly Exchange[];
}

/** A client for an account, made as the extension makes it. */
export function connectTo(
  account: ServiceAccount,
  secret: string | (() => string | undefined),
  options: Partial<MediaServicesClientOptions> = {},
): Connected {
  const exchanges: Exchange[] = [];
  const client = createMediaServicesClient({
    clock: systemClock,
    env: {},
    random: () => 0,
    prompts: new ScriptedPrompts(),
    memory: new MemoryLogin(),
    loadIdentity: () => import('../../src/client/identity.ts'),
    endpointCache: new MemoryEndpointCache(),
    onExchange: (exchange) => exchanges.push(exchange),
    ...options,
    account,
    getSecret: async () => (typeof secret === 'string' ? secret : secret()),
  });
  return { client, exchanges };
}

/** What a service of a kind calls a job of the emulator. */
export function idIn(kind: ServiceKind, job: JobSnapshot): string {
  return kind === 'ams' ? job.id : `transforms/${transformOf(job)}/jobs/${jobNameOf(job)}`;
}

/** What it shows as its name. */
export function nameIn(kind: ServiceKind, job: JobSnapshot): string {
  return kind === 'ams' ? job.name : jobNameOf(job);
}
