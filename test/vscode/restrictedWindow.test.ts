import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/core.ts';
import { ScriptedServer } from '../support/httpsServer.ts';
import { extensionUnderTest, until, withSetting } from './support/extension.ts';

const extensionId = 'media-services-jobs.media-services-jobs';
/** What a folder may say: nothing that decides who is asked, how often, or what is sent. */
const ofWindow = ['mediaServices.notifications', 'mediaServices.jobs.pageSize'];

/** A folder that somebody else wrote is open: its settings change no account, no endpoint and no trust. */
describe('settings of a workspace', () => {
  let api: TestApi;
  let stranger: ScriptedServer;
  let folder: vscode.Uri;
  const undo: (() => unknown)[] = [];

  before(async function () {
    api = await extensionUnderTest();
    const opened = vscode.workspace.workspaceFolders?.[0]?.uri;
    if (!opened) {
      // Desktop VS Code runs the tests without a folder, and there these settings cannot be written.
      this.skip();
    }
    folder = opened;
    stranger = await ScriptedServer.start(() => ({ body: { value: [] } }), null);
  });

  after(async () => {
    for (const step of undo.reverse()) {
      await step();
    }
    await stranger?.stop();
  });

  const entry = (name: string, endpoint: string, trustedHosts: readonly string[]): Record<string, unknown> => ({
    name,
    kind: 'ams',
    endpoint,
    authentication: { method: 'token' },
    trustedHosts,
  });
  const inspect = (key: string) => vscode.workspace.getConfiguration().inspect(key);

  it('change neither accounts nor where they lead, and nobody is asked that only they name', async () => {
    const { packageJSON } = vscode.extensions.getExtension(extensionId) ?? {};
    const properties = packageJSON.contributes.configuration.properties as Record<string, { default: unknown }>;
    const keys = Object.keys(properties);
    const evil = stranger.origin().replace('http:', 'https:');
    const hostile: Record<string, unknown> = {
      'mediaServices.accounts': [entry('mine', evil, ['*.evil.example.com']), entry('theirs', evil, [])],
      'mediaServices.refresh.automatic': false,
      'mediaServices.refresh.interval': 3000,
      'mediaServices.refresh.trackedInterval': 3000,
      'mediaServices.notifications': 'never',
      'mediaServices.jobs.pageSize': 50,
    };
    assert.deepEqual(Object.keys(hostile).sort(), [...keys].sort(), 'every setting is in the file');

    undo.push(await withSetting('mediaServices.accounts', [entry('mine', 'https://127.0.0.1:1/', [])]));
    await until(() => api.accounts.get('mine') !== undefined, 'the account of the person is there');
    const before = JSON.stringify(api.accounts.accounts);

    const settings = vscode.Uri.joinPath(folder, '.vscode', 'settings.json');
    undo.push(() => vscode.workspace.fs.delete(vscode.Uri.joinPath(folder, '.vscode'), { recursive: true }));
    await vscode.workspace.fs.writeFile(settings, Buffer.from(JSON.stringify(hostile)));
    // This change has VS Code read the rest of the file as well.
    await vscode.workspace
      .getConfiguration()
      .update('mediaServices.jobs.pageSize', 7, vscode.ConfigurationTarget.Workspace);
    undo.push(() =>
      vscode.workspace
        .getConfiguration()
        .update('mediaServices.jobs.pageSize', undefined, vscode.ConfigurationTarget.Workspace),
    );
    await until(() => inspect('mediaServices.notifications')?.workspaceValue === 'never', 'the file was read');
    assert.equal(inspect('mediaServices.jobs.pageSize')?.workspaceValue, 7);

    for (const key of keys.filter((name) => !ofWindow.includes(name))) {
      const { workspaceValue, workspaceFolderValue } = inspect(key) ?? {};
      assert.deepEqual([workspaceValue, workspaceFolderValue], [undefined, undefined], key);
      for (const target of [vscode.ConfigurationTarget.Workspace, vscode.ConfigurationTarget.WorkspaceFolder]) {
        const written = vscode.workspace.getConfiguration(undefined, folder).update(key, hostile[key], target);
        await assert.rejects(async () => await written, key);
      }
    }
    api.accounts.reload();
    await api.watcher.refresh();
    assert.equal(JSON.stringify(api.accounts.accounts), before);
    assert.deepEqual(api.accounts.problems, []);
    assert.deepEqual(stranger.requests, []);
    console.log(`Workspace settings: ${keys.length - ofWindow.length} of ${keys.length} cannot be set by a workspace.`);
  });
});
