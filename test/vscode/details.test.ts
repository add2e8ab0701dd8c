import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/core.ts';
import type { AskedJobs } from '../../src/jobs/askedJobs.ts';
import type { JobKey } from '../../src/jobs/job.ts';
import { type EmulatedAccount, emulateAccount } from './support/emulatedAccount.ts';
import { extensionUnderTest, until } from './support/extension.ts';

describe('the details of a job in a tab', () => {
  let api: TestApi;
  let service: EmulatedAccount;
  let key: JobKey;
  /** How many views watch each job at the moment. */
  let watched: Map<string, number>;
  let restoreWatch: () => void;
  /** How often all that the service says of a job was asked for. */
  let detailsAsked: number;

  const counting = (asked: AskedJobs): AskedJobs =>
    new Proxy(asked, {
      get: (target, name) => {
        detailsAsked += name === 'details' ? 1 : 0;
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });

  beforeEach(async () => {
    api = await extensionUnderTest();
    service = await emulateAccount(api);
    key = { account: service.account, id: service.addJob('Encode the keynote', [600]) };
    await service.advance(0);
    watched = new Map();
    const { watcher } = api;
    const watch = watcher.watch.bind(watcher);
    watcher.watch = (job) => {
      const held = watch(job);
      const add = (by: number): Map<string, number> => watched.set(job.id, (watched.get(job.id) ?? 0) + by);
      add(1);
      return {
        dispose: () => {
          add(-1);
          held.dispose();
        },
      };
    };
    const ask = watcher.ask.bind(watcher);
    detailsAsked = 0;
    watcher.ask = (job, request, signal) => ask(job, (asked, either) => request(counting(asked), either), signal);
    restoreWatch = () => {
      watcher.watch = watch;
      watcher.ask = ask;
    };
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    restoreWatch();
    await service.close();
  });

  const tabs = (): string[] => vscode.window.tabGroups.all.flatMap(({ tabs: all }) => all.map(({ label }) => label));
  const asked = (): string[] => service.emulator.requests.latest.map(({ path }) => decodeURIComponent(path));
  const requestsFor = (part: string): number => asked().filter((path) => path.includes(part)).length;

  it('is asked for once, with its tasks and what it reads and writes', async () => {
    const before = requestsFor('InputMediaAssets');
    api.editors.get().openDetails(key);
    await until(() => tabs().includes('Encode the keynote'), 'there is a tab with the name of the job');
    await until(() => requestsFor('OutputMediaAssets') > 0, 'the service was asked');
    api.editors.get().openDetails(key);
    assert.deepEqual(tabs(), ['Encode the keynote']);
    assert.equal(requestsFor('InputMediaAssets'), before + 1);
  });

  it('is watched while it is visible, and not while it is hidden or closed', async () => {
    api.editors.get().openDetails(key);
    await until(() => watched.get(key.id) === 1, 'the job is watched');
    await vscode.commands.executeCommand('workbench.action.files.newUntitledFile');
    await until(() => watched.get(key.id) === 0, 'nobody watches a hidden tab');
    await vscode.commands.executeCommand('workbench.action.previousEditor');
    await until(() => watched.get(key.id) === 1, 'it is watched again');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await until(() => watched.get(key.id) === 0, 'nobody watches a closed tab');
  });

  it('is asked for again when a task or the job has ended, not when it moved', async () => {
    api.editors.get().openDetails(key);
    await service.advance(60);
    await until(() => requestsFor(`Jobs('${key.id}')/OutputMediaAssets`) === 1, 'the service was asked');
    const firstTask = (): string | undefined => api.store.get(key)?.tasks?.[0]?.state;
    await until(async () => {
      await service.advance(1);
      return firstTask() === 'Processing';
    }, 'its first task runs');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const before = detailsAsked;
    const { progress } = api.store.get(key) ?? {};
    await service.advance(60);
    assert.notEqual(api.store.get(key)?.progress, progress);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(detailsAsked, before);
    await service.advance(3_600);
    await until(() => api.store.get(key)?.state === 'Finished', 'the job ends');
    await until(() => requestsFor(`Jobs('${key.id}')/OutputMediaAssets`) === 2, 'what came out is asked for again');
  });

  it('takes one tab for looks in passing, until the job is asked for by itself', async () => {
    const other = { account: service.account, id: service.addJob('Encode the panel', [60]) };
    const third = { account: service.account, id: service.addJob('Encode the rest', [60]) };
    await service.advance(0);
    const click = async (job: JobKey): Promise<void> => {
      await api.view.reveal(job, false);
      await until(() => api.view.selectedJobs[0]?.id === job.id, 'the row is selected');
      await vscode.commands.executeCommand('mediaServices.openRow');
    };
    await click(key);
    await until(() => tabs().includes('Encode the keynote'), 'the first tab');
    await click(other);
    await until(() => tabs().includes('Encode the panel'), 'the same tab for the next');
    assert.equal(tabs().length, 1);
    assert.equal(watched.get(key.id), 0);
    await vscode.commands.executeCommand('mediaServices.openJob', { type: 'job', ...other });
    await click(third);
    await until(() => tabs().includes('Encode the rest'), 'another tab');
    assert.equal(tabs().length, 2);
    // Other tests count requests while the panel is hidden.
    await vscode.commands.executeCommand('workbench.view.explorer');
    await until(() => !api.view.visible, 'the panel is hidden');
  });

  it('stays with what was last known when the service no longer has the job', async () => {
    api.editors.get().openDetails(key);
    await until(() => watched.get(key.id) === 1, 'the job is watched');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const missing = { account: service.account, id: 'nb:jid:UUID:00000000-0000-4000-8000-000000000000' };
    api.editors.get().openDetails(missing);
    await until(() => tabs().some((label) => label.startsWith('nb:jid:UUID:')), 'the tab has the id for a name');
    // One look says that there is no such job.
    await until(() => requestsFor(missing.id) > 0, 'the service was asked');
  });

  it('opens for a caller by account and id, and says what is wrong with them', async () => {
    const open = (args: object): Thenable<unknown> => vscode.commands.executeCommand('mediaServices.openJob', args);
    assert.equal(await open({ account: service.account, jobId: key.id }), undefined);
    await until(() => tabs().includes('Encode the keynote'), 'there is a tab');
    const wrong = (await open({ account: 'nobody', jobId: key.id })) as { error: { kind: string } };
    assert.equal(wrong.error.kind, 'configuration');
    const malformed = (await open({ jobId: 'x' })) as { error: { kind: string } };
    assert.equal(malformed.error.kind, 'badRequest');
  });
});
