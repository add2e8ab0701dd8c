import * as vscode from 'vscode';
import { accountEntries, writeAccountEntries } from './accountEntries.ts';
import { entryOf } from './accountForm.ts';
import { connect, fillIn, namesBut } from './accountWizard.ts';
import type { Services } from './services.ts';
import { startEmulator } from './startEmulator.ts';

/** Add Account: asks for what the account needs, signs in, and ends in Test Connection. */
export async function addAccount(services: Services): Promise<void> {
  const result = await fillIn(services, {
    title: vscode.l10n.t('Add Media Services Account'),
    initial: { fields: {} },
    taken: namesBut(undefined),
    offersEmulator: true,
  });
  if (!result) {
    return;
  }
  if ('emulated' in result) {
    await startEmulator(services, { services: [result.emulated] });
    return;
  }
  const { draft } = result;
  const entry = entryOf(draft);
  await writeAccountEntries([...accountEntries(), entry]);
  await connect(services, draft, entry);
}
