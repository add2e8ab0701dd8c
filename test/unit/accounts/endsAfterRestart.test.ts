import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { SharedFolder } from '../../../src/accounts/sharedFolder.ts';
import { JobEnds, type NotificationChoice } from '../../../src/jobs/jobEnds.ts';
import { FakeClock, settleFiles } from '../../support/fakeClock.ts';
import { jobId, jobRecord } from '../../support/jobs.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';
import { Watching } from '../../support/watching.ts';

const key = (n: number) => ({ account: 'a', id: jobId(n) });

let clock: FakeClock;
let client: ScriptedClient;
let folder: string;
let open: Window[];
let announced: string[];

interface Window extends Watching {
  close(): void;
}

/** Opens a window of the same person, on the files that all their windows have. */
function openWindow(id: string, choice: NotificationChoice = 'tracked', focused = true): Window {
  const shared = new SharedFolder({ folder, clock, log: () => undefined, window: { id, isAlive: () => true } });
  const watching = new Watching({
    clock,
    clients: new Map([['a', client]]),
    sharing: (account) => shared.account(account, 'one account'),
    trackedStorage: shared.tracked,
    settings: { notifiesOfAll: choice === 'always' || choice === 'errors' },
  });
  const ends = new JobEnds({
    store: watching.store,
    tracked: watching.tracked,
    clock,
    choice: () => choice,
    isFocused: () => focused,
    claim: (name) => shared.claim(name),
    announce: (jobs) => announced.push(...jobs.map(({ name, state }) => `${id}: ${name} ${state}`)),
  });
  const close = (): void => {
    ends.dispose();
    watching.dispose();
    shared.dispose();
    open = open.filter((other) => other !== window);
  };
  const window = Object.assign(watching, { close });
  open.push(window);
  return window;
}

function closeAll(): void {
  for (const window of [...open]) {
    window.close();
  }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ends-'));
  clock = new FakeClock('2026-01-01T00:00:00Z', settleFiles);
  client = new ScriptedClient();
  client.jobs = [jobRecord(3), jobRecord(2), jobRecord(1)];
  open = [];
  announced = [];
});

afterEach(async () => {
  closeAll();
  await rm(folder, { recursive: true, force: true });
});

/** One window tracks job 1, which runs, and is closed. */
async function trackAndClose(choice: NotificationChoice = 'tracked'): Promise<void> {
  const before = openWindow('before', choice);
  before.watcher.setListVisible(true);
  await before.tracked.restore();
  await before.watcher.check(key(1));
  before.tracked.track(key(1));
  await clock.advance(20_000);
  before.close();
  await clock.advance(8 * 3_600_000);
}

describe('a tracked job that ended while VS Code was closed', () => {
  for (const listVisible of [false, true]) {
    it(`is told of once, with the panel ${listVisible ? 'shown' : 'hidden'}`, async () => {
      await trackAndClose();
      client.update(jobId(1), { state: 'Error' });
      const window = openWindow('after');
      window.watcher.setListVisible(listVisible);
      await window.tracked.restore();
      await clock.advance(60_000);
      assert.deepEqual(announced, ['after: Job 1 Error']);
      window.close();

      const again = openWindow('again');
      again.watcher.setListVisible(listVisible);
      await again.tracked.restore();
      await clock.advance(60_000);
      assert.deepEqual(announced, ['after: Job 1 Error'], 'a reload tells of nothing again');
      assert.equal(again.tracked.job?.state, 'Error', 'it stays in the status bar until somebody has seen it');
    });
  }

  it('is told of where the service has answered before it is known what was tracked', async () => {
    await trackAndClose();
    client.update(jobId(1), { state: 'Finished' });
    const window = openWindow('after');
    await window.watcher.check(key(1));
    assert.deepEqual(announced, []);
    await window.tracked.restore();
    await clock.advance(5_000);
    assert.deepEqual(announced, ['after: Job 1 Finished']);
    assert.equal(window.tracked.job?.state, 'Finished');
    window.close();
    await openWindow('again').tracked.restore();
    await clock.advance(60_000);
    assert.deepEqual(announced, ['after: Job 1 Finished']);
  });

  it('is told of in one of several windows that open together', async () => {
    await trackAndClose();
    client.update(jobId(1), { state: 'Canceled' });
    const windows = ['one', 'other'].map((id) => openWindow(id, 'tracked', id === 'one'));
    for (const window of windows) {
      window.watcher.setListVisible(true);
      await window.tracked.restore();
    }
    await clock.advance(60_000);
    assert.deepEqual(announced, ['one: Job 1 Canceled']);
  });

  it('is not told of again where the record of it says unfinished, and another window has told', async () => {
    await trackAndClose();
    client.update(jobId(1), { state: 'Error' });
    const one = openWindow('one');
    await one.tracked.restore();
    const other = openWindow('other');
    await other.tracked.restore();
    await clock.advance(60_000);
    assert.equal(announced.length, 1);
    closeAll();
    // A window that wrote last what it knew before it slept.
    const late = openWindow('late');
    late.store.restore({ account: 'a', ...jobRecord(1), tasks: null, progress: null, pace: null });
    late.tracked.track(key(1));
    await clock.advance(1_000);
    late.close();
    const again = openWindow('again');
    await again.tracked.restore();
    await clock.advance(60_000);
    assert.equal(again.tracked.job?.state, 'Error');
    assert.equal(announced.length, 1);
  });

  it('is told of by nobody where the service has it no more: the status bar says so', async () => {
    await trackAndClose();
    client.jobs = client.jobs.filter(({ id }) => id !== jobId(1));
    for (const id of ['after', 'again']) {
      const window = openWindow(id);
      await window.tracked.restore();
      await clock.advance(30_000);
      assert.deepEqual([window.tracked.isGone, window.tracked.job?.name], [true, 'Job 1']);
      client.takeRequests();
      await clock.advance(60_000);
      assert.deepEqual(client.takeRequests(), [], 'nobody asks for it again');
      window.close();
    }
    assert.deepEqual(announced, []);
  });
});

