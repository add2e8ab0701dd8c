import { AccountPoller, type AccountPollerOptions } from '../../src/jobs/accountPoller.ts';
import type { Clock } from '../../src/jobs/clock.ts';
import { JobFilter } from '../../src/jobs/jobFilter.ts';
import { JobRows } from '../../src/jobs/jobRows.ts';
import { JobStore } from '../../src/jobs/jobStore.ts';
import type { JobsClient } from '../../src/jobs/jobsClient.ts';
import { JobWatcher, type WatchSettings } from '../../src/jobs/jobWatcher.ts';
import { type AccountSharing, noSharing } from '../../src/jobs/pollSharing.ts';
import type { ServiceError } from '../../src/jobs/serviceError.ts';
import { TrackedJob, type TrackedJobStorage } from '../../src/jobs/trackedJob.ts';
import { MemoryTrackedStorage } from './memoryTrackedStorage.ts';

export const usualSettings: WatchSettings = {
  automatic: true,
  listIntervalMs: 15_000,
  trackedIntervalMs: 5_000,
  notifiesOfAll: false,
  pageSize: 50,
};

export interface WatchingOptions {
  readonly clock: Clock;
  /** None until the watcher is given some, where left out. */
  readonly clients?: ReadonlyMap<string, JobsClient>;
  readonly settings?: Partial<WatchSettings>;
  readonly sharing?: (account: string) => AccountSharing;
  readonly trackedStorage?: TrackedJobStorage;
  /** What asks, where it is not to be the sources'. */
  readonly createPoller?: (options: AccountPollerOptions) => AccountPoller;
  /** Where failed polls go, where they are not just to be kept in `failures`. */
  readonly onPollFailed?: (error: ServiceError) => void;
}

/** What one window has of jobs, wired as the extension wires it, without VS Code. */
export class Watching {
  readonly store: JobStore;
  readonly tracked: TrackedJob;
  readonly filter = new JobFilter();
  readonly rows: JobRows;
  readonly watcher: JobWatcher;
  readonly failures: ServiceError[] = [];
  settings: WatchSettings;
  /** What tells accounts of one name apart; empty for those that are not in here. */
  readonly fingerprints = new Map<string, string>();

  constructor(options: WatchingOptions) {
    const { clock, clients, settings, sharing = () => noSharing, trackedStorage } = options;
    const createPoller = options.createPoller ?? ((poller) => new AccountPoller(poller));
    const onPollFailed = options.onPollFailed ?? ((error) => this.failures.push(error));
    this.settings = { ...usualSettings, ...settings };
    this.store = new JobStore(clock);
    this.tracked = new TrackedJob(this.store, trackedStorage ?? new MemoryTrackedStorage(), clock);
    this.rows = new JobRows(this.store, this.filter, this.tracked);
    this.store.onDidChange((change) => this.rows.update(change));
    this.watcher = new JobWatcher({
      store: this.store,
      tracked: this.tracked,
      clock,
      random: () => 0.5,
      settings: () => this.settings,
      filter: this.filter,
      rows: this.rows,
      fingerprintOf: (account) => this.fingerprints.get(account) ?? '',
      sharing,
      createPoller,
      onPollFailed: (_account, error) => onPollFailed(error),
    });
    if (clients !== undefined) {
      this.watcher.setClients(clients);
    }
  }

  /** The names of the rows of an account, as the panel shows them. */
  names(account = 'a'): readonly string[] {
    return this.rows.ids(account).map((id) => this.store.get({ account, id })?.name ?? '');
  }

  dispose(): void {
    this.watcher.dispose();
    this.rows.dispose();
    this.tracked.dispose();
    this.filter.dispose();
    this.store.dispose();
  }
}
