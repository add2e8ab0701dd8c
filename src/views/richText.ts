import * as vscode from 'vscode';

/**
 * Markdown with theme icons, and with the HTML that the drawn bar needs. Commands stay
 * disabled unless the caller names those that links in it may run.
 */
export function richText(markdown: string): vscode.MarkdownString {
  const text = new vscode.MarkdownString(markdown, true);
  text.supportHtml = true;
  return text;
}
