import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ErrorResult } from '../../src/commands/messages.ts';
import type { TestApi } from '../../src/core.ts';
import { type EmulatedAccount, emulateAccount } from './support/emulatedAccount.ts';
import { extensionUnderTest, until } from './support/extension.ts';

/** What other extensions and keybindings do to jobs: no question is asked, and the result says how it went. */
describe('changes of jobs by a call', () => {
  let api: TestApi;
  let service: EmulatedAccount;

  beforeEach(async () => {
    api = await extensionUnderTest();
    service = await emulateAccount(api);
  });

  afterEach(() => service.close());

  async function run(command: string, jobId: unknown, more: object = {}): Promise<ErrorResult | undefined> {
    const args = { account: service.account, jobId, ...more };
    return await vscode.commands.executeCommand(`mediaServices.${command}`, args);
  }

  const job = (id: string) => api.store.get({ account: service.account, id });
  const rowOf = (id: string): vscode.TreeItem => {
    const node = api.view.tree.nodeOf({ account: service.account, id });
    assert.ok(node);
    return api.view.tree.getTreeItem(node);
  };

  it('cancel: the row says Canceling at once, then Canceled', async () => {
    const id = service.addJob('Is canceled', [600]);
    await service.advance(0);
    await service.advance(60);
    assert.equal(await run('cancelJob', id), undefined);
    assert.match(String(rowOf(id).description), /^Canceling/);
    assert.match(String(rowOf(id).contextValue), /^job Canceling/);
    const again = await run('cancelJob', id);
    assert.deepEqual([again?.error.kind, again?.error.status], ['conflict', 400]);
    assert.match(again?.error.message ?? '', /cannot be canceled in its current state/);
    assert.ok(again?.error.requestId);
    await service.advance(60);
    assert.match(String(rowOf(id).description), /^Canceled/);
  });

  it('delete: the row is gone, and a tracked job is known to be', async () => {
    const ids = [service.addJob('Is deleted', [60]), service.addJob('Stays', [60])];
    const [id = '', other = ''] = ids;
    await service.advance(0);
    const early = await run('deleteJob', id);
    assert.equal(early?.error.kind, 'conflict');
    assert.ok(job(id));
    await service.advance(600);
    await service.advance(600);
    assert.equal(job(id)?.state, 'Finished');
    api.tracked.track({ account: service.account, id });
    assert.equal(await run('deleteJob', id), undefined);
    assert.equal(job(id), undefined);
    assert.equal(api.view.tree.nodeOf({ account: service.account, id }), undefined);
    assert.deepEqual([api.tracked.job?.id, api.tracked.isGone], [id, true], 'a call does not end what a person tracks');
    await api.watcher.refresh();
    assert.equal(job(id), undefined);
    assert.ok(job(other));
    assert.equal((await run('deleteJob', id))?.error.kind, 'notFound');
  });

  it('priority: of a queued job alone, and a whole number of 32 bits', async () => {
    await service.close();
    service = await emulateAccount(api, { reservedUnits: 1 });
    const ids = Array.from({ length: 8 }, (_, n) => service.addJob(`Job ${n}`, [600]));
    await service.advance(0);
    await service.advance(60);
    const queued = ids.find((id) => job(id)?.state === 'Queued');
    const running = ids.find((id) => job(id)?.state === 'Processing');
    assert.ok(queued && running);
    assert.equal(await run('changeJobPriority', queued, { priority: 7 }), undefined);
    assert.equal(job(queued)?.priority, 7);
    assert.equal((await run('changeJobPriority', running, { priority: 7 }))?.error.kind, 'conflict');
    for (const priority of [undefined, '7', 1.5, 2 ** 31]) {
      assert.equal((await run('changeJobPriority', queued, { priority }))?.error.kind, 'badRequest', String(priority));
    }
    assert.equal(job(queued)?.priority, 7);
  });

  it('are refused for what is no job and no account', async () => {
    for (const command of ['cancelJob', 'deleteJob']) {
      assert.equal((await run(command, 'x'))?.error.kind, 'badRequest');
      assert.equal((await run(command, 7))?.error.kind, 'badRequest');
      const jobId = 'nb:jid:UUID:00000000-0000-4000-8000-000000000000';
      assert.equal((await run(command, jobId, { account: 'nobody' }))?.error.kind, 'configuration');
    }
  });

  it('by a person ask first: where the question is refused, nothing happens', async () => {
    const id = service.addJob('Goes on', [600]);
    await service.advance(0);
    await service.advance(60);
    const node = api.view.tree.nodeOf({ account: service.account, id });
    // VS Code refuses modal dialogs in tests.
    await vscode.commands.executeCommand('mediaServices.cancelJob', node);
    await service.advance(1);
    assert.equal(job(id)?.state, 'Processing');
  });

  it('by a person of a job that nobody knows any more: the service is asked for it', async () => {
    const id = service.addJob('Is in a tab', [600]);
    await service.advance(0);
    const { account } = service;
    const gone = 'nb:jid:UUID:00000000-0000-4000-8000-000000000000';
    for (const command of ['cancelJob', 'deleteJob', 'changeJobPriority']) {
      api.store.remove(account, [id]);
      assert.equal(job(id), undefined);
      const asked: (string | null)[] = [];
      const counting = api.store.onDidRecordExchange(({ jobId }) => asked.push(jobId));
      void vscode.commands.executeCommand(`mediaServices.${command}`, { type: 'job', account, id });
      await until(() => job(id) !== undefined, `${command} looks`);
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      await vscode.commands.executeCommand(`mediaServices.${command}`, { type: 'job', account, id: gone });
      assert.ok(asked.includes(gone), command);
      counting.dispose();
    }
  });
});
