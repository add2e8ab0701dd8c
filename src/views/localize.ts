/** The part of `vscode.l10n` that pure presentation needs. */
export interface Localizer {
  t(message: string, ...args: (string | number)[]): string;
  /** All texts of the person's language by their English ones; `undefined` in English. */
  readonly bundle: Readonly<Record<string, string>> | undefined;
}
