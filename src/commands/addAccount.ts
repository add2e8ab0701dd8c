import * as vscode from 'vscode';
import { accountEntries, writeAccountEntries } from './accountEntries.ts';
import { entryOf } from './accountForm.ts';
import { connect, fillIn, namesBut } from './accountWizard.ts';
import type { Services } from './services.ts';

/** Add Account: asks for what the account needs, signs in, and ends in Test Connection. */
export async function addAccount(services: Services): Promise<void> {
  const draft = await fillIn(vscode.l10n.t('Add Media Services Account'), { fields: {} }, namesBut(undefined));
  if (draft) {
    await writeAccountEntries([...accountEntries(), entryOf(draft)]);
    await connect(services, draft);
  }
}
