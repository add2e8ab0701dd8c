import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { StoreChange } from '../../../src/jobs/jobStore.ts';
import { type AccountSharing, noSharing, type SharedAccount } from '../../../src/jobs/pollSharing.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { FakeClock, settle } from '../../support/fakeClock.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';
import { Watching, type WatchingOptions } from '../../support/watching.ts';

const key = (n: number) => ({ account: 'a', id: jobId(n) });

let clock: FakeClock;
let client: ScriptedClient;
let window: Watching;

function open(options: Partial<WatchingOptions> = {}): void {
  window = new Watching({ clock, clients: new Map([['a', client]]), ...options });
}

/** As many jobs under way as are wanted, newest first, each with a task. */
function runJobs(count: number): void {
  client.jobs = Array.from({ length: count }, (_, n) => jobRecord(count - n));
  for (let n = 1; n <= count; n++) {
    client.tasks.set(jobId(n), [jobTask(n, { progress: 10 })]);
  }
}

beforeEach(() => {
  clock = new FakeClock();
  client = new ScriptedClient();
});

afterEach(() => window.dispose());

describe('what a poll costs', () => {
  for (const count of [1, 10, 200, 1000]) {
    it(`is the same for ${count} running jobs: the active ones, the running tasks, and the head of a visible list`, async () => {
      runJobs(count);
      open();
      window.watcher.setListVisible(true);
      await clock.advance(0);
      assert.equal(
        client.takeRequests().length,
        3 + Math.min(count, 100),
        'each job on show is asked for its tasks once',
      );
      for (let n = 1; n <= count; n++) {
        client.tasks.set(jobId(n), [jobTask(n, { progress: 20 })]);
      }
      await clock.advance(15_000);
      assert.deepEqual(client.takeRequests(), ['list 0+50', 'active', 'running']);
      assert.deepEqual(
        window.rows.ids('a').map((id) => window.store.get({ account: 'a', id })?.progress),
        window.rows.ids('a').map(() => 20),
      );
    });
  }

  it('is one more request for all jobs that ended, however many, and one for each that people see', async () => {
    runJobs(300);
    open();
    window.watcher.setListVisible(true);
    await clock.advance(0);
    client.takeRequests();
    // 20 of them are among the rows, which are the newest 50 and as many of the others.
    const ended = [...Array.from({ length: 20 }, (_, n) => 300 - n), ...Array.from({ length: 80 }, (_, n) => n + 1)];
    for (const n of ended) {
      client.update(jobId(n), { state: 'Finished' });
      client.tasks.set(jobId(n), [jobTask(n, { state: 'Finished', progress: 100 })]);
    }
    await clock.advance(15_000);
    const asked = client.takeRequests();
    assert.deepEqual(asked.slice(0, 3), ['list 0+50', 'active', 'running']);
    assert.equal(asked.filter((request) => request.startsWith('departed')).length, 1);
    assert.deepEqual(asked.slice(4).sort(), Array.from({ length: 20 }, (_, n) => `tasks ${jobId(300 - n)}`).sort());
    assert.equal(window.store.activeCount('a'), 200);
    await clock.advance(15_000);
    assert.deepEqual(client.takeRequests().slice(0, 3), ['list 0+50', 'active', 'running']);
  });

  it('asks for jobs that ended a thousand at a time', async () => {
    runJobs(1500);
    open();
    await window.watcher.refresh();
    client.jobs = client.jobs.map((job) => ({ ...job, state: 'Finished' }));
    client.takeRequests();
    await window.watcher.refresh();
    const sizes = client
      .takeRequests()
      .filter((request) => request.startsWith('departed'))
      .map((request) => request.split(' ').length - 1);
    // The 50 newest are on the page that was asked for first.
    assert.deepEqual(sizes, [1000, 450]);
    assert.equal(window.store.activeCount('a'), 0);
  });

  it('brings a job that came and went between two polls', async () => {
    runJobs(1);
    open();
    window.watcher.setListVisible(true);
    await clock.advance(0);
    client.jobs = [jobRecord(2, { state: 'Error' }), ...client.jobs];
    client.tasks.set(jobId(2), [jobTask(9, { state: 'Error', errors: [{ code: 'X', message: 'y' }] })]);
    await clock.advance(15_000);
    assert.deepEqual(window.names(), ['Job 2', 'Job 1']);
    assert.equal(window.store.get(key(2))?.tasks?.[0]?.errors[0]?.code, 'X');
  });

  it('keeps a job in a state that nobody knows under way', async () => {
    client.jobs = [jobRecord(1, { state: 'Unknown(9)' })];
    open();
    window.watcher.setListVisible(true);
    await clock.advance(0);
    assert.equal(window.store.activeCount('a'), 1);
    client.update(jobId(1), { state: 'Finished' });
    await clock.advance(60_000);
    assert.equal(window.store.get(key(1))?.state, 'Finished');
  });

  it('does not take a job for ended that was found while the active ones were asked for', async () => {
    client.jobs = [];
    open();
    const late = client.answerLate('active');
    const refresh = window.watcher.refresh();
    await settle();
    client.jobs = [jobRecord(1)];
    await window.watcher.check(key(1));
    late();
    await refresh;
    assert.equal(window.store.get(key(1))?.state, 'Processing');
    assert.deepEqual(
      client.requests.filter((request) => request.startsWith('departed')),
      [],
    );
  });

  it('fires nothing for a poll that brought nothing, and one event with what changed for another', async () => {
    runJobs(200);
    open();
    window.watcher.setListVisible(true);
    await clock.advance(0);
    const changes: StoreChange[] = [];
    window.store.onDidChange((change) => changes.push(change));
    await clock.advance(15_000);
    assert.equal(changes.length, 0);
    client.tasks.set(jobId(200), [jobTask(200, { progress: 11 })]);
    await clock.advance(15_000);
    assert.deepEqual(
      changes.map(({ changed }) => changed.map(({ after }) => after.id)),
      [[jobId(200)]],
    );
  });
});

