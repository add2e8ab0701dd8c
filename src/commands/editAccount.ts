import * as vscode from 'vscode';
import { accountFromNode } from './accountArguments.ts';
import { accountEntries, isEntryOf, writeAccountEntries } from './accountEntries.ts';
import { draftOf, entryOf } from './accountForm.ts';
import { connect, fillIn, namesBut } from './accountWizard.ts';
import type { Services } from './services.ts';

/** Edit Account: the same questions with the answers that the settings hold. */
export async function editAccount(services: Services, argument?: unknown): Promise<void> {
  const name = accountFromNode(argument, services);
  const entry = accountEntries().find((candidate) => name !== undefined && isEntryOf(candidate, name));
  if (name === undefined || entry === undefined) {
    await vscode.commands.executeCommand('mediaServices.openAccountSettings');
    return;
  }
  const title = vscode.l10n.t('Edit Media Services Account');
  const draft = await fillIn(title, draftOf(entry as object), namesBut(name));
  if (draft) {
    const entries = accountEntries().map((other) => (isEntryOf(other, name) ? entryOf(draft, other) : other));
    await writeAccountEntries(entries);
    await connect(services, draft);
  }
}
