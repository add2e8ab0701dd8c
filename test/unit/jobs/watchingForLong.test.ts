import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { SharedAccount } from '../../../src/jobs/pollSharing.ts';
import { type AccountSharing, noSharing } from '../../../src/jobs/pollSharing.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';
import { Watching, type WatchingOptions } from '../../support/watching.ts';

const minuteMs = 60_000;
const key = (n: number) => ({ account: 'a', id: jobId(n) });
const down = new ServiceError('unreachable', 'No answer.');

let clock: FakeClock;
let client: ScriptedClient;
let window: Watching;

function open(options: Partial<WatchingOptions> = {}): void {
  window = new Watching({ clock, clients: new Map([['a', client]]), ...options });
  window.watcher.setListVisible(true);
}

/** Keeps what is written, as a file does. */
function sharingInMemory(): AccountSharing {
  let stored: SharedAccount | null = null;
  return {
    ...noSharing,
    read: async () => stored,
    write: async (shared) => {
      stored = JSON.parse(JSON.stringify({ ...shared, fingerprint: '' }));
    },
  };
}

const count = (what: string): number => client.takeRequests().filter((request) => request.startsWith(what)).length;

beforeEach(() => {
  clock = new FakeClock();
  client = new ScriptedClient();
});

afterEach(() => window.dispose());

