import * as vscode from 'vscode';
import { pickAccount } from './accountArguments.ts';
import { accountEntries, isEntryOf, writeAccountEntries } from './accountEntries.ts';
import { safeMessage, showFailureOf } from './messages.ts';
import type { Services } from './services.ts';

/**
 * Review Redirect: asks whether an account's token may follow a redirect to a host that it does not trust. Refusal is
 * the default; the answer is kept in the account's settings, where it can be taken back.
 */
export async function trustHost(services: Services, argument?: unknown): Promise<void> {
  const { l10n } = vscode;
  const { store } = services;
  const originOf = (name: string): string | undefined => {
    const status = store.status(name);
    return status.state === 'failed' ? status.error.untrustedOrigin : undefined;
  };
  const account = await pickAccount(
    argument,
    l10n.t('Pick the account whose redirect to review'),
    ({ name }) => originOf(name) !== undefined,
    services,
  );
  const origin = account && originOf(account.name);
  if (!account || origin === undefined) {
    return;
  }
  const url = URL.parse(origin);
  if (url?.protocol !== 'https:') {
    await vscode.window.showErrorMessage(
      l10n.t('The service redirects to an address without https, which is never followed: {0}', safeMessage(origin)),
    );
    return;
  }
  const trust = l10n.t('Trust Host');
  // The first button is the one that Enter presses.
  const refuse = l10n.t('Do Not Trust');
  const choice = await vscode.window.showWarningMessage(
    l10n.t('Send the token of {0} to {1}?', safeMessage(account.name), url.host),
    {
      modal: true,
      detail: l10n.t(
        'The service redirects there. Whoever runs that host can then use the account until the token expires. Trust it only if you know it belongs to the service.',
      ),
    },
    refuse,
    trust,
  );
  // The account may have become another while the question was open.
  if (choice !== trust || originOf(account.name) !== origin) {
    return;
  }
  await addTrustedHost(account.name, url.host);
  await services.view.withProgress(() => services.watcher.refresh(account.name));
  showFailureOf([account.name], services);
}

async function addTrustedHost(accountName: string, host: string): Promise<void> {
  const entries = accountEntries().map((entry) => {
    if (!isEntryOf(entry, accountName)) {
      return entry;
    }
    const hosts = 'trustedHosts' in entry && Array.isArray(entry.trustedHosts) ? entry.trustedHosts : [];
    return { ...entry, trustedHosts: [...hosts, host] };
  });
  await writeAccountEntries(entries);
}
