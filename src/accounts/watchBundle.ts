import { AccountPoller, type AccountPollerOptions } from '../jobs/accountPoller.ts';
import type { Clock } from '../jobs/clock.ts';
import type { Exchange } from '../jobs/exchange.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import { ProgressHistory } from '../jobs/progressHistory.ts';
import { EmulatorHost, type EmulatorHostOptions } from './emulatorHost.ts';
import { type Log, logExchange as writeExchange } from './exchangeLog.ts';
import { SharedFolder, type SharedFolderOptions } from './sharedFolder.ts';

/** The entry of the bundle that asks and shares, which is loaded when there is first something to ask or to share. */

export function createPoller(options: AccountPollerOptions): AccountPoller {
  return new AccountPoller(options);
}

export function createProgressHistory(store: JobStore, clock: Clock): ProgressHistory {
  return new ProgressHistory(store, clock);
}

export function createSharedFolder(options: SharedFolderOptions): SharedFolder {
  return new SharedFolder(options);
}

export function createEmulatorHost(options: EmulatorHostOptions): EmulatorHost {
  return new EmulatorHost(options);
}

/** Every exchange goes through here, and there is none before something is asked. */
export function logExchange(log: Log, exchange: Exchange): void {
  writeExchange(log, exchange);
}
