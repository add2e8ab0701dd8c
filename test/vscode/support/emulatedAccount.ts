import { withAccounts } from '../../../src/accounts/emulatorAccounts.ts';
import type { TestApi } from '../../../src/core.ts';
import { type EmulatorOptions, type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';

/** The extension signed in to an emulator whose clock stands still until a test moves it. */
export interface EmulatedAccount {
  readonly emulator: RunningEmulator;
  readonly account: string;
  /** Adds a job with tasks of these durations, in seconds; gives its id. */
  addJob(name: string, taskSeconds: readonly number[]): string;
  /** Moves the emulator's clock on by so many seconds, and has the extension look. */
  advance(seconds: number): Promise<void>;
  close(): Promise<void>;
}

export async function emulateAccount(api: TestApi, options: EmulatorOptions = {}): Promise<EmulatedAccount> {
  let now = Date.now();
  const emulator = await startEmulator({ jobs: 0, arrivalsPerMinute: 0, ...options, now: () => now });
  api.accounts.setEmulator(withAccounts({ ...emulator.connection, ca: emulator.ca }));
  const [account] = api.accounts.accounts;
  if (!account) {
    throw new Error('The emulator’s account did not appear.');
  }
  return {
    emulator,
    account: account.name,
    addJob: (name, taskSeconds) => {
      emulator.simulation.advanceTo(now);
      const tasks = taskSeconds.map((seconds, index) => ({ name: `Task ${index + 1}`, durationMs: seconds * 1000 }));
      return emulator.simulation.add({ name, tasks });
    },
    advance: async (seconds) => {
      now += seconds * 1000;
      await api.watcher.refresh();
    },
    close: async () => {
      api.tracked.stop();
      api.accounts.setEmulator(null);
      await emulator.close();
    },
  };
}