describe('who is asked for, and when', () => {
  it('asks for the tracked job alone between two looks at a visible list, however many others run', async () => {
    runJobs(40);
    open();
    window.watcher.setListVisible(true);
    await clock.advance(0);
    window.tracked.track(key(1));
    for (let look = 0; look < 4; look++) {
      client.tasks.set(jobId(1), [jobTask(1, { progress: 20 + look })]);
      client.takeRequests();
      await clock.advance(5_000);
      if (!client.requests.includes('active')) {
        assert.deepEqual(client.requests, [`get ${jobId(1)}`, `tasks ${jobId(1)}`]);
      }
    }
  });

  it('asks for one tracked job by its id, and for several by all active ones', async () => {
    runJobs(3);
    open();
    await window.watcher.check(key(1));
    window.tracked.track(key(1));
    client.takeRequests();
    await clock.advance(5_000);
    assert.deepEqual(client.takeRequests(), [`get ${jobId(1)}`, `tasks ${jobId(1)}`]);
    await window.watcher.check(key(2));
    const stop = new AbortController();
    const wait = window.watcher.waitUntilFinal(key(2), stop.signal);
    client.takeRequests();
    await clock.advance(5_000);
    assert.deepEqual(client.takeRequests(), ['active', 'running']);
    stop.abort();
    await assert.rejects(wait, { kind: 'aborted' });
  });

  it('follows a job that is being canceled to its end, although nobody looks any more', async () => {
    runJobs(2);
    open();
    window.watcher.setListVisible(true);
    await clock.advance(0);
    client.update(jobId(1), { state: 'Canceling' });
    await clock.advance(15_000);
    window.watcher.setListVisible(false);
    client.takeRequests();
    await clock.advance(5_000);
    assert.equal(client.takeRequests()[0], `get ${jobId(1)}`);
    client.update(jobId(1), { state: 'Canceled' });
    await clock.advance(60_000);
    assert.equal(window.store.get(key(1))?.state, 'Canceled');
    client.takeRequests();
    await clock.advance(3_600_000);
    assert.deepEqual([client.requests, clock.pendingTimers], [[], 0]);
  });

  it('asks for the active jobs alone, once a minute, for who wants to be told although nothing is shown', async () => {
    runJobs(2);
    open({ settings: { notifiesOfAll: true } });
    window.watcher.setWindowFocused(false);
    await clock.advance(59_999);
    assert.deepEqual(client.takeRequests(), [], 'not while everything starts');
    await clock.advance(1);
    assert.deepEqual(client.takeRequests(), ['active']);
    client.update(jobId(1), { state: 'Error' });
    await clock.advance(60_000);
    assert.deepEqual(client.takeRequests(), ['active', `departed ${jobId(1)}`]);
    assert.equal(window.store.get(key(1))?.state, 'Error');
  });

  it('gives up what is under way when another filter is set, when an account goes, and at the end', async () => {
    runJobs(2);
    for (const end of [
      () => window.filter.set({ states: ['Error'] }),
      () => window.watcher.setClients(new Map()),
      () => window.dispose(),
    ]) {
      open();
      let aborted: AbortSignal | undefined;
      const hanging = new ScriptedClient();
      hanging.listJobs = (_query, _page, signal) => {
        aborted = signal;
        return new Promise((_resolve, reject) =>
          signal?.addEventListener('abort', () => reject(new ServiceError('aborted', 'Given up.'))),
        );
      };
      window.watcher.setClients(new Map([['a', hanging]]));
      window.watcher.setListVisible(true);
      await clock.advance(0);
      assert.equal(aborted?.aborted, false);
      end();
      await settle();
      assert.equal(aborted?.aborted, true);
      assert.deepEqual(window.failures, []);
      window.dispose();
    }
  });
});

