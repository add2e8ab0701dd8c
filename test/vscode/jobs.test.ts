import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/core.ts';
import type { JobJson } from '../../src/jobs/jobJson.ts';
import { type EmulatedAccount, emulateAccount } from './support/emulatedAccount.ts';
import { extensionUnderTest, until } from './support/extension.ts';

const documentedJob = 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1';

describe('jobs of an emulated service', () => {
  let api: TestApi;
  let service: EmulatedAccount;

  beforeEach(async () => {
    api = await extensionUnderTest();
  });

  afterEach(async () => {
    await service.close();
  });

  /** How a job looks in the tree. */
  function row(id: string): vscode.TreeItem {
    const node = api.view.tree.nodeOf({ account: service.account, id });
    assert.ok(node, 'the job is in the panel');
    return api.view.tree.getTreeItem(node);
  }

  function iconOf(item: vscode.TreeItem): string {
    return item.iconPath instanceof vscode.ThemeIcon ? item.iconPath.id : '';
  }

  async function check(id: string): Promise<JobJson> {
    const result = await vscode.commands.executeCommand<JobJson>('mediaServices.checkJobProgress', {
      account: service.account,
      jobId: id,
    });
    assert.ok('id' in result, JSON.stringify(result));
    return result;
  }

  describe('one job, as every view shows it', () => {
    it('moves from queued to finished, and tree, status bar and command agree at every step', async () => {
      service = await emulateAccount(api);
      const id = service.addJob('Encode the keynote', [120, 60]);
      await service.advance(0);
      api.tracked.track({ account: service.account, id });

      const seen: string[] = [];
      let lastPercent = 0;
      for (let step = 0; step < 120 && seen.at(-1) !== 'Finished'; step++) {
        await service.advance(step === 0 ? 0 : 5);
        const json = await check(id);
        const item = row(id);
        const text = api.statusBarItem.text ?? '';
        if (seen.at(-1) !== json.state) {
          seen.push(json.state);
        }
        switch (json.state) {
          case 'Queued':
          case 'Scheduled':
            assert.equal(item.description, json.state);
            assert.match(text, new RegExp(`Encode the keynote ${json.state}$`));
            break;
          case 'Processing': {
            assert.ok(json.progress !== null && json.progress >= lastPercent, 'progress never falls');
            lastPercent = json.progress;
            const percent = `${Math.floor(json.progress)}%`;
            assert.ok(String(item.description).startsWith(percent), `${String(item.description)} is at ${percent}`);
            assert.ok(text.endsWith(` ${percent}`), `${text} is at ${percent}`);
            assert.equal(iconOf(item), 'sync~spin');
            break;
          }
          default:
            assert.equal(json.state, 'Finished');
            assert.equal(json.progress, 100);
            assert.equal(item.description, 'Finished just now');
            assert.equal(iconOf(item), 'pass');
            assert.match(text, /^\$\(pass\) Encode the keynote Finished$/);
            assert.ok(json.tasks.every(({ state, progress }) => state === 'Finished' && progress === 100));
        }
      }
      assert.deepEqual(
        seen.filter((state) => state !== 'Scheduled'),
        ['Queued', 'Processing', 'Finished'],
      );
      assert.ok(lastPercent > 50, 'it was watched on the way');
    });

    it('gives its times in UTC, its tasks, and the time left', async () => {
      service = await emulateAccount(api);
      const id = service.addJob('Encode the keynote', [600, 300]);
      await service.advance(0);
      await service.advance(300);
      const json = await check(id);
      assert.match(json.created ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.equal(json.tasks.length, 2);
      assert.equal(json.account, service.account);
      assert.ok(json.ended === null && json.started !== null);
    });

    it('shows a failed job with its error, and a canceled one as canceled', async () => {
      service = await emulateAccount(api);
      const failing = service.addJob('Fails', [600]);
      const canceled = service.addJob('Is canceled', [600]);
      await service.advance(0);
      await service.advance(120);
      service.emulator.simulation.fail(failing, { code: 'ErrorProcessingTask', message: 'The disk is full.' });
      service.emulator.simulation.cancel(canceled);
      await service.advance(1);
      await service.advance(60);

      assert.equal(row(failing).description, 'ErrorProcessingTask: The disk is full.');
      assert.equal(iconOf(row(failing)), 'error');
      const error = (await check(failing)).tasks.flatMap(({ errors }) => errors);
      assert.deepEqual(error, [{ code: 'ErrorProcessingTask', message: 'The disk is full.' }]);
      api.tracked.track({ account: service.account, id: failing });
      assert.match(api.statusBarItem.text ?? '', /^\$\(error\) Fails Failed$/);

      assert.match(String(row(canceled).description), /^Canceled /);
      assert.equal(iconOf(row(canceled)), 'circle-slash');
      assert.notEqual((await check(canceled)).progress, 100);
    });

    it('stops looking followed when its account is gone', async () => {
      service = await emulateAccount(api);
      const id = service.addJob('Loses its account', [600]);
      await service.advance(0);
      api.tracked.track({ account: service.account, id });
      assert.doesNotMatch(api.statusBarItem.text ?? '', /warning/);
      api.accounts.setEmulator(null);
      await until(() => /^\$\(warning\)/.test(api.statusBarItem.text ?? ''), 'the item says so');
    });

    it('keeps showing the documented job as it is', async () => {
      service = await emulateAccount(api);
      await service.advance(0);
      const json = await check(documentedJob);
      assert.equal(json.name, 'Encoding BigBuckBunny into to H264 Adaptive Bitrate MP4 Set 720p');
      assert.equal(json.state, 'Processing');
      assert.equal(json.created, '2015-02-11T01:46:08.897Z');
      assert.equal(json.started, '2015-02-11T01:46:16.580Z');
      assert.equal(json.timeLeftMs, null);
    });
  });

  describe('the panel', () => {
    it('lists jobs newest first without an account level, with their tasks below and a way to load more', async () => {
      service = await emulateAccount(api, { jobs: 70 });
      await service.advance(0);
      const roots = await api.view.tree.getChildren();
      const jobs = roots.filter((node) => node.type === 'job');
      const created = jobs.map((node) => api.store.get(node)?.created ?? 0);
      assert.deepEqual(
        created,
        created.toSorted((a, b) => b - a),
      );
      assert.equal(jobs.length, 51, 'a page, and the documented job, which is older and runs for ever');
      assert.equal(roots.at(-1)?.type, 'loadMore');

      for (const item of roots.map((node) => api.view.tree.getTreeItem(node))) {
        assert.equal(item.command?.command, 'mediaServices.openRow');
        assert.equal(item.command.arguments, undefined, 'VS Code forgets them while the row is drawn anew');
      }

      const [first] = jobs;
      const tasks = await api.view.tree.getChildren(first);
      assert.ok(tasks.length >= 2 && tasks.every((node) => node.type === 'task'));
      const [task] = tasks;
      assert.ok(task && api.view.tree.getParent(task) === first);

      await vscode.commands.executeCommand('mediaServices.loadMoreJobs', service.account);
      const all = await api.view.tree.getChildren();
      assert.equal(all.filter((node) => node.type === 'job').length, 71);
      assert.ok(all.every((node) => node.type !== 'loadMore'));
      assert.equal(all[0], roots[0], 'the same node objects, so that selection and expansion stay');
    });

    it('is asked once to draw all there is when the first answer comes, as a click meanwhile goes nowhere', async () => {
      service = await emulateAccount(api, { jobs: 3 });
      await api.view.tree.getChildren();
      const drawn: unknown[] = [];
      const subscription = api.view.tree.onDidChangeTreeData((event) => drawn.push(event));
      await service.advance(0);
      await service.advance(1);
      subscription.dispose();
      assert.equal(drawn.filter((event) => event === undefined).length, 1);
    });

    it('is asked to draw only the jobs that changed', async () => {
      service = await emulateAccount(api);
      const id = service.addJob('Moves', [600]);
      await service.advance(0);
      await service.advance(60);
      await api.view.tree.getChildren();
      const drawn: unknown[] = [];
      const subscription = api.view.tree.onDidChangeTreeData((event) => drawn.push(event));
      await service.advance(0);
      assert.deepEqual(drawn, [], 'nothing changed');
      service.emulator.simulation.fail(id, { code: 'X', message: 'y' });
      await service.advance(1);
      subscription.dispose();
      const nodes = drawn.flat();
      assert.ok(nodes.length > 0 && nodes.every((node) => (node as { id?: string })?.id === id), JSON.stringify(drawn));
    });

    it('keeps old rows when the service stops answering, and says what is wrong', async () => {
      service = await emulateAccount(api);
      const id = service.addJob('Stays', [600]);
      await service.advance(0);
      await service.emulator.close();
      await api.watcher.refresh();
      const status = api.store.status(service.account);
      assert.equal(status.state, 'failed');
      assert.equal(row(id).label, 'Stays');
      assert.ok((await api.view.tree.getChildren()).length >= 2);
    });
  });

  describe('commands called with arguments', () => {
    it('refuse a malformed id before any request, and name an unknown one', async () => {
      service = await emulateAccount(api);
      await service.advance(0);
      const before = service.emulator.requests.counts;
      const malformed = await vscode.commands.executeCommand<{ error: { kind: string } }>(
        'mediaServices.checkJobProgress',
        { jobId: "nb:jid:UUID:x' or 1 eq 1" },
      );
      assert.equal(malformed.error.kind, 'badRequest');
      assert.deepEqual(service.emulator.requests.counts, before);
      const unknown = await vscode.commands.executeCommand<{ error: { kind: string } }>(
        'mediaServices.checkJobProgress',
        { jobId: 'nb:jid:UUID:00000000-0000-4000-8000-000000000000' },
      );
      assert.equal(unknown.error.kind, 'notFound');
      const account = await vscode.commands.executeCommand<{ error: { kind: string } }>(
        'mediaServices.checkJobProgress',
        { account: 'nobody', jobId: documentedJob },
      );
      assert.equal(account.error.kind, 'configuration');
    });

    it('change neither the tracked job nor the list', async () => {
      service = await emulateAccount(api);
      await service.advance(0);
      await check(documentedJob);
      await vscode.commands.executeCommand('mediaServices.trackJob', { jobId: documentedJob });
      assert.equal(api.tracked.job, null);
    });

    it('change nothing in the status bar, also when they ask to stop, and refuse what they do not know', async () => {
      service = await emulateAccount(api);
      const id = service.addJob('Is tracked', [600]);
      await service.advance(0);
      api.tracked.track({ account: service.account, id });
      await vscode.commands.executeCommand('mediaServices.stopTracking', { jobId: id });
      assert.equal(api.tracked.job?.id, id);
      for (const wrong of [documentedJob, { jobid: documentedJob }, { account: service.account }, 7]) {
        const result = await vscode.commands.executeCommand<{ error: { kind: string } }>(
          'mediaServices.checkJobProgress',
          wrong,
        );
        assert.equal(result.error.kind, 'badRequest', JSON.stringify(wrong));
      }
      await vscode.commands.executeCommand('mediaServices.stopTracking');
      assert.equal(api.tracked.job, null);
    });

    it('about an account that is gone leave the one that is there alone', async () => {
      service = await emulateAccount(api);
      await service.advance(0);
      await vscode.commands.executeCommand('mediaServices.signOut', 'gone');
      await vscode.commands.executeCommand('mediaServices.removeAccount', { type: 'account', account: 'gone' });
      await service.advance(0);
      assert.equal(api.store.status(service.account).state, 'ready');
    });

    it('with wait, resolve once the job is final', async () => {
      service = await emulateAccount(api);
      const id = service.addJob('Is waited for', [30]);
      await service.advance(0);
      let result: JobJson | null = null;
      const waiting = vscode.commands
        .executeCommand<JobJson>('mediaServices.checkJobProgress', { jobId: id, wait: true })
        .then((json) => {
          result = json;
        });
      await until(() => api.store.get({ account: service.account, id }) !== undefined, 'the job is known');
      assert.equal(result, null);
      for (let step = 0; step < 60 && result === null; step++) {
        await service.advance(5);
      }
      await waiting;
      assert.equal((result as JobJson | null)?.state, 'Finished');
    });

    it('list jobs by state, as many as asked for', async () => {
      service = await emulateAccount(api, { jobs: 30 });
      const list = (args: object) => vscode.commands.executeCommand<JobJson[]>('mediaServices.listJobs', args);
      assert.equal((await list({ top: 7 })).length, 7);
      const finished = await list({ state: 'Finished', account: service.account });
      assert.ok(
        finished.length > 0 && finished.every(({ state, progress }) => state === 'Finished' && progress === 100),
      );
      for (const wrong of [{ state: 'Done' }, { top: 0 }, { top: 1001 }, { top: '5' }, { account: 'nobody' }]) {
        assert.ok('error' in (await list(wrong)), JSON.stringify(wrong));
      }
    });
  });
});
