import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/core.ts';
import type { JobsNode } from '../../src/views/jobNodes.ts';
import { type EmulatedAccount, emulateAccount } from './support/emulatedAccount.ts';
import { extensionUnderTest, until, withSetting } from './support/extension.ts';

describe('the panel, filtered and grouped', () => {
  let api: TestApi;
  let service: EmulatedAccount;
  let undo: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    api = await extensionUnderTest();
    service = await emulateAccount(api, { jobs: 0 });
  });

  afterEach(async () => {
    api.filter.set({});
    api.grouping.set('none');
    await service.close();
    for (const step of undo.reverse()) {
      await step();
    }
    undo = [];
  });

  async function labels(node?: JobsNode): Promise<string[]> {
    const nodes = await api.view.tree.getChildren(node);
    return nodes.map((child) => String(api.view.tree.getTreeItem(child).label));
  }

  /** Sets a filter, as in a panel that nobody sees and that asks only when it is told to. */
  async function filterBy(query: Parameters<typeof api.filter.set>[0]): Promise<void> {
    api.filter.set(query);
    await service.advance(0);
    await until(() => {
      const { loaded, searched } = api.store.listing(service.account);
      return loaded && searched === null;
    }, 'all that the filter means is there');
  }

  /** Two trailers and two features, one of each failed. The service also has its documented job, which is older. */
  async function addFour(): Promise<Readonly<Record<string, string>>> {
    const names = ['Trailer A', 'Trailer B', 'Feature A', 'Feature B'];
    const ids = Object.fromEntries(names.map((name) => [name, service.addJob(name, [600])]));
    await service.advance(0);
    await service.advance(60);
    for (const name of ['Trailer B', 'Feature B']) {
      service.emulator.simulation.fail(ids[name] ?? '', { code: 'X', message: 'y' });
    }
    await service.advance(1);
    return ids;
  }

  describe('a filter', () => {
    it('leaves the jobs of some states, a part of a name, or both', async () => {
      await addFour();
      const filtered = async (query: Parameters<typeof api.filter.set>[0]): Promise<string[]> => {
        await filterBy(query);
        return (await labels()).toSorted();
      };
      assert.deepEqual(await filtered({ states: ['Error'] }), ['Feature B', 'Trailer B']);
      assert.deepEqual(await filtered({ name: 'tRAiler' }), ['Trailer A', 'Trailer B']);
      assert.deepEqual(await filtered({ states: ['Error'], name: 'trailer' }), ['Trailer B']);
      await filtered({ name: 'no such' });
      const [note, ...others] = await api.view.tree.getChildren();
      assert.ok(note && others.length === 0);
      assert.equal(api.view.tree.getTreeItem(note).description, 'No job matches the filter');
      assert.equal((await filtered({})).length, 5);
    });

    it('goes on as jobs come to be meant by it, and is taken off by its command', async () => {
      const ids = await addFour();
      await filterBy({ states: ['Error'] });
      service.emulator.simulation.fail(ids['Trailer A'] ?? '', { code: 'X', message: 'y' });
      await service.advance(1);
      assert.deepEqual((await labels()).toSorted(), ['Feature B', 'Trailer A', 'Trailer B']);
      await vscode.commands.executeCommand('mediaServices.clearFilter');
      assert.equal(api.filter.isOn, false);
      await service.advance(0);
      assert.equal((await labels()).length, 5);
    });

    it('has only rows to show', async () => {
      const ids = await addFour();
      const key = (name: string) => ({ account: service.account, id: ids[name] ?? '' });
      api.filter.set({ states: ['Error'] });
      assert.ok(api.view.tree.nodeOf(key('Trailer B')));
      assert.equal(api.view.tree.nodeOf(key('Trailer A')), undefined);
    });
  });

  describe('groups', () => {
    it('of states hold their jobs, and move a job that has ended', async () => {
      const ids = await addFour();
      api.grouping.set('state');
      assert.deepEqual(await labels(), ['Processing', 'Failed']);
      const [processing, failed] = await api.view.tree.getChildren();
      assert.equal((await labels(processing)).length, 3, 'with the documented job');
      assert.deepEqual((await labels(failed)).toSorted(), ['Feature B', 'Trailer B']);
      assert.ok(processing);
      const item = api.view.tree.getTreeItem(processing);
      assert.deepEqual(
        [item.description, item.accessibilityInformation?.label, item.collapsibleState],
        ['3', 'Processing, 3 jobs', vscode.TreeItemCollapsibleState.Expanded],
      );

      const key = { account: service.account, id: ids['Trailer A'] ?? '' };
      const node = api.view.tree.nodeOf(key);
      assert.ok(node && api.view.tree.getParent(node) === processing);
      const drawn: unknown[] = [];
      const subscription = api.view.tree.onDidChangeTreeData((event) => drawn.push(event));
      service.emulator.simulation.fail(key.id, { code: 'X', message: 'y' });
      await service.advance(1);
      subscription.dispose();
      assert.ok(drawn.includes(undefined), 'a row has gone from one group to another');
      assert.equal(api.view.tree.getParent(node), failed);
      const after = await api.view.tree.getChildren();
      assert.deepEqual(after, [processing, failed], 'the same nodes, so that they stay open or closed');
      assert.equal((await labels(failed)).length, 3);
    });

    it('are drawn anew alone where one has another row, and not at all for a percent', async () => {
      await addFour();
      api.grouping.set('state');
      const [processing] = await api.view.tree.getChildren();
      await api.view.tree.getChildren(processing);
      const drawn: unknown[] = [];
      const subscription = api.view.tree.onDidChangeTreeData((event) => drawn.push(event));
      await service.advance(60);
      assert.ok(drawn.length > 0, 'a percent is another one');
      assert.ok(drawn.flat().every((node) => (node as JobsNode | undefined)?.type === 'job'));

      drawn.length = 0;
      service.addJob('Trailer C', [600]);
      await service.advance(0);
      await service.advance(5);
      subscription.dispose();
      assert.ok(drawn.length > 0);
      assert.deepEqual(await labels(), ['Processing', 'Failed']);
    });

    it('of days stand newest first, and a job in one of them is revealed', async () => {
      const ids = await addFour();
      api.grouping.set('day');
      const days = await labels();
      assert.equal(days.length, 2);
      assert.ok(days[0] === 'Today' || days[0] === 'Yesterday');
      assert.match(days[1] ?? '', /2015/);
      const key = { account: service.account, id: ids['Feature A'] ?? '' };
      await api.view.reveal(key);
      await until(() => api.view.selectedJobs.some(({ id }) => id === key.id), 'the job is selected');
    });

    it('are below their account where there are two, and load more stands at the end of each', async () => {
      const account = {
        name: 'other',
        kind: 'ams',
        endpoint: 'https://127.0.0.1:1/',
        authentication: { method: 'token' },
      };
      for (let n = 0; n < 52; n++) {
        service.addJob(`Job ${n}`, [600]);
      }
      undo.push(await withSetting('mediaServices.accounts', [account]));
      await until(() => api.accounts.accounts.length === 2, 'both accounts are there');
      await service.advance(0);
      api.grouping.set('state');
      const accounts = await api.view.tree.getChildren();
      assert.deepEqual(
        accounts.map(({ type }) => type),
        ['account', 'account'],
      );
      const below = await api.view.tree.getChildren(accounts[0]);
      assert.ok(below.length >= 2);
      assert.equal(below.at(-1)?.type, 'loadMore');
      assert.ok(below.slice(0, -1).every((node) => node.type === 'group'));
      assert.ok(below.every((node) => api.view.tree.getParent(node) === accounts[0]));
      await filterBy({ name: 'Job 1' });
      const [emulator] = await api.view.tree.getChildren();
      assert.ok(emulator);
      assert.match(String(api.view.tree.getTreeItem(emulator).description), /11 of 53 jobs$/);
    });
  });

  describe('the end of a job', () => {
    it('is claimed by this window for a tracked job, and left to whoever waits for it', async () => {
      const ids = await addFour();
      const key = { account: service.account, id: ids['Trailer A'] ?? '' };
      const held = { account: service.account, id: ids['Feature A'] ?? '' };
      const hold = api.ends.hold(held);
      api.tracked.track(key);
      service.emulator.simulation.fail(key.id, { code: 'X', message: 'y' });
      service.emulator.simulation.fail(held.id, { code: 'X', message: 'y' });
      await service.advance(1);
      const [job, other] = [api.store.get(key), api.store.get(held)];
      assert.ok(job?.state === 'Error' && other?.state === 'Error');
      assert.equal(await api.ends.claim(other), true, 'nobody has said this one');
      // A window without focus waits for two seconds before it claims anything.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      assert.equal(await api.ends.claim(job), false, 'this one was said');
      hold.dispose();
    });
  });
});