describe('jobs that ended while VS Code was closed', () => {
  const expected: Readonly<Record<NotificationChoice, readonly string[]>> = {
    always: ['after: Job 1 Finished', 'after: Job 2 Error'],
    errors: ['after: Job 2 Error'],
    tracked: ['after: Job 1 Finished'],
    never: [],
  };
  for (const choice of ['always', 'errors', 'tracked', 'never'] as const) {
    for (const first of ['poll', 'refresh', 'check'] as const) {
      it(`are told of with "${choice}" as far as they were known, whatever asks first: a ${first}`, async () => {
        await trackAndClose('always');
        client.update(jobId(1), { state: 'Finished' });
        client.update(jobId(2), { state: 'Error' });
        // Nobody knew these before.
        client.jobs = [jobRecord(5, { state: 'Error' }), jobRecord(4, { state: 'Finished' }), ...client.jobs];
        const window = openWindow('after', choice);
        if (first === 'refresh') {
          await window.watcher.refresh();
        } else if (first === 'check') {
          await window.watcher.check(key(2));
          await window.watcher.check(key(5));
        }
        await window.tracked.restore();
        window.watcher.setListVisible(true);
        await clock.advance(120_000);
        assert.deepEqual(announced.toSorted(), expected[choice]);
        closeAll();

        const again = openWindow('again', choice);
        await again.tracked.restore();
        again.watcher.setListVisible(true);
        await clock.advance(120_000);
        assert.deepEqual(announced.toSorted(), expected[choice]);
      });
    }
  }

  it('are never shown as running by an older word of them', async () => {
    await trackAndClose();
    client.update(jobId(1), { state: 'Finished' });
    client.update(jobId(2), { state: 'Error' });
    const window = openWindow('after', 'never');
    const states: string[] = [];
    window.store.onDidChange(({ changed }) => {
      states.push(...changed.filter(({ before }) => before.state !== 'Processing').map(({ after }) => after.state));
    });
    await window.watcher.refresh();
    await clock.advance(1_000);
    assert.deepEqual(states, []);
    assert.deepEqual(
      [1, 2, 3].map((n) => window.store.get(key(n))?.state),
      ['Finished', 'Error', 'Processing'],
    );
  });
});

it('a tracked job that ends while the machine sleeps is told of once', async () => {
  const window = openWindow('only');
  await window.tracked.restore();
  await window.watcher.check(key(1));
  window.tracked.track(key(1));
  await clock.advance(10_000);
  client.update(jobId(1), { state: 'Finished' });
  clock.jump(8 * 3_600_000);
  await clock.advance(60_000);
  assert.deepEqual(announced, ['only: Job 1 Finished']);
});
