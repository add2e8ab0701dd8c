import * as vscode from 'vscode';
import { pickAccount } from './accountArguments.ts';
import { accountEntries, isEntryOf, writeAccountEntries } from './accountEntries.ts';
import { safeMessage } from './messages.ts';
import type { Services } from './services.ts';
import { stopTrackingIn } from './trackJob.ts';

/** Remove Account: takes it out of the settings, with its secret and everything kept of it. */
export async function removeAccount(services: Services, argument?: unknown): Promise<void> {
  const { l10n } = vscode;
  const account = await pickAccount(
    argument,
    l10n.t('Pick the account to remove'),
    ({ isEmulator }) => !isEmulator,
    services,
  );
  if (!account) {
    return;
  }
  const remove = l10n.t('Remove');
  const choice = await vscode.window.showWarningMessage(
    l10n.t('Remove the account {0}?', safeMessage(account.name)),
    {
      modal: true,
      detail: l10n.t('Its entry in the settings and its secret are deleted. Its jobs stay at the service.'),
    },
    remove,
  );
  if (choice === remove) {
    // The entry first: without its secret the account would look signed out for a moment.
    await writeAccountEntries(accountEntries().filter((entry) => !isEntryOf(entry, account.name)));
    await services.accounts.forget(account.name);
    stopTrackingIn(account.name, services);
  }
}
