import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionUnderTest } from './support/extension.ts';

describe('the extension in VS Code', () => {
  it('registers every contributed command', async () => {
    await extensionUnderTest();
    const extension = vscode.extensions.getExtension('media-services-jobs.media-services-jobs');
    const contributed: { command: string }[] = extension?.packageJSON.contributes.commands;
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      contributed.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
    assert.ok(contributed.length > 10);
  });

  it('loads none of the other bundles before somebody looks or runs a command', () => {
    const loaded = Object.keys(require.cache).filter((file) =>
      /dist.(client|commands|identity|emulator)\.cjs$/.test(file),
    );
    assert.deepEqual(loaded, []);
  });

  it('shows no status bar item while no job is tracked', async () => {
    const { statusBarItem } = await extensionUnderTest();
    assert.equal(statusBarItem.text, null);
  });

  it('answers a call without any account with a typed error, and shows nothing', async () => {
    const result = await vscode.commands.executeCommand('mediaServices.checkJobProgress', {
      jobId: 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1',
    });
    assert.deepEqual(result, { error: { kind: 'configuration', message: 'There is no Media Services account.' } });
  });
});
