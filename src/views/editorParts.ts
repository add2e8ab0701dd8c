import type * as vscode from 'vscode';
import type { AccountsModel } from '../jobs/accountStatus.ts';
import type { Clock } from '../jobs/clock.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import type { JobWatcher } from '../jobs/jobWatcher.ts';
import type { Event } from '../jobs/lifecycle.ts';
import type { PollSettings } from '../jobs/pollDemand.ts';
import type { ProgressHistory } from '../jobs/progressHistory.ts';
import type { TrackedJob } from '../jobs/trackedJob.ts';
import type { PresentationContext } from './jobPresentation.ts';
import type { Panel } from './panel.ts';

/** What the views in the editor area (details, documents, links) are made with. */
export interface EditorParts {
  readonly store: JobStore;
  readonly watcher: JobWatcher;
  readonly tracked: TrackedJob;
  readonly clock: Clock;
  readonly settings: () => PollSettings;
  readonly accounts: () => AccountsModel;
  /** Fires when accounts came or went, as they do in the first moment after a reload. */
  readonly onAccountsChanged: Event<void>;
  readonly context: () => PresentationContext;
  /** Loads what the panel and links are drawn with. */
  readonly panel: () => Panel;
  readonly history: () => ProgressHistory;
  /** Fires with a document of ours whose text is another by now. */
  readonly documentChanged: vscode.EventEmitter<vscode.Uri>;
  readonly extension: Pick<vscode.ExtensionContext, 'extensionUri'>;
}
