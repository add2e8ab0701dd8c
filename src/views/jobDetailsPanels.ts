import type * as vscode from 'vscode';
import type { JobKey } from '../jobs/job.ts';
import type { Disposable } from '../jobs/lifecycle.ts';
import type { EditorParts } from './editorParts.ts';

/** The tabs that show the details of jobs. */
export class JobDetailsPanels implements Disposable {
  readonly #parts: EditorParts;

  constructor(parts: EditorParts) {
    this.#parts = parts;
  }

  open(_key: JobKey, _options: { readonly preserveFocus?: boolean } = {}): void {
    void this.#parts;
  }

  restore(panel: vscode.WebviewPanel, _state: unknown): void {
    panel.dispose();
  }

  dispose(): void {}
}
