import type * as vscode from 'vscode';
import type { JobKey } from '../jobs/job.ts';
import type { Disposable } from '../jobs/lifecycle.ts';

/** A document about a job: its raw record, or the last exchange about it. */
export type DocumentKind = 'json' | 'exchange';

export interface OpenOptions {
  /** Leaves the keyboard where it is. */
  readonly preserveFocus?: boolean;
  /** For a look in passing: the tab is used again for the next such look, as the Explorer does. */
  readonly preview?: boolean;
}

/** What stands in editor tabs. */
export interface Editors extends Disposable {
  /** Shows the details of a job in a tab: the one that already does, where there is one. */
  openDetails(key: JobKey, options?: OpenOptions): void;
  /** The job whose details are in front. */
  readonly activeDetails: JobKey | undefined;
  /** Takes up a panel that VS Code has kept over a reload. */
  restoreDetails(panel: vscode.WebviewPanel, state: unknown): void;
  /** Opens a read-only document about a job. */
  openDocument(kind: DocumentKind, key: JobKey, options?: { readonly preview?: boolean }): Promise<void>;
  /** Asks for what such a document shows now. */
  refreshDocument(uri: vscode.Uri): Promise<void>;
  /** The file of such a document: what VS Code has to know of one, and its text. */
  documentStat(uri: vscode.Uri): Promise<vscode.FileStat>;
  documentFile(uri: vscode.Uri): Promise<Uint8Array>;
}
