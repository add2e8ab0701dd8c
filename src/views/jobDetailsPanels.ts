import * as vscode from 'vscode';
import { type JobKey, jobKeyOf } from '../jobs/job.ts';
import type { Disposable } from '../jobs/lifecycle.ts';
import { readDetailsState } from './detailsState.ts';
import type { EditorParts } from './editorParts.ts';
import type { OpenOptions } from './editors.ts';
import { JobDetailsPanel } from './jobDetailsPanel.ts';
import { detailsViewType } from './lazyEditors.ts';

/** The tabs that show the details of jobs, one for each job. */
export class JobDetailsPanels implements Disposable {
  readonly #parts: EditorParts;
  readonly #panels = new Map<string, JobDetailsPanel>();
  /** The tab that a look in passing uses again. */
  #preview: JobDetailsPanel | null = null;

  constructor(parts: EditorParts) {
    this.#parts = parts;
  }

  open(key: JobKey, { preserveFocus = false, preview = false }: OpenOptions = {}): void {
    const shown = this.#panels.get(jobKeyOf(key));
    if (shown) {
      // Asked for by itself, a tab that was only for a look is there to stay.
      this.#preview = shown === this.#preview && !preview ? null : this.#preview;
      shown.reveal(preserveFocus);
      return;
    }
    if (preview && this.#preview) {
      this.#panels.delete(jobKeyOf(this.#preview.key));
      this.#panels.set(jobKeyOf(key), this.#preview);
      this.#preview.retarget(key);
      this.#preview.reveal(preserveFocus);
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Active, preserveFocus };
    const webviewPanel = vscode.window.createWebviewPanel(detailsViewType, '', column, { enableFindWidget: true });
    const panel = this.#show(key, webviewPanel);
    this.#preview = preview ? panel : this.#preview;
  }

  /** The job of the tab that is in front. */
  get active(): JobKey | undefined {
    return [...this.#panels.values()].find(({ isActive }) => isActive)?.key;
  }

  /** What VS Code kept of a tab may be damaged, or of a version to come; then the tab is of no use. */
  restore(panel: vscode.WebviewPanel, state: unknown): void {
    const kept = readDetailsState(state);
    if (!kept || this.#panels.has(jobKeyOf(kept.key))) {
      panel.dispose();
      return;
    }
    this.#parts.history().restore(kept.key, kept.points);
    this.#show(kept.key, panel);
  }

  dispose(): void {
    // The tabs stay: VS Code closes them with the extension, or keeps them over a reload.
    for (const panel of this.#panels.values()) {
      panel.dispose();
    }
  }

  #show(key: JobKey, webviewPanel: vscode.WebviewPanel): JobDetailsPanel {
    const panel = new JobDetailsPanel(key, webviewPanel, this.#parts);
    this.#panels.set(jobKeyOf(key), panel);
    webviewPanel.onDidDispose(() => {
      panel.dispose();
      this.#panels.delete(jobKeyOf(panel.key));
      this.#preview = panel === this.#preview ? null : this.#preview;
    });
    return panel;
  }
}
