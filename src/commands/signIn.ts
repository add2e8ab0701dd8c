import * as vscode from 'vscode';
import type { Account } from '../accounts/accountRegistry.ts';
import { type SecretKind, secretDestinationOf } from '../accounts/secretDestination.ts';
import { failureGroup } from '../views/failure.ts';
import { pickAccount } from './accountArguments.ts';
import { safeMessage, showFailureOf } from './messages.ts';
import type { Services } from './services.ts';

/**
 * Sign In: asks for the account's secret where it has one, or signs the person in where they do that themselves, and
 * shows at once whether it works.
 */
export async function signIn(services: Services, argument?: unknown): Promise<void> {
  const { accounts, store, watcher, view } = services;
  const signedOut = ({ name }: Account): boolean => {
    const status = store.status(name);
    return status.state === 'failed' && failureGroup(status.error) === 'notSignedIn';
  };
  const anySignedOut = accounts.accounts.some(signedOut);
  const account = await pickAccount(
    argument,
    vscode.l10n.t('Pick the account to sign in to'),
    anySignedOut ? signedOut : () => true,
    services,
  );
  if (!account) {
    return;
  }
  const entered = await enterSecret(services, account);
  if (!entered) {
    return;
  }
  if (account.isInteractive) {
    await signInWithPerson(services, account);
  } else {
    await accounts.signIn(account, entered.secret);
  }
  await view.withProgress(() => watcher.refresh(account.name));
  showFailureOf([account.name], services);
}

/** What the person enters: `secret` is `undefined` where the account needs none. `null`: they do not go on. */
async function enterSecret(
  services: Services,
  account: Account,
): Promise<{ readonly secret: string | undefined } | null> {
  const destination = secretDestinationOf(account.config);
  const known = await services.accounts.secretState(account.name);
  if (
    known.state === 'otherDestination' &&
    !(await confirmNewDestination(account, known.origins, destination.origins))
  ) {
    return null;
  }
  if (account.secretKind === null) {
    return { secret: undefined };
  }
  const secret = await askSecret(account, account.secretKind, destination.origins);
  return secret === undefined ? null : { secret };
}

/** The person may take their time, in the browser or elsewhere, and may give up. */
async function signInWithPerson({ accounts }: Services, account: Account): Promise<void> {
  const { l10n, window, ProgressLocation } = vscode;
  const title = l10n.t('Signing in to {0}…', safeMessage(account.name));
  const controller = new AbortController();
  await window.withProgress({ location: ProgressLocation.Notification, title, cancellable: true }, async (_, token) => {
    const subscription = token.onCancellationRequested(() => controller.abort());
    try {
      await accounts.signIn(account, undefined, controller.signal);
    } finally {
      subscription.dispose();
    }
  });
}

async function askSecret(account: Account, kind: SecretKind, origins: readonly string[]): Promise<string | undefined> {
  const { l10n } = vscode;
  const titles: Record<SecretKind, string> = {
    clientSecret: l10n.t('Client secret of {0}', safeMessage(account.name)),
    passphrase: l10n.t("Passphrase of {0}'s certificate", safeMessage(account.name)),
    accountKey: l10n.t('Account key of {0}', safeMessage(account.name)),
    apiKey: l10n.t('API key of {0}', safeMessage(account.name)),
    token: l10n.t('Token of {0}', safeMessage(account.name)),
  };
  const isPassphrase = kind === 'passphrase';
  const entered = await vscode.window.showInputBox({
    title: titles[kind],
    prompt: isPassphrase
      ? l10n.t('It is kept in the secret storage of VS Code. Leave it empty where the key is not encrypted.')
      : l10n.t('It is kept in the secret storage of VS Code and used at {0} only.', origins.join(', ')),
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) =>
      value.trim() === '' && !isPassphrase ? l10n.t('Enter the secret; it cannot be empty.') : undefined,
  });
  // White space is part of a passphrase; around the others it was only copied along.
  return isPassphrase ? entered : entered?.trim() || undefined;
}

/** The settings now send the secret somewhere else: a person compares both before entering it again. */
async function confirmNewDestination(
  account: Account,
  before: readonly string[],
  now: readonly string[],
): Promise<boolean> {
  const { l10n } = vscode;
  const proceed = account.isInteractive ? l10n.t('Sign In') : l10n.t('Enter Secret');
  const choice = await vscode.window.showWarningMessage(
    l10n.t('The settings of {0} changed where its secret or its login goes.', safeMessage(account.name)),
    { modal: true, detail: `${l10n.t('Before: {0}', before.join(', '))}\n${l10n.t('Now: {0}', now.join(', '))}` },
    proceed,
  );
  return choice === proceed;
}
