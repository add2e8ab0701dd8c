import type * as vscode from 'vscode';
import type { AccountRegistry } from '../accounts/accountRegistry.ts';
import type { LazyEmulatorHost } from '../accounts/lazyEmulatorHost.ts';
import type * as ClientBundle from '../client/clientBundle.ts';
import type { Clock } from '../jobs/clock.ts';
import type { JobEnds } from '../jobs/jobEnds.ts';
import type { JobFilter } from '../jobs/jobFilter.ts';
import type { JobRows } from '../jobs/jobRows.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import type { JobWatcher } from '../jobs/jobWatcher.ts';
import type { TrackedJob } from '../jobs/trackedJob.ts';
import type { JobGrouping } from '../views/jobGrouping.ts';
import type { PresentationContext } from '../views/jobPresentation.ts';
import type { JobsView } from '../views/jobsView.ts';
import type { LazyEditors } from '../views/lazyEditors.ts';

/** What commands work with. They keep no state of their own. */
export interface Services {
  readonly store: JobStore;
  readonly filter: JobFilter;
  readonly grouping: JobGrouping;
  readonly rows: JobRows;
  readonly watcher: JobWatcher;
  readonly tracked: TrackedJob;
  readonly ends: JobEnds;
  readonly accounts: AccountRegistry;
  /** Loads the client's bundle, for what is asked before there is an account. */
  readonly client: () => typeof ClientBundle;
  readonly emulator: LazyEmulatorHost;
  readonly view: JobsView;
  readonly editors: LazyEditors;
  /** Fires with what the link in a progress message carries, when it asks to go on in the status bar. */
  readonly foldRequests: vscode.EventEmitter<unknown>;
  readonly clock: Clock;
  readonly log: vscode.LogOutputChannel;
  readonly presentation: () => PresentationContext;
}