describe('a window that watches for long', () => {
  it('never brings a job back that is gone, also after a failure that is over', async () => {
    client.jobs = [jobRecord(2), jobRecord(1)];
    open({ sharing: sharingInMemory });
    await clock.advance(16_000);
    client.failure = down;
    await clock.advance(16_000);
    client.failure = null;
    await clock.advance(minuteMs);
    client.jobs = [jobRecord(2)];
    const changes: string[] = [];
    window.store.onDidChange(({ added, removed }) => changes.push(`+${added.length} -${removed.length}`));
    await clock.advance(10 * minuteMs);
    assert.deepEqual(
      changes.filter((change) => change !== '+0 -0'),
      ['+0 -1'],
    );
    assert.equal(window.store.activeCount('a'), 1);
  });

  it('keeps the pages that people loaded, although every row of the first one is under way', async () => {
    client.jobs = Array.from({ length: 400 }, (_, n) => jobRecord(400 - n));
    open();
    await clock.advance(0);
    await window.watcher.loadMore('a');
    await window.watcher.loadMore('a');
    const { length } = window.rows.ids('a');
    assert.ok(length >= 150);
    await clock.advance(2 * minuteMs);
    assert.equal(window.rows.ids('a').length, length);
  });

  it('keeps its pace although the tasks of one job cannot be read, and asks no more for those', async () => {
    client.jobs = Array.from({ length: 20 }, (_, n) => jobRecord(20 - n));
    const { listTasks } = client;
    let asked = 0;
    client.listTasks = (id, signal) => {
      asked += id === jobId(7) ? 1 : 0;
      return id === jobId(7) ? Promise.reject(new ServiceError('badReply', 'No list.')) : listTasks(id, signal);
    };
    open();
    for (let poll = 0; poll < 40; poll++) {
      for (let n = 1; n <= 20; n++) {
        client.tasks.set(jobId(n), [jobTask(n, { progress: poll + n })]);
      }
      await clock.advance(15_000);
    }
    assert.ok(count('active') >= 40);
    assert.deepEqual([window.failures, window.store.status('a').state, asked], [[], 'ready', 1]);
    assert.equal(window.store.get(key(8))?.progress, 47);
    await window.watcher.check(key(7)).catch(() => undefined);
    assert.equal(asked, 2, 'somebody who wants to know is told');
  });

  it('notices a task that ran and ended between two looks', async () => {
    client.jobs = [jobRecord(1)];
    client.tasks.set(jobId(1), [jobTask(1, { state: 'Queued' }), jobTask(2, { state: 'Queued' })]);
    open();
    await clock.advance(0);
    client.tasks.set(jobId(1), [jobTask(1, { state: 'Finished', progress: 100 }), jobTask(2, { progress: 90 })]);
    await clock.advance(2 * minuteMs);
    assert.deepEqual(
      window.store.get(key(1))?.tasks?.map(({ state }) => state),
      ['Finished', 'Processing'],
    );
    assert.equal(window.store.get(key(1))?.progress, 95);
    assert.equal(count('tasks'), 2);
  });

  it('asks once for the tasks of a job that ended with some that did not', async () => {
    client.jobs = Array.from({ length: 10 }, (_, n) => jobRecord(10 - n, { state: 'Error' }));
    for (let n = 1; n <= 10; n++) {
      client.tasks.set(jobId(n), [jobTask(n, { state: 'Error' }), jobTask(100 + n, { state: 'Queued' })]);
    }
    open();
    await clock.advance(10 * minuteMs);
    assert.equal(count('tasks'), 10);
  });

  it('goes on with a search that lost a page, where only that tells which jobs are the newest', async () => {
    client.jobs = Array.from({ length: 5000 }, (_, n) => jobRecord(n + 1, { state: 'Finished' }));
    const { listJobs } = client;
    let failures = 0;
    client.listJobs = (query, page, signal) => {
      if (page.token === '1050' && failures++ === 0) {
        return Promise.reject(new ServiceError('throttled', 'Busy.', { status: 503 }));
      }
      return listJobs(query, page, signal);
    };
    open();
    await clock.advance(10 * minuteMs);
    assert.equal(window.store.count('a'), 5000);
    window.rows.sort('a');
    assert.equal(window.names()[0], 'Job 5000');
    assert.equal(window.store.status('a').state, 'ready');
  });

  it('gives up on a service that answers with the same page again and again', async () => {
    const page = Array.from({ length: 50 }, (_, n) => jobRecord(n, { state: 'Finished' }));
    client.jobs = page;
    let asked = 0;
    client.listJobs = () => {
      asked++;
      return Promise.resolve({ jobs: page, next: 'again', newestFirst: false });
    };
    open();
    await clock.advance(1_000);
    assert.ok(asked < 10, `${asked} requests`);
    assert.equal(window.failures[0]?.kind, 'badReply');
    assert.deepEqual(await window.watcher.list('a', { states: ['Error'] }, 10), []);
  });

  it('obeys a service that asks to wait, but not for ever', async () => {
    client.jobs = [jobRecord(1)];
    client.failure = new ServiceError('throttled', 'Busy.', { status: 429, retryAfterMs: 9e12 });
    open();
    await clock.advance(0);
    client.failure = null;
    client.takeRequests();
    await clock.advance(59 * minuteMs);
    assert.equal(count('list'), 0);
    await clock.advance(2 * minuteMs);
    assert.equal(window.store.status('a').state, 'ready');
  });

  it('forgets the jobs of an account that leads elsewhere by now, and keeps them over a new sign-in', async () => {
    client.jobs = [jobRecord(1)];
    open();
    window.fingerprints.set('a', 'here');
    window.watcher.setClients(new Map([['a', client]]));
    await clock.advance(0);
    const other = new ScriptedClient();
    other.failure = down;
    window.watcher.setClients(new Map([['a', other]]));
    assert.equal(window.store.count('a'), 1);
    window.fingerprints.set('a', 'elsewhere');
    window.watcher.setClients(new Map([['a', client]]));
    assert.equal(window.store.count('a'), 0);
  });

  it('forgets that it asked for the tasks of a job that it let go of, and asks again when that comes back', async () => {
    client.jobs = [jobRecord(1, { state: 'Error' })];
    client.tasks.set(jobId(1), [jobTask(1, { state: 'Error', errors: [{ code: 'X', message: 'y' }] })]);
    open();
    await clock.advance(0);
    assert.equal(count(`tasks ${jobId(1)}`), 1);
    // More than an account can hold.
    const newer = Array.from({ length: 60_000 }, (_, n) => jobRecord(n + 2, { state: 'Finished' }));
    window.store.apply('a', newer, new Map());
    client.jobs = [...newer.slice(-200).reverse(), jobRecord(1, { state: 'Error' })];
    await clock.advance(minuteMs);
    assert.equal(window.store.get(key(1)), undefined);
    assert.equal(window.store.count('a'), 60_000);
    client.jobs = [jobRecord(1, { state: 'Error' })];
    await clock.advance(minuteMs);
    assert.equal(window.store.count('a'), 1);
    assert.equal(window.store.get(key(1))?.tasks?.[0]?.errors[0]?.code, 'X');
    assert.equal(count(`tasks ${jobId(1)}`), 1);
  });
});
