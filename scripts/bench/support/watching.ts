import { AccountPoller, type AccountPollerOptions } from '../../../src/jobs/accountPoller.ts';
import type { Clock } from '../../../src/jobs/clock.ts';
import { JobFilter } from '../../../src/jobs/jobFilter.ts';
import { JobRows } from '../../../src/jobs/jobRows.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { JobWatcher } from '../../../src/jobs/jobWatcher.ts';
import { type Disposable, DisposableStore } from '../../../src/jobs/lifecycle.ts';
import { type AccountSharing, noSharing } from '../../../src/jobs/pollSharing.ts';
import type { ServiceError } from '../../../src/jobs/serviceError.ts';
import { TrackedJob } from '../../../src/jobs/trackedJob.ts';
import { MemoryTrackedStorage } from '../../../test/support/memoryTrackedStorage.ts';

export interface Watching extends Disposable {
  readonly store: JobStore;
  readonly tracked: TrackedJob;
  readonly watcher: JobWatcher;
}

/** Store and watcher as the extension wires them, with its default settings, in one window that keeps nothing. */
export function startWatching(options: {
  readonly clock: Clock;
  readonly onPollFailed: (error: ServiceError) => void;
  /** What asks, where it is not to be the sources'. */
  readonly createPoller?: (options: AccountPollerOptions) => AccountPoller;
  /** With whom, where not alone. */
  readonly sharing?: (account: string) => AccountSharing;
}): Watching {
  const {
    clock,
    onPollFailed,
    createPoller = (poller) => new AccountPoller(poller),
    sharing = () => noSharing,
  } = options;
  const disposables = new DisposableStore();
  const store = disposables.add(new JobStore(clock));
  const tracked = disposables.add(new TrackedJob(store, new MemoryTrackedStorage(), clock));
  const filter = new JobFilter();
  const rows = new JobRows(store, filter, tracked);
  disposables.add(store.onDidChange((change) => rows.update(change)));
  const watcher = disposables.add(
    new JobWatcher({
      store,
      tracked,
      clock,
      random: () => 0.5,
      settings: () => ({
        automatic: true,
        listIntervalMs: 15_000,
        trackedIntervalMs: 5_000,
        notifiesOfAll: false,
        pageSize: 50,
      }),
      filter,
      rows,
      fingerprintOf: () => '',
      sharing,
      createPoller,
      onPollFailed: (_account, error) => onPollFailed(error),
    }),
  );
  return { store, tracked, watcher, dispose: () => disposables.dispose() };
}
