import * as vscode from 'vscode';
import { type Disposable, DisposableStore, once } from '../jobs/lifecycle.ts';
import type * as DetailsBundle from './details.ts';
import type { EditorParts } from './editorParts.ts';
import type { Editors } from './editors.ts';
import type { LazyJobFiles } from './lazyJobFiles.ts';

export interface EditorBundles {
  /** Registered already. */
  readonly files: LazyJobFiles;
  readonly details: () => typeof DetailsBundle;
}

/** The details panel of a job, as VS Code keeps it over a reload. */
export const detailsViewType = 'mediaServices.jobDetails';

/** Where ids of jobs are links: in every text that VS Code shows, files, output and the others. */
const linkedDocuments = '*';

/** What VS Code has to know of the editor area from the start. What is behind it is loaded when it is first used. */
export class LazyEditors implements Disposable {
  readonly #disposables = new DisposableStore();
  /** What stands in editor tabs. */
  readonly get: () => Editors;

  constructor(bundles: EditorBundles, parts: Omit<EditorParts, 'documentChanged'>) {
    const { languages, window } = vscode;
    const whole = { ...parts, documentChanged: bundles.files.changed };
    this.get = once(() => this.#disposables.add(bundles.details().createEditors(whole)));
    bundles.files.serve(this.get);
    const links = once(() => whole.panel().createLinks(whole));
    for (const registered of [
      window.registerWebviewPanelSerializer(detailsViewType, {
        deserializeWebviewPanel: async (panel, state) => this.get().restoreDetails(panel, state),
      }),
      window.registerTerminalLinkProvider({
        provideTerminalLinks: ({ line }) => (/nb(:|%3a)jid|transforms\//i.test(line) ? links().inTerminal(line) : []),
        handleTerminalLink: (link) => links().follow(link),
      }),
      languages.registerDocumentLinkProvider(linkedDocuments, {
        provideDocumentLinks: (document, token) => links().inDocument(document, token),
      }),
      languages.registerHoverProvider(linkedDocuments, {
        provideHover: (document, position) => links().hover(document, position),
      }),
    ]) {
      this.#disposables.add(registered);
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