describe('after sleep', () => {
  it('asks once at once, and says nothing while the network is not there yet', async () => {
    runJobs(1);
    open();
    window.watcher.setListVisible(true);
    await clock.advance(0);
    client.failure = new ServiceError('unreachable', 'No answer.');
    clock.jump(8 * 3_600_000);
    client.takeRequests();
    await clock.advance(15_000);
    assert.equal(client.takeRequests().filter((request) => request.startsWith('list')).length, 1);
    assert.deepEqual([window.failures, window.store.status('a').state], [[], 'ready']);
    client.failure = null;
    client.update(jobId(1), { state: 'Finished' });
    await clock.advance(15_000);
    assert.equal(window.store.get(key(1))?.state, 'Finished');
    assert.deepEqual(window.failures, []);
  });

  it('says so when the network stays away', async () => {
    runJobs(1);
    open();
    window.watcher.setListVisible(true);
    await clock.advance(0);
    client.failure = new ServiceError('unreachable', 'No answer.');
    clock.jump(8 * 3_600_000);
    await clock.advance(30_000);
    assert.deepEqual([window.failures.length, window.store.status('a').state], [1, 'failed']);
  });

  it('notices soon, however long the wait was to be', async () => {
    runJobs(1);
    open();
    client.failure = new ServiceError('throttled', 'Busy.', { retryAfterMs: 600_000 });
    window.watcher.setListVisible(true);
    await clock.advance(0);
    client.failure = new ServiceError('unreachable', 'No answer.');
    await clock.advance(60_000);
    assert.equal(clock.nextTimerIn !== null && clock.nextTimerIn <= 30_000, true);
  });

  it('goes on when the clock is set back', async () => {
    runJobs(1);
    open();
    window.watcher.setListVisible(true);
    await clock.advance(0);
    client.takeRequests();
    clock.jump(-8 * 3_600_000);
    client.update(jobId(1), { state: 'Finished' });
    await clock.advance(15_000);
    assert.equal(window.store.get(key(1))?.state, 'Finished');
  });
});

describe('a window whose clock runs on while it asks', () => {
  it('does not take its own answer for another window’s', async () => {
    runJobs(1);
    let stored: SharedAccount | null = null;
    const sharing: AccountSharing = {
      ...noSharing,
      read: async () => stored,
      write: async (shared) => {
        // Writing takes a moment, as on a disk.
        clock.jump(5);
        stored = { ...shared, fingerprint: '' };
      },
    };
    open({ sharing: () => sharing });
    window.watcher.setListVisible(true);
    await clock.advance(0);
    const polls: number[] = [];
    for (let seconds = 0; seconds < 118; seconds++) {
      if (client.takeRequests().includes('active')) {
        polls.push(seconds);
      }
      await clock.advance(1_000);
    }
    assert.deepEqual(polls, [0, 15, 30, 60], 'the wait doubles from the second answer without news on');
  });
});
