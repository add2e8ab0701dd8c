import * as vscode from 'vscode';
import type { Editors } from './editors.ts';

/**
 * Documents about jobs, as files that nobody can write. VS Code opens files again after a reload, which it does not do
 * with texts that are made on the fly; it asks for them at its start, so this has to be there at once.
 */
export class LazyJobFiles implements vscode.FileSystemProvider {
  readonly #start: () => unknown;
  #editors: (() => Editors) | null = null;
  /** Fires with a document whose text is another by now. */
  readonly changed = new vscode.EventEmitter<vscode.Uri>();

  /** @param start builds what stands behind this, which then calls `serve` */
  constructor(start: () => unknown) {
    this.#start = start;
  }

  serve(editors: () => Editors): void {
    this.#editors = editors;
  }

  onDidChangeFile: vscode.FileSystemProvider['onDidChangeFile'] = (listener, thisArgument, disposables) =>
    this.changed.event(
      (uri) => listener.call(thisArgument, [{ type: vscode.FileChangeType.Changed, uri }]),
      undefined,
      disposables,
    );

  stat = (uri: vscode.Uri): Promise<vscode.FileStat> => this.#get().documentStat(uri);
  readFile = (uri: vscode.Uri): Promise<Uint8Array> => this.#get().documentFile(uri);
  readDirectory = (): [string, vscode.FileType][] => [];
  /** Whoever has a document open hears of every change anyway. */
  watch = (): vscode.Disposable => new vscode.Disposable(() => undefined);
  writeFile = refuse;
  createDirectory = refuse;
  delete = refuse;
  rename = refuse;

  dispose(): void {
    this.changed.dispose();
  }

  #get(): Editors {
    this.#start();
    if (!this.#editors) {
      throw vscode.FileSystemError.Unavailable();
    }
    return this.#editors();
  }
}

function refuse(): never {
  throw vscode.FileSystemError.NoPermissions();
}
