import * as vscode from 'vscode';
import { emulatorAccountName } from '../accounts/accountSettings.ts';
import { errorText } from '../views/errorText.ts';
import { safeMessage } from './messages.ts';
import type { Services } from './services.ts';

/**
 * Start Local Emulator: starts it, or joins the one of another window.
 * @returns its API root and the name of its account here
 */
export async function startEmulator(
  services: Services,
): Promise<{ endpoint: string; accountName: string } | undefined> {
  try {
    const { endpoint } = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Starting the local emulator…') },
      () => services.emulator.start(),
    );
    vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('The local emulator runs.')}`, 5_000);
    return { endpoint, accountName: emulatorAccountName };
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
