import * as vscode from 'vscode';
import { type JobKey, jobKeyOf } from '../jobs/job.ts';
import type { ProgressPoint } from '../jobs/jobDetails.ts';
import type { Disposable } from '../jobs/lifecycle.ts';
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
    const kept = soundState(state);
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

const mostPoints = 300;
const longestId = 500;

function soundState(state: unknown): { readonly key: JobKey; readonly points: readonly ProgressPoint[] } | null {
  if (typeof state !== 'object' || state === null) {
    return null;
  }
  const { account, id, points } = state as Record<'account' | 'id' | 'points', unknown>;
  // Whether it is the id of a job is for the account's service to say.
  if (typeof account !== 'string' || typeof id !== 'string' || id === '' || id.length > longestId) {
    return null;
  }
  const sound = Array.isArray(points) ? points.slice(-mostPoints).flatMap(soundPoint) : [];
  return { key: { account, id }, points: sound.sort((a, b) => a.at - b.at) };
}

/** The furthest time that `Date` can hold, in milliseconds. */
const maxTime = 8.64e15;

function soundPoint(value: unknown): readonly ProgressPoint[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const { at, progress } = value as Record<'at' | 'progress', unknown>;
  const isSound =
    typeof at === 'number' &&
    Math.abs(at) <= maxTime &&
    typeof progress === 'number' &&
    progress >= 0 &&
    progress <= 100;
  return isSound ? [{ at, progress }] : [];
}
