import * as vscode from 'vscode';
import type { Job, JobKey } from '../jobs/job.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import { type Disposable, DisposableStore } from '../jobs/lifecycle.ts';
import { formatPercent } from './format.ts';
import type { PresentationContext } from './jobPresentation.ts';

const scheme = 'media-services-job';

/** Stands for a job where VS Code wants a resource. Nothing can be opened under it. */
export function jobUri({ account, id }: JobKey): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${encode(id)}`, query: encode(account) });
}

/** Half a surrogate pair cannot be encoded. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/**
 * Puts the percent of a running job at the right end of its row. Names of jobs are long and sidebars narrow: the text
 * beside the name is cut off there, the answer to "how far is it?" is not.
 */
export class JobDecorations implements vscode.FileDecorationProvider, Disposable {
  readonly #store: JobStore;
  readonly #context: () => PresentationContext;
  readonly #disposables = new DisposableStore();
  readonly #change = this.#disposables.add(new vscode.EventEmitter<vscode.Uri[]>());

  readonly onDidChangeFileDecorations = this.#change.event;

  constructor(store: JobStore, context: () => PresentationContext) {
    this.#store = store;
    this.#context = context;
    this.#disposables.add(vscode.window.registerFileDecorationProvider(this));
    this.#disposables.add(
      store.onDidChange(({ added, changed, removed }) => {
        const decorated = changed.filter(({ before, after }) => this.#badge(before) !== this.#badge(after));
        const uris = [
          ...decorated.map(({ after }) => after),
          ...added.filter((job) => this.#badge(job)),
          ...removed,
        ].map(jobUri);
        if (uris.length > 0) {
          this.#change.fire(uris);
        }
      }),
    );
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== scheme) {
      return undefined;
    }
    const job = this.#jobOf(uri);
    const badge = job && this.#badge(job);
    return badge ? new vscode.FileDecoration(badge, formatPercent(Number(badge), this.#context().locale)) : undefined;
  }

  /** Anybody can write an address of this scheme, and one that cannot be decoded. */
  #jobOf(uri: vscode.Uri): Job | undefined {
    try {
      return this.#store.get({ account: decodeURIComponent(uri.query), id: decodeURIComponent(uri.path.slice(1)) });
    } catch {
      return undefined;
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  /** VS Code has room for two characters, and a running job is below 100. */
  #badge({ state, progress }: { readonly state: string; readonly progress: number | null }): string | null {
    const isRunning = state === 'Processing' || state === 'Canceling';
    return isRunning && progress !== null ? String(Math.min(99, Math.floor(progress))) : null;
  }
}
