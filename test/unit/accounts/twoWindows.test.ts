import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { SharedFolder } from '../../../src/accounts/sharedFolder.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { FakeClock, settleFiles } from '../../support/fakeClock.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';
import { Watching } from '../../support/watching.ts';

const hourMs = 3_600_000;
const key = (n: number) => ({ account: 'a', id: jobId(n) });

let clock: FakeClock;
let client: ScriptedClient;
let folder: string;
let windows: { readonly watching: Watching; readonly shared: SharedFolder; close(): void }[];

/** Opens one more window of the same person on the same account. */
function openWindow(id: string, focused: boolean): Watching {
  const shared = new SharedFolder({ folder, clock, log: () => undefined, window: { id, isAlive: () => true } });
  const watching = new Watching({
    clock,
    clients: new Map([['a', client]]),
    sharing: (account) => shared.account(account, 'one account'),
    trackedStorage: shared.tracked,
  });
  watching.watcher.setWindowFocused(focused);
  const close = (): void => {
    watching.dispose();
    shared.dispose();
  };
  windows.push({ watching, shared, close });
  return watching;
}

function closeWindows(): void {
  for (const { close } of windows.splice(0)) {
    close();
  }
}

/** Jobs that run for an hour, each at its own pace. */
function moveJobs(): void {
  const elapsed = clock.now() - Date.parse('2026-01-01T00:00:00Z');
  for (let n = 1; n <= 20; n++) {
    const progress = Math.min(99, (elapsed / hourMs) * (40 + n * 3));
    client.tasks.set(jobId(n), [jobTask(n, { progress: Math.floor(progress * 10) / 10 })]);
  }
}

async function passTime(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5_000) {
    moveJobs();
    await clock.advance(5_000);
  }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'two-windows-'));
  windows = [];
  clock = new FakeClock('2026-01-01T00:00:00Z', settleFiles);
  client = new ScriptedClient();
  client.jobs = Array.from({ length: 20 }, (_, n) => jobRecord(20 - n));
  moveJobs();
});

afterEach(async () => {
  closeWindows();
  await rm(folder, { recursive: true, force: true });
});

describe('two windows', () => {
  it('ask together at most 1.1 times what one asks, and show the same', async (context) => {
    const first = openWindow('first', true);
    first.watcher.setListVisible(true);
    await passTime(10 * 60_000);
    const alone = client.takeRequests().length;
    closeWindows();
    await rm(folder, { recursive: true, force: true });

    clock = new FakeClock('2026-01-01T00:00:00Z', settleFiles);
    const one = openWindow('one', true);
    const other = openWindow('other', false);
    one.watcher.setListVisible(true);
    other.watcher.setListVisible(true);
    await passTime(10 * 60_000);
    const together = client.takeRequests().length;
    await clock.advance(1_000);
    context.diagnostic(`requests in ten minutes: one window ${alone}, two windows ${together}`);
    assert.ok(alone > 100, `${alone} requests`);
    assert.ok(together <= alone * 1.1, `${together} requests, ${alone} of one window`);
    const progress = ({ store, rows }: Watching) =>
      rows.ids('a').map((id) => [id, store.get({ account: 'a', id })?.progress]);
    assert.deepEqual(progress(other), progress(one));
    assert.equal(progress(other).length, 20);
  });

  it('follow the tracked job with the requests of one', async (context) => {
    const one = openWindow('one', true);
    const other = openWindow('other', false);
    await Promise.all([one.tracked.restore(), other.tracked.restore()]);
    await one.watcher.check(key(1));
    one.tracked.track(key(1));
    await clock.advance(1_000);
    assert.equal(other.tracked.job?.id, jobId(1), 'what is tracked is the same in all windows');
    client.takeRequests();
    await passTime(10 * 60_000);
    const asked = client.takeRequests().length;
    context.diagnostic(`requests for a tracked job in ten minutes: ${asked}`);
    // Two every five seconds, as of one window.
    assert.ok(asked <= 240 * 1.1, `${asked}`);
    assert.equal(other.tracked.job?.progress, one.tracked.job?.progress);
    client.update(jobId(1), { state: 'Finished' });
    await passTime(15_000);
    assert.deepEqual([one.tracked.job?.state, other.tracked.job?.state], ['Finished', 'Finished']);
  });

  it('go on when the one that asked is gone in the middle of a poll', async () => {
    // Its clock stands still, so that it renews nothing any more.
    const dead = new SharedFolder({
      folder,
      clock: new FakeClock(clock.now()),
      log: () => undefined,
      window: { id: 'dead', hostName: 'elsewhere' },
    });
    assert.ok(await dead.account('a', 'one account').acquire());
    const other = openWindow('other', true);
    other.watcher.setListVisible(true);
    await passTime(25_000);
    assert.deepEqual(client.requests, [], 'the lease is another window’s');
    await passTime(10_000);
    assert.ok(client.requests.length > 0);
    assert.equal(other.names().length, 20);
    dead.dispose();
  });

  it('let one of them alone hear that the service is busy', async () => {
    const one = openWindow('one', true);
    const other = openWindow('other', true);
    client.failure = new ServiceError('throttled', 'Busy.', { status: 429, retryAfterMs: 120_000 });
    one.watcher.setListVisible(true);
    await clock.advance(1_000);
    const first = client.takeRequests().length;
    assert.ok(first > 0);
    other.watcher.setListVisible(true);
    await clock.advance(110_000);
    assert.deepEqual(client.takeRequests(), [], 'Retry-After holds for both');
    assert.equal(other.store.status('a').state, 'failed');
    client.failure = null;
    await clock.advance(20_000);
    assert.deepEqual([one.store.status('a').state, other.store.status('a').state], ['ready', 'ready']);
  });

  it('show the rows that another has loaded at once, and load more behind them', async () => {
    client.jobs = Array.from({ length: 120 }, (_, n) =>
      jobRecord(120 - n, { state: n < 5 ? 'Processing' : 'Finished' }),
    );
    const one = openWindow('one', true);
    one.watcher.setListVisible(true);
    await clock.advance(1_000);
    assert.equal(one.names().length, 50);
    client.takeRequests();
    const other = openWindow('other', true);
    other.watcher.setListVisible(true);
    await clock.advance(1_000);
    assert.deepEqual(client.takeRequests(), []);
    assert.deepEqual(other.names(), one.names());
    assert.equal(other.rows.hasMore('a'), true);
    await other.watcher.loadMore('a');
    assert.equal(other.names().length, 100);
    await other.watcher.loadMore('a');
    assert.deepEqual([other.names().length, other.rows.hasMore('a')], [120, false]);
  });

  it('keep no timer and no lease once both are hidden and closed', async () => {
    for (const id of ['one', 'other']) {
      openWindow(id, true).watcher.setListVisible(true);
    }
    await passTime(30_000);
    for (const { watching } of windows) {
      watching.watcher.setListVisible(false);
    }
    await clock.advance(60_000);
    assert.equal(clock.pendingTimers, 0);
    client.takeRequests();
    await clock.advance(hourMs);
    assert.deepEqual(client.requests, []);
    closeWindows();
    assert.equal(clock.pendingTimers, 0);
  });
});

