import * as vscode from 'vscode';

/** Open Account Settings: the accounts in the person's settings.json, where the schema helps to write one. */
export async function openAccountSettings(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettingsJson', {
    revealSetting: { key: 'mediaServices.accounts', edit: true },
  });
}
