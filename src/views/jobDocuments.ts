import * as vscode from 'vscode';
import type { JobKey } from '../jobs/job.ts';
import { type Disposable, DisposableStore } from '../jobs/lifecycle.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { documentScheme } from './documentScheme.ts';
import { type DocumentSource, ExchangeSource, RecordSource } from './documentSource.ts';
import type { EditorParts } from './editorParts.ts';
import type { DocumentKind } from './editors.ts';
import { errorText } from './errorText.ts';
import { documentAddress, type JobDocument, readDocumentAddress } from './jobDocument.ts';
import { jobTitle } from './jobPresentation.ts';
import { plainLine } from './text.ts';

/** How soon to look again for an account that is not there; twice as long each time. */
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

/** A document that VS Code has open, or is about to. */
interface OpenDocument {
  readonly uri: vscode.Uri;
  readonly key: JobKey;
  readonly source: DocumentSource;
  /** Why there is nothing to show yet. */
  problem: string;
  /**
   * What another try waits for: that its account, which answered, fails and answers again; that it answers; that somebody
   * sees the document. `null` where it would bring the same.
   */
  waitsFor: 'failure' | 'answer' | 'eyes' | null;
  /** Milliseconds since the Unix epoch; another at each change, as VS Code reads a file again only then. */
  changedAt: number;
  retries: number;
  retry: Disposable | null;
}

/** Read-only documents about jobs. One stays what it is for a job's life: another name makes no other document. */
export class JobDocuments implements Disposable {
  readonly #parts: EditorParts;
  readonly #open = new Map<string, OpenDocument>();
  readonly #subscriptions = new DisposableStore();

  constructor(parts: EditorParts) {
    this.#parts = parts;
    const { window, workspace } = vscode;
    for (const subscription of [
      workspace.onDidCloseTextDocument((document) => this.#closed(document)),
      window.onDidChangeVisibleTextEditors(() => this.#visibilityChanged()),
      window.onDidChangeWindowState(() => this.#lookAgain()),
      workspace.onDidChangeConfiguration((event) =>
        event.affectsConfiguration('mediaServices') ? this.#lookAgain() : undefined,
      ),
      parts.store.onDidChange(({ account, statusChanged }) => statusChanged && this.#accountChanged(account)),
    ]) {
      this.#subscriptions.add(subscription);
    }
  }

  /**
   * Opens a document, once there is something to show in it.
   * @param options.preview whether the next document takes its place
   * @throws ServiceError
   */
  async open(kind: DocumentKind, key: JobKey, options: { readonly preview?: boolean } = {}): Promise<void> {
    const uri = this.#openUri({ kind, key }) ?? this.#newUri({ kind, key });
    const open = this.#get(uri, { kind, key });
    try {
      if (open.source.text === null) {
        await open.source.refresh();
      } else if (kind === 'json') {
        open.source.refresh().catch(() => undefined);
      }
      const document = await withLanguage(await vscode.workspace.openTextDocument(uri), kind);
      await vscode.window.showTextDocument(document, { preview: options.preview ?? true });
    } finally {
      this.#dropUnlessOpen(uri);
    }
  }

  /** What VS Code has to know of the file before it reads it. It asks after a reload too, before anything else happens. */
  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { type, permissions } = { type: vscode.FileType.File, permissions: vscode.FilePermission.Readonly };
    const { byteLength } = await this.file(uri);
    return { type, permissions, ctime: 0, mtime: this.#open.get(uri.toString())?.changedAt ?? 0, size: byteLength };
  }

  async file(uri: vscode.Uri): Promise<Uint8Array> {
    const document = readDocumentAddress(uri);
    if (!document) {
      throw vscode.FileSystemError.FileNotFound(uri);
    }
    const open = this.#get(uri, document);
    // What failed is not tried again by the next look at the file.
    if (open.source.text === null && open.problem === '') {
      await this.#load(open);
    }
    return fileBytes(open.source.text ?? open.problem);
  }

  /**
   * Asks for what a document shows now.
   * @throws ServiceError
   */
  async refresh(uri: vscode.Uri): Promise<void> {
    await this.#open.get(uri.toString())?.source.refresh();
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const open of this.#open.values()) {
      drop(open);
    }
    this.#open.clear();
  }

  /** The tab that has this document already, whatever the job was called then. */
  #openUri({ kind, key }: JobDocument): vscode.Uri | undefined {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ input }) => input));
    const uris = tabs.flatMap((input) => (input instanceof vscode.TabInputText ? [input.uri] : []));
    return uris.find((uri) => {
      const document = readDocumentAddress(uri);
      return document?.kind === kind && document.key.account === key.account && document.key.id === key.id;
    });
  }

  #newUri(document: JobDocument): vscode.Uri {
    const { key } = document;
    return vscode.Uri.from(documentAddress(document, jobTitle(this.#parts.store.get(key) ?? { ...key, name: '' })));
  }

  #get(uri: vscode.Uri, { kind, key }: JobDocument): OpenDocument {
    const known = this.#open.get(uri.toString());
    if (known) {
      return known;
    }
    const { store, watcher, clock, settings } = this.#parts;
    const parts = {
      ...{ store, watcher, clock, settings },
      isFocused: () => vscode.window.state.focused,
      l10n: () => vscode.l10n,
      onChange: () => this.#changed(open),
    };
    const source = kind === 'json' ? new RecordSource(parts, key) : new ExchangeSource(parts, key);
    const open: OpenDocument = {
      uri,
      key,
      source,
      problem: '',
      waitsFor: null,
      changedAt: clock.now(),
      retries: 0,
      retry: null,
    };
    this.#open.set(uri.toString(), open);
    source.setVisible(isVisible(uri));
    return open;
  }

  /** Asks for the first text. Where that fails, the document says why, and asks again when it may go better. */
  async #load(open: OpenDocument): Promise<void> {
    open.retry?.dispose();
    open.retry = null;
    open.waitsFor = null;
    try {
      await open.source.refresh();
    } catch (thrown) {
      const error = ServiceError.from(thrown);
      open.problem = `${plainLine(errorText(error.message, vscode.l10n))}\n`;
      if (error.kind !== 'notFound' && error.kind !== 'badRequest') {
        open.waitsFor = this.#answers(open.key) ? 'failure' : 'answer';
      }
      if (error.kind === 'configuration' && this.#open.get(open.uri.toString()) === open) {
        // Nothing was asked: accounts come a moment after the start of the window.
        const delay = Math.min(longestRetryMs, firstRetryMs * 2 ** open.retries++);
        open.retry = this.#parts.clock.setTimeout(() => void this.#loadAgain(open), delay);
      }
    }
  }

  async #loadAgain(open: OpenDocument): Promise<void> {
    const before = open.problem;
    await this.#load(open);
    if (open.source.text !== null || open.problem !== before) {
      this.#changed(open);
    }
  }

  /** An account that answers again may have something for documents that have nothing to show. */
  #accountChanged(account: string): void {
    for (const open of this.#open.values()) {
      if (open.key.account === account) {
        const answers = this.#answers(open.key);
        if (open.waitsFor === (answers ? 'answer' : 'failure')) {
          open.waitsFor = answers ? 'eyes' : 'answer';
        }
        this.#loadIfSeen(open);
      }
    }
  }