describe('what another window learned', () => {
  const ended = (n: number) => jobRecord(n, { state: 'Finished' });

  it('is that a job is gone, too, and an older word of it does not bring it back', async () => {
    client.jobs = [jobRecord(3), ended(2), ended(1)];
    const one = openWindow('one', true);
    const other = openWindow('other', false);
    one.watcher.setListVisible(true);
    other.watcher.setListVisible(true);
    await passTime(20_000);
    client.jobs = [jobRecord(3), ended(1)];
    await passTime(20_000);
    assert.deepEqual(
      [one.names(), other.names()],
      [
        ['Job 3', 'Job 1'],
        ['Job 3', 'Job 1'],
      ],
    );
    await other.watcher.check(key(3));
    await passTime(60_000);
    assert.deepEqual(
      [one.names(), other.names()],
      [
        ['Job 3', 'Job 1'],
        ['Job 3', 'Job 1'],
      ],
    );
    client.jobs = [ended(1)];
    await passTime(60_000);
    assert.deepEqual([one.store.activeCount('a'), other.store.activeCount('a')], [0, 0]);
  });

  for (const order of ['after', 'before'] as const) {
    it(`is that a job was deleted, which an old answer that comes ${order} the word of it does not undo`, async () => {
      client.jobs = [jobRecord(3), ended(2), ended(1)];
      const one = openWindow('one', true);
      const other = openWindow('other', false);
      const remaining = ['Job 3', 'Job 1'];
      const seen = () => [one.names(), other.names()];
      one.watcher.setListVisible(true);
      other.watcher.setListVisible(true);
      await passTime(20_000);
      assert.ok(one.names().includes('Job 2') && other.names().includes('Job 2'));
      const answer = client.answerLate('list 0+50');
      const refresh = other.watcher.refresh();
      const answerCheck = client.answerLate(`get ${jobId(2)}`);
      const check = other.watcher.check(key(2)).catch(() => undefined);
      await clock.advance(100);
      assert.ok(client.takeRequests().includes('list 0+50'), 'the other window asks');
      await one.watcher.ask(key(2), (asked, signal) => asked.delete(jobId(2), signal));
      assert.deepEqual(one.names(), remaining);
      if (order === 'after') {
        await clock.advance(2_000);
        assert.deepEqual(seen(), [remaining, remaining], 'the other window knows without asking');
      }
      answer();
      answerCheck();
      await Promise.all([refresh, check]);
      await passTime(5_000);
      assert.deepEqual(seen(), [remaining, remaining]);
      await passTime(60_000);
      assert.deepEqual(seen(), [remaining, remaining]);
    });
  }

  it('is no more than it was: behind the rows of another window there may be others', async () => {
    client.jobs = Array.from({ length: 120 }, (_, n) => ended(120 - n));
    const one = openWindow('one', true);
    one.watcher.setListVisible(true);
    await passTime(5_000);
    const other = openWindow('other', false);
    other.watcher.setListVisible(true);
    await passTime(5_000);
    // A search brings older jobs here and there.
    other.filter.set({ name: 'Job 1' });
    await passTime(5_000);
    other.filter.set({});
    await other.watcher.loadMore('a');
    assert.deepEqual(
      other.names(),
      Array.from({ length: 100 }, (_, n) => `Job ${120 - n}`),
    );
  });

  it('counts as before once the clock was set back', async () => {
    const one = openWindow('one', true);
    const other = openWindow('other', false);
    one.watcher.setListVisible(true);
    other.watcher.setListVisible(true);
    await passTime(20_000);
    await one.watcher.check(key(1));
    clock.jump(-6 * hourMs);
    await passTime(60_000);
    client.takeRequests();
    await passTime(10 * 60_000);
    const polls = client.takeRequests().filter((request) => request === 'active').length;
    assert.ok(polls > 0 && polls <= 44, `${polls} polls in ten minutes`);
  });
});
