import * as vscode from 'vscode';

/** Tells whether the window is focused, now and whenever that changes. */
export function followWindowFocus(tell: (focused: boolean) => void): vscode.Disposable {
  tell(vscode.window.state.focused);
  return vscode.window.onDidChangeWindowState(({ focused }) => tell(focused));
}
