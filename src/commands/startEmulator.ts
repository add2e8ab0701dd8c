import * as vscode from 'vscode';
import { emulatorAccountNames } from '../accounts/emulatorAccounts.ts';
import { errorText } from '../views/errorText.ts';
import { servicesToEmulate } from './emulatorArguments.ts';
import { safeMessage } from './messages.ts';
import type { Services } from './services.ts';

/**
 * Start Local Emulator: starts it, or joins the one of another window.
 * @param argument may say in `services` which services it is wanted as: `ams` where it is left out
 * @returns the API root and the name of its account of the first of them
 */
export async function startEmulator(
  services: Services,
  argument?: unknown,
): Promise<{ endpoint: string; accountName: string } | undefined> {
  try {
    const kinds = servicesToEmulate(argument);
    const running = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Starting the local emulator…') },
      () => services.emulator.start(kinds),
    );
    const [first] = kinds;
    const accountName = emulatorAccountNames[first];
    if (!services.accounts.get(accountName)) {
      throw new Error(
        vscode.l10n.t('The local emulator of another window is of an earlier version. Stop it, and start it again.'),
      );
    }
    vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('The local emulator runs.')}`, 5_000);
    const { endpoint, mkio, ravnur } = running;
    return {
      endpoint: { ams: endpoint, mkio: mkio?.endpoint, ravnur: ravnur?.endpoint }[first] ?? endpoint,
      accountName,
    };
  } catch (error) {
    const showLog = vscode.l10n.t('Show Log');
    const message = safeMessage(errorText(error instanceof Error ? error.message : String(error), vscode.l10n));
    void vscode.window.showErrorMessage(message, showLog).then((choice) => {
      if (choice === showLog) {
        services.log.show();
      }
    });
    return undefined;
  }
}
