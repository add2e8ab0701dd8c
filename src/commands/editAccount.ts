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
  const stored = await services.accounts.secretState(name);
  const result = await fillIn(services, {
    title: vscode.l10n.t('Edit Media Services Account'),
    initial: draftOf(entry as object),
    taken: namesBut(name),
    storedSecret: stored.state === 'ready' ? stored.secret : undefined,
    offersEmulator: false,
  });
  if (result && 'draft' in result) {
    const { draft } = result;
    const edited = entryOf(draft, entry as object);
    await writeAccountEntries(accountEntries().map((other) => (isEntryOf(other, name) ? edited : other)));
    await connect(services, draft, edited);
  }
}
