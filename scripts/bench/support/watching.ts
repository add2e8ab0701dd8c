import type { Clock } from '../../../src/jobs/clock.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { JobWatcher } from '../../../src/jobs/jobWatcher.ts';
import { type Disposable, DisposableStore } from '../../../src/jobs/lifecycle.ts';
import type { ServiceError } from '../../../src/jobs/serviceError.ts';
import { TrackedJob } from '../../../src/jobs/trackedJob.ts';

export interface Watching extends Disposable {
  readonly store: JobStore;
  readonly tracked: TrackedJob;
  readonly watcher: JobWatcher;
}

/** Store and watcher as the extension wires them, with its default settings, in one window that keeps nothing. */
export function startWatching(options: {
  readonly clock: Clock;
  readonly onPollFailed: (error: ServiceError) => void;
}): Watching {
  const { clock, onPollFailed } = options;
  const disposables = new DisposableStore();
  const store = disposables.add(new JobStore());
  const tracked = disposables.add(new TrackedJob(store, { load: () => undefined, save: () => undefined }));
  const watcher = disposables.add(
    new JobWatcher({
      store,
      tracked,
      clock,
      random: () => 0.5,
      settings: () => ({ automatic: true, listIntervalMs: 15_000, trackedIntervalMs: 5_000, pageSize: 50 }),
      onPollFailed: (_account, error) => onPollFailed(error),
    }),
  );
  return { store, tracked, watcher, dispose: () => disposables.dispose() };
}
