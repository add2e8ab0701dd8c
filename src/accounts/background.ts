import path from 'node:path';
import type { AccountPoller, AccountPollerOptions } from '../jobs/accountPoller.ts';
import type { Clock } from '../jobs/clock.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import type { JobWatcherOptions } from '../jobs/jobWatcher.ts';
import { type Disposable, DisposableStore, once } from '../jobs/lifecycle.ts';
import { noSharing } from '../jobs/pollSharing.ts';
import type { ProgressHistory } from '../jobs/progressHistory.ts';
import type { TrackedJobStorage } from '../jobs/trackedJob.ts';
import type { AccountRegistry, StateStorage } from './accountRegistry.ts';
import { LazyEmulatorHost } from './lazyEmulatorHost.ts';
import { LazySharedFolder } from './lazySharedFolder.ts';
import type * as WatchBundle from './watchBundle.ts';

export interface BackgroundOptions {
  /** Loads the bundle with all of this when it is first needed. */
  readonly load: () => typeof WatchBundle;
  /** The folder that VS Code gives the extension, for all windows. */
  readonly storage: string;
  /** The emulator's bundle, which is run as a process of its own. */
  readonly emulator: string;
  readonly clock: Clock;
  readonly log: (message: string) => void;
}

/** What goes on behind the views: asking, sharing, emulating. Nothing of it is loaded before the first use. */
export interface Background extends Disposable {
  readonly shared: LazySharedFolder;
  readonly emulator: LazyEmulatorHost;
  readonly createPoller: (options: AccountPollerOptions) => AccountPoller;
  /** The progress of jobs as it was watched: since the first poll, which is when there is something to watch. */
  readonly history: (store: JobStore) => ProgressHistory;
  readonly logExchange: typeof WatchBundle.logExchange;
}

export function createBackground({ load, storage, emulator, clock, log }: BackgroundOptions): Background {
  const folder = (name: string): string => path.join(storage, name);
  const disposables = new DisposableStore();
  const history = once((store: JobStore) => disposables.add(load().createProgressHistory(store, clock)));
  return {
    shared: disposables.add(
      new LazySharedFolder(() => load().createSharedFolder({ folder: folder('windows'), clock, log })),
    ),
    emulator: disposables.add(
      new LazyEmulatorHost(() =>
        load().createEmulatorHost({ bundle: emulator, folder: folder('emulator'), clock, log }),
      ),
    ),
    createPoller: (options) => {
      history(options.store);
      return load().createPoller(options);
    },
    history,
    logExchange: (to, exchange) => load().logExchange(to, exchange),
    dispose: () => disposables.dispose(),
  };
}

/** What windows share of accounts: of one that this window is signed out of nothing, lest its jobs come back from others. */
export function sharedAccounts(
  accounts: AccountRegistry,
  shared: LazySharedFolder,
): Pick<JobWatcherOptions, 'fingerprintOf' | 'sharing'> {
  return {
    fingerprintOf: (name) => accounts.fingerprintOf(name),
    sharing: (name) => (accounts.isSignedOut(name) ? noSharing : shared.account(name, accounts.fingerprintOf(name))),
  };
}

const formerKey = 'mediaServices.trackedJob';

/**
 * The first version kept the tracked job, as it was, in a storage whose changes other windows do not hear of. It is taken
 * from there once, as a choice that any other one is later than.
 */
export function withFormerTrackedJob(storage: TrackedJobStorage, former: StateStorage): TrackedJobStorage {
  return {
    save: (choice) => storage.save(choice),
    onDidChange: storage.onDidChange,
    load: async () => {
      const stored = await storage.load();
      const job = former.get(formerKey);
      if (job === undefined) {
        return stored;
      }
      void former.update(formerKey, undefined);
      return stored ?? { chosenAt: 1, job: typeof job === 'object' ? { ...job, pace: null, tasks: null } : null };
    },
  };
}
