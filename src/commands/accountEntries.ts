import * as vscode from 'vscode';

/** The entries of `mediaServices.accounts` as the person wrote them, wrong ones included. */
export function accountEntries(): readonly unknown[] {
  const value: unknown = configuration().inspect('accounts')?.globalValue;
  return Array.isArray(value) ? value : [];
}

/** Writes the person's setting; an empty one is taken away. */
export async function writeAccountEntries(entries: readonly unknown[]): Promise<void> {
  await configuration().update(
    'accounts',
    entries.length === 0 ? undefined : entries,
    vscode.ConfigurationTarget.Global,
  );
}

/** Whether this is the entry of that account. Names are read without the white space around them. */
export function isEntryOf(entry: unknown, accountName: string): entry is object {
  return (
    typeof entry === 'object' &&
    entry !== null &&
    'name' in entry &&
    typeof entry.name === 'string' &&
    entry.name.trim() === accountName
  );
}

function configuration(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('mediaServices');
}
