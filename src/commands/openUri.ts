import * as vscode from 'vscode';
import type { JobKey } from '../jobs/job.ts';
import { plainLine } from '../views/text.ts';
import { jobIdFormOf } from './jobIds.ts';
import { readJobUri, type UriParts } from './jobUri.ts';
import { showFailure } from './messages.ts';
import type { Services } from './services.ts';

/**
 * Opens the address of a job, which anybody may have written: nothing is sent and nothing changes unless the person
 * agrees, account and id before their eyes. Then the job is asked for and its details are shown; it is not tracked.
 */
export async function openUri(services: Services, uri: UriParts): Promise<void> {
  const { accounts } = services;
  const { l10n, window } = vscode;
  const key = readJobUri(
    uri,
    accounts.accounts.map((account) => ({ name: account.name, form: jobIdFormOf(account) })),
  );
  if (!key) {
    // Not waited for: it would keep the next address from being opened. What was in the address is for nobody to read.
    const text = l10n.t('This link to a job cannot be opened: it must name an account in your settings and a job id.');
    void window.showErrorMessage(text);
    return;
  }
  const check = l10n.t('Check Job');
  const detail = [
    l10n.t('Account: {0}', plainLine(key.account)),
    l10n.t('Job: {0}', plainLine(key.id)),
    '',
    l10n.t('The account’s service is asked for this job, and its details are shown. Nothing is changed.'),
  ];
  const options = { modal: true, detail: detail.join('\n') };
  if ((await window.showInformationMessage(l10n.t('Check the job of this link?'), options, check)) !== check) {
    return;
  }
  // The question is answered, and the next address may be asked about while the service is.
  void checkAndShow(services, key);
}

async function checkAndShow({ watcher, editors }: Services, key: JobKey): Promise<void> {
  const { l10n, ProgressLocation, window } = vscode;
  try {
    await window.withProgress({ location: ProgressLocation.Window, title: l10n.t('Checking job…') }, () =>
      watcher.check(key),
    );
    editors.get().openDetails(key);
  } catch (error) {
    void showFailure(error, key.account);
  }
}
