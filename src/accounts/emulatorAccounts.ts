import type { ServiceAccount, ServiceKind } from '../client/account.ts';
import type { EmulatorInfo } from './emulatorInfo.ts';

/** The names of the emulator's accounts, which no entry of the settings may take. */
export const emulatorAccountNames: Readonly<Record<ServiceKind, string>> = {
  ams: 'Local Emulator',
  mkio: 'Local Emulator (MK.IO)',
  ravnur: 'Local Emulator (Ravnur)',
};

/** An account of the emulator, which is in no settings, with the secret that the emulator has given it. */
export interface EmulatorAccount {
  readonly config: ServiceAccount;
  readonly secret: string;
}

type Emulated = (
  emulator: EmulatorInfo,
  common: Pick<ServiceAccount, 'trustedHosts' | 'ca'>,
) => EmulatorAccount | undefined;

const emulated: Readonly<Record<ServiceKind, Emulated>> = {
  ams: ({ root: endpoint, tenantId, clientId, authorityHost, clientSecret }, common) => ({
    config: {
      name: emulatorAccountNames.ams,
      kind: 'ams',
      endpoint,
      authentication: { method: 'servicePrincipal', tenantId, clientId, authorityHost, scope: undefined },
      ...common,
    },
    secret: clientSecret,
  }),
  mkio: ({ mkio }, common) =>
    mkio && {
      config: {
        name: emulatorAccountNames.mkio,
        kind: 'mkio',
        endpoint: mkio.endpoint,
        project: mkio.project,
        authentication: { method: 'token' },
        ...common,
      },
      secret: mkio.token,
    },
  ravnur: ({ ravnur }, common) => {
    if (!ravnur) {
      return undefined;
    }
    const { apiKey, ...where } = ravnur;
    const config = { name: emulatorAccountNames.ravnur, kind: 'ravnur', ...where, ...common } as const;
    return { config: { ...config, authentication: { method: 'apiKey' } }, secret: apiKey };
  },
};

/** The emulator as windows share it, with its accounts of the services that it is wanted as. */
export interface SharedEmulator extends EmulatorInfo {
  readonly services: readonly ServiceKind[];
  readonly accounts: readonly EmulatorAccount[];
}

/** The accounts of some services, as far as the emulator has them: one of an earlier version has the first alone. */
export function withAccounts(emulator: EmulatorInfo, services: readonly ServiceKind[] = ['ams']): SharedEmulator {
  const common = { trustedHosts: [], ca: emulator.ca } as const;
  return { ...emulator, services, accounts: services.flatMap((kind) => emulated[kind](emulator, common) ?? []) };
}
