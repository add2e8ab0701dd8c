import { startProcess } from '../../test/host/processes.ts';
import { inProject } from './project.ts';

/** Where the emulator is and how to sign in, of what it says in one line of JSON. */
export interface EmulatorAddress {
  readonly root: string;
  readonly endpoint: string;
  readonly authorityHost: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly caFile: string;
}

export interface RunningEmulator {
  readonly address: EmulatorAddress;
  /** User settings with an account on it. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What the account reads from the environment, and the certificate to trust. */
  readonly env: NodeJS.ProcessEnv;
  readonly ended: Promise<unknown>;
  dispose(): Promise<void>;
}

const startTimeoutMs = 20_000;

/** Starts the emulator that `build` made. */
export async function startEmulator(...args: readonly string[]): Promise<RunningEmulator> {
  const emulator = startProcess(process.execPath, [inProject('dist', 'emulator.cjs'), ...args]);
  try {
    const [line] = await emulator.waitForOutput(/^\{.*\}$/m, startTimeoutMs);
    const address: EmulatorAddress = JSON.parse(line);
    return {
      address,
      settings: {
        'mediaServices.accounts': [
          {
            name: 'emulator',
            kind: 'ams',
            endpoint: address.root,
            authentication: { method: 'environment', authorityHost: address.authorityHost },
          },
        ],
      },
      env: {
        AZURE_TENANT_ID: address.tenantId,
        AZURE_CLIENT_ID: address.clientId,
        AZURE_CLIENT_SECRET: address.clientSecret,
        AZURE_AUTHORITY_HOST: undefined,
        NODE_EXTRA_CA_CERTS: address.caFile,
      },
      ended: emulator.ended,
      dispose: () => emulator.dispose(),
    };
  } catch (error) {
    await emulator.dispose();
    throw error;
  }
}
