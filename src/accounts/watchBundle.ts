import { AccountPoller, type AccountPollerOptions } from '../jobs/accountPoller.ts';
import { EmulatorHost, type EmulatorHostOptions } from './emulatorHost.ts';
import { SharedFolder, type SharedFolderOptions } from './sharedFolder.ts';

/** The entry of the bundle that asks and shares, which is loaded when there is first something to ask or to share. */

export function createPoller(options: AccountPollerOptions): AccountPoller {
  return new AccountPoller(options);
}

export function createSharedFolder(options: SharedFolderOptions): SharedFolder {
  return new SharedFolder(options);
}

export function createEmulatorHost(options: EmulatorHostOptions): EmulatorHost {
  return new EmulatorHost(options);
}
