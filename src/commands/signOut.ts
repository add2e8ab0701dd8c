import * as vscode from 'vscode';
import { plainLine, withoutIcons } from '../views/text.ts';
import { pickAccount } from './accountArguments.ts';
import type { Services } from './services.ts';
import { stopTrackingIn } from './trackJob.ts';

/** Sign Out: forgets the account's secret, token, endpoint and jobs. */
export async function signOut(services: Services, argument?: unknown): Promise<void> {
  const account = await pickAccount(
    argument,
    vscode.l10n.t('Pick the account to sign out of'),
    ({ isEmulator }) => !isEmulator,
    services,
  );
  if (account) {
    await services.accounts.signOut(account.name);
    services.watcher.forget(account.name);
    stopTrackingIn(account.name, services);
    const done = vscode.l10n.t('Signed out of {0}.', withoutIcons(plainLine(account.name)));
    vscode.window.setStatusBarMessage(`$(check) ${done}`, 5_000);
  }
}
