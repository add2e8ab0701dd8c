import { type EmulatorOptions, type RunningEmulator, startEmulator } from '../../src/emulator/emulator.ts';
import { createSecrets } from '../../src/emulator/secrets.ts';

const secrets = createSecrets();

/**
 * An emulator with the secrets of every other one of this process: to make an RSA key takes longer than all else that
 * starts one, and whoever starts twenty does not look at their keys.
 */
export async function startQuickEmulator(options: EmulatorOptions): Promise<RunningEmulator> {
  const startedAt = (options.now ?? Date.now)();
  return await startEmulator({ resume: { startedAt, secrets: await secrets, mutations: [] }, ...options });
}
