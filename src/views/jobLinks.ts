import type * as vscode from 'vscode';
import type { EditorParts } from './editorParts.ts';

/** Ids of jobs in text, as links. */
export class JobLinks {
  readonly #parts: EditorParts;

  constructor(parts: EditorParts) {
    this.#parts = parts;
  }

  inTerminal(_line: string): vscode.TerminalLink[] {
    return [];
  }

  async follow(_link: vscode.TerminalLink): Promise<void> {
    void this.#parts;
  }

  inDocument(_document: vscode.TextDocument, _token: vscode.CancellationToken): vscode.DocumentLink[] {
    return [];
  }

  hover(_document: vscode.TextDocument, _position: vscode.Position): vscode.Hover | undefined {
    return undefined;
  }
}
