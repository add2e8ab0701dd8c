/** The part of `vscode.l10n` that pure presentation needs. */
export interface Localizer {
  t(message: string, ...args: (string | number)[]): string;
}