  #loadIfSeen(open: OpenDocument): void {
    if (open.waitsFor === 'eyes' && open.source.text === null && isVisible(open.uri)) {
      void this.#loadAgain(open);
    }
  }

  #answers({ account }: JobKey): boolean {
    return this.#parts.store.status(account).state === 'ready';
  }

  #changed(open: OpenDocument): void {
    open.changedAt = Math.max(open.changedAt + 1, this.#parts.clock.now());
    this.#parts.documentChanged.fire(open.uri);
  }

  #visibilityChanged(): void {
    for (const open of this.#open.values()) {
      open.source.setVisible(isVisible(open.uri));
      this.#loadIfSeen(open);
    }
  }

  #lookAgain(): void {
    for (const { source } of this.#open.values()) {
      source.lookAgain();
    }
  }

  #closed(document: vscode.TextDocument): void {
    // One that got another language is told to be closed, but is not.
    if (document.uri.scheme === documentScheme && document.isClosed) {
      this.#dropUnlessOpen(document.uri);
    }
  }

  #dropUnlessOpen(uri: vscode.Uri): void {
    const id = uri.toString();
    const open = this.#open.get(id);
    if (open && !vscode.workspace.textDocuments.some((document) => document.uri.toString() === id)) {
      this.#open.delete(id);
      drop(open);
    }
  }
}

function drop({ source, retry }: OpenDocument): void {
  source.dispose();
  retry?.dispose();
}

/**
 * A byte order mark where there is more than ASCII: whatever encoding a person has set for files, this is UTF-8. VS Code
 * takes a file with a NUL for no text; it is shown by its symbol.
 */
function fileBytes(text: string): Uint8Array {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
  const isAscii = /^[\x00-\x7f]*$/.test(text);
  return Buffer.from(`${isAscii ? '' : '\ufeff'}${text.replaceAll('\0', '\u2400')}`);
}

function isVisible(uri: vscode.Uri): boolean {
  const id = uri.toString();
  return vscode.window.visibleTextEditors.some(({ document }) => document.uri.toString() === id);
}

/** VS Code has no language for HTTP; where another extension brings one, its colours help. */
async function withLanguage(document: vscode.TextDocument, kind: DocumentKind): Promise<vscode.TextDocument> {
  const wanted = kind === 'json' ? 'json' : 'http';
  const { languages } = vscode;
  return document.languageId === 'plaintext' && (await languages.getLanguages()).includes(wanted)
    ? await languages.setTextDocumentLanguage(document, wanted)
    : document;
}
