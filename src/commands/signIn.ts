import * as vscode from 'vscode';
import type { Account } from '../accounts/accountRegistry.ts';
import { type SecretKind, secretDestinationOf } from '../accounts/secretDestination.ts';
import { pickAccount } from './accountArguments.ts';
import { safeMessage, showFailure } from './messages.ts';
import type { Services } from './services.ts';

/** Sign In: asks for the account's secret where it has one, and shows at once whether it works. */
export async function signIn(services: Services, argument?: unknown): Promise<void> {
  const { accounts, store, watcher, view } = services;
  const failed = (account: Account): boolean => store.status(account.name).state === 'failed';
  const anyFailed = accounts.accounts.some(failed);
  const account = await pickAccount(
    argument,
    vscode.l10n.t('Pick the account to sign in to'),
    anyFailed ? failed : () => true,
    services,
  );
  if (!account) {
    return;
  }
  let secret: string | undefined;
  if (account.secretKind !== null) {
    secret = await askSecret(services, account, account.secretKind);
    if (secret === undefined) {
      return;
    }
  }
  await accounts.signIn(account, secret);
  await view.withProgress(() => watcher.refresh(account.name));
  const status = store.status(account.name);
  if (status.state === 'failed') {
    await showFailure(status.error, account.name);
  }
}

async function askSecret(services: Services, account: Account, kind: SecretKind): Promise<string | undefined> {
  const { l10n } = vscode;
  const destination = secretDestinationOf(account.config);
  const known = await services.accounts.secretState(account.name);
  if (
    known.state === 'otherDestination' &&
    !(await confirmNewDestination(account, known.origins, destination.origins))
  ) {
    return undefined;
  }
  const titles: Record<SecretKind, string> = {
    clientSecret: l10n.t('Client secret of {0}', safeMessage(account.name)),
    accountKey: l10n.t('Account key of {0}', safeMessage(account.name)),
    token: l10n.t('Token of {0}', safeMessage(account.name)),
  };
  const entered = await vscode.window.showInputBox({
    title: titles[kind],
    prompt: l10n.t('It is kept in the secret storage of VS Code and used at {0} only.', destination.origins.join(', ')),
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? l10n.t('Enter the secret; it cannot be empty.') : undefined),
  });
  return entered?.trim() || undefined;
}

/** The settings now send the secret somewhere else: a person compares both before entering it again. */
async function confirmNewDestination(
  account: Account,
  before: readonly string[],
  now: readonly string[],
): Promise<boolean> {
  const { l10n } = vscode;
  const proceed = l10n.t('Enter Secret');
  const choice = await vscode.window.showWarningMessage(
    l10n.t('The settings of {0} changed where its secret goes.', safeMessage(account.name)),
    { modal: true, detail: `${l10n.t('Before: {0}', before.join(', '))}\n${l10n.t('Now: {0}', now.join(', '))}` },
    proceed,
  );
  return choice === proceed;
}
