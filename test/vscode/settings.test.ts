import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/core.ts';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { extensionUnderTest, until, withSetting } from './support/extension.ts';

describe('accounts', () => {
  let api: TestApi;
  let undo: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    api = await extensionUnderTest();
  });

  afterEach(async () => {
    for (const step of undo.reverse()) {
      await step();
    }
    undo = [];
  });

  describe('accounts from settings', () => {
    it('each wrong one is a row that says what is wrong, while the others work on', async () => {
      const good = { name: 'good', kind: 'ams', endpoint: 'https://127.0.0.1:1/', authentication: { method: 'token' } };
      undo.push(await withSetting('mediaServices.accounts', [{ ...good, name: 'bad', endpoint: 'http://x/' }, good]));
      await until(() => api.accounts.accounts.length === 1, 'the good account is there');
      const rows = await api.view.tree.getChildren();
      const [problem] = rows.filter((node) => node.type === 'problem');
      assert.ok(problem);
      const item = api.view.tree.getTreeItem(problem);
      assert.match(String(item.label), /"bad"/);
      assert.match(String(item.description), /https/);
    });

    it('get a level of their own once there are two, each with its own state', async () => {
      const account = { kind: 'ams', endpoint: 'https://127.0.0.1:1/', authentication: { method: 'token' } };
      undo.push(
        await withSetting('mediaServices.accounts', [
          { ...account, name: 'one' },
          { ...account, name: 'two' },
        ]),
      );
      await until(() => api.accounts.accounts.length === 2, 'both accounts are there');
      await api.watcher.refresh();
      const rows = await api.view.tree.getChildren();
      const items = rows.map((node) => api.view.tree.getTreeItem(node));
      assert.deepEqual(
        items.map(({ label, description }) => [label, description]),
        [
          ['one', 'not signed in'],
          ['two', 'not signed in'],
        ],
      );
      assert.match(items[0]?.contextValue ?? '', /\bsignIn\b/);
    });

    it('say of which service they are where there are several', async () => {
      const endpoint = 'https://127.0.0.1:1/';
      const authentication = { method: 'token' };
      undo.push(
        await withSetting('mediaServices.accounts', [
          { name: 'one', kind: 'ams', endpoint, authentication },
          { name: 'two', kind: 'mkio', project: 'films', endpoint, authentication },
        ]),
      );
      await until(() => api.accounts.get('two') !== undefined, 'both accounts are there');
      await api.watcher.refresh();
      const rows = await api.view.tree.getChildren();
      const items = rows.map((node) => api.view.tree.getTreeItem(node));
      assert.deepEqual(
        items.map(({ description }) => description),
        ['Azure Media Services v2 · not signed in', 'MK.IO · not signed in'],
      );
      assert.match(String(items[1]?.tooltip), /^two\nMK\.IO\n/);
    });

    it('a secret is bound to where it goes: another endpoint under the same name gets nothing', async () => {
      const account = { name: 'bound', kind: 'ams', authentication: { method: 'token' } };
      undo.push(await withSetting('mediaServices.accounts', [{ ...account, endpoint: 'https://127.0.0.1:1/' }]));
      await until(() => api.accounts.get('bound') !== undefined, 'the account is there');
      await signIn(api, 'bound', 'a-secret-token');
      assert.equal((await api.accounts.secretState('bound')).state, 'ready');
      undo.push(() => api.accounts.signOut('bound'));

      await withSetting('mediaServices.accounts', [{ ...account, endpoint: 'https://127.0.0.1:2/' }]);
      await until(() => api.accounts.get('bound')?.config.endpoint === 'https://127.0.0.1:2/', 'the endpoint changed');
      assert.deepEqual(await api.accounts.secretState('bound'), {
        state: 'otherDestination',
        origins: ['https://127.0.0.1:1'],
      });
      await api.watcher.refresh();
      const status = api.store.status('bound');
      assert.equal(status.state === 'failed' && status.error.kind, 'secretMissing');
    });

    it('the setting belongs to the application: a workspace cannot change it', () => {
      const inspected = vscode.workspace.getConfiguration('mediaServices').inspect('accounts');
      assert.equal(inspected?.workspaceValue, undefined);
      const { packageJSON } = vscode.extensions.getExtension('media-services-jobs.media-services-jobs') ?? {};
      assert.equal(packageJSON.contributes.configuration.properties['mediaServices.accounts'].scope, 'application');
    });
  });

  describe('the emulator’s certificate', () => {
    it('is trusted for the emulator’s account and for nothing else', async () => {
      const emulator = await startEmulator({ jobs: 0, arrivalsPerMinute: 0 });
      undo.push(() => emulator.close());
      const endpoint = emulator.root;
      undo.push(
        await withSetting('mediaServices.accounts', [
          { name: 'other', kind: 'ams', endpoint, authentication: { method: 'token' } },
        ]),
      );
      await until(() => api.accounts.get('other') !== undefined, 'the account is there');
      undo.push(() => api.accounts.signOut('other'));
      await signIn(api, 'other', 'a-token');
      await api.watcher.refresh('other');
      const status = api.store.status('other');
      assert.equal(status.state === 'failed' && status.error.kind, 'unreachable');
      assert.match(status.state === 'failed' ? status.error.message : '', /certificate/i);
      assert.deepEqual(emulator.requests.counts, {}, 'nothing was sent');
    });
  });
});

/** Signs in as a person does who sees the account as it is now. */
async function signIn({ accounts }: TestApi, name: string, secret: string): Promise<void> {
  const account = accounts.get(name);
  assert.ok(account);
  await accounts.signIn(account, secret);
}
