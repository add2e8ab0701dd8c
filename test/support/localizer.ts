import type { Localizer } from '../../src/views/localize.ts';
import { projectText } from './manifest.ts';

/** English, with placeholders filled as `vscode.l10n.t` does. */
export const english = localizer(undefined);

/** Korean, as in a window whose language it is. */
export const korean = localizer(JSON.parse(projectText('l10n/bundle.l10n.ko.json')) as Record<string, string>);

function localizer(bundle: Readonly<Record<string, string>> | undefined): Localizer {
  return {
    bundle,
    t: (message, ...args) =>
      (bundle?.[message] ?? message).replace(/\{(\d+)\}/g, (whole, index: string) =>
        String(args[Number(index)] ?? whole),
      ),
  };
}
