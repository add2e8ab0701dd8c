import type { Localizer } from '../../src/views/localize.ts';

/** English, with placeholders filled as `vscode.l10n.t` does. */
export const english: Localizer = {
  t: (message, ...args) =>
    message.replace(/\{(\d+)\}/g, (whole, index: string) => String(args[Number(index)] ?? whole)),
};
