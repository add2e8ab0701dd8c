import type * as vscode from 'vscode';
import type { JobKey } from '../jobs/job.ts';
import type { Disposable } from '../jobs/lifecycle.ts';
import type { EditorParts } from './editorParts.ts';
import type { DocumentKind } from './editors.ts';

/** Read-only documents about jobs. */
export class JobDocuments implements Disposable {
  readonly #parts: EditorParts;

  constructor(parts: EditorParts) {
    this.#parts = parts;
  }

  async open(_kind: DocumentKind, _key: JobKey): Promise<void> {
    void this.#parts;
  }

  async text(_uri: vscode.Uri, _token: vscode.CancellationToken): Promise<string> {
    return '';
  }

  dispose(): void {}
}
