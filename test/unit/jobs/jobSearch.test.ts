import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { JobState } from '../../../src/jobs/job.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { FakeClock, settle } from '../../support/fakeClock.ts';
import { jobId, jobRecord } from '../../support/jobs.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';
import { Watching } from '../../support/watching.ts';

let clock: FakeClock;
let client: ScriptedClient;
let window: Watching;

/** Every tenth job failed; the others are done. The newest comes first. */
function endedJobs(count: number): void {
  client.jobs = Array.from({ length: count }, (_, n) => {
    const number = count - n;
    return jobRecord(number, { state: number % 10 === 0 ? 'Error' : ('Finished' satisfies JobState) });
  });
}

const lists = (): string[] => client.takeRequests().filter((request) => request.startsWith('list'));

async function show(): Promise<void> {
  window.watcher.setListVisible(true);
  await clock.advance(0);
}

beforeEach(() => {
  clock = new FakeClock();
  client = new ScriptedClient();
  window = new Watching({ clock, clients: new Map([['a', client]]), settings: { pageSize: 10 } });
});

afterEach(() => window.dispose());

describe('a filter', () => {
  it('is applied at the service where that filters, a page at a time', async () => {
    endedJobs(3000);
    await show();
    client.takeRequests();
    window.filter.set({ states: ['Error'] });
    await clock.advance(0);
    assert.deepEqual(lists(), ['list 0+10']);
    assert.deepEqual(
      window.names(),
      [3000, 2990, 2980, 2970, 2960, 2950, 2940, 2930, 2920, 2910].map((n) => `Job ${n}`),
    );
    assert.deepEqual([window.rows.hasMore('a'), window.store.listing('a').searched], [true, null]);
    assert.equal(window.store.listing('a').total, 3000);
    await window.watcher.loadMore('a');
    assert.equal(window.names().length, 20);
    assert.deepEqual(lists(), ['list 10+10']);
  });

  it('shows what is known at once, and all again when it is cleared, without a request', async () => {
    endedJobs(100);
    await show();
    window.filter.set({ states: ['Error'] });
    assert.deepEqual(window.names(), ['Job 100']);
    await clock.advance(0);
    client.takeRequests();
    window.filter.set({});
    assert.deepEqual(
      window.names(),
      Array.from({ length: 10 }, (_, n) => `Job ${100 - n}`),
      'and none of the older ones that the filter brought',
    );
  });

  it('is applied here where the service does not, by a search through all jobs in the background', async () => {
    client.canFilter = false;
    endedJobs(3500);
    await show();
    client.takeRequests();
    const searched: (number | null)[] = [];
    window.store.onDidChange(() => searched.push(window.store.listing('a').searched));
    window.filter.set({ states: ['Error'] });
    await clock.advance(0);
    await clock.advance(1_000);
    assert.deepEqual(lists(), ['list 0+10', 'list 10+1000', 'list 1010+1000', 'list 2010+1000', 'list 3010+1000']);
    assert.deepEqual(
      [...new Set(searched)].filter((count) => count !== null),
      [10, 1010, 2010, 3010, 3500],
    );
    assert.deepEqual([window.store.listing('a').searched, window.names().length], [null, 10]);
    assert.equal(window.store.count('a', window.filter.query), 350);
    await window.watcher.loadMore('a');
    assert.deepEqual([window.names().length, lists()], [20, []], 'what was found is at hand');
  });

  it('by name alone that the service takes no notice of leaves all jobs known, so that the next search asks nothing', async () => {
    client.canFilter = false;
    endedJobs(2500);
    await show();
    window.filter.set({ name: 'job 12' });
    await clock.advance(0);
    await clock.advance(1_000);
    assert.equal(window.store.count('a', window.filter.query), 111 + 0);
    assert.equal(window.store.count('a'), 2500);
    client.takeRequests();
    window.filter.set({ name: 'JOB 777' });
    await clock.advance(0);
    assert.deepEqual([lists(), window.names(), window.rows.hasMore('a')], [[], ['Job 777'], false]);
    window.filter.set({});
    assert.equal(window.names().length, 10, 'no more than a page of all of them');
  });

  it('by time ends where the jobs are older', async () => {
    client.canFilter = false;
    endedJobs(3000);
    await show();
    client.takeRequests();
    window.filter.set({ createdFrom: client.jobs[4]?.created ?? 0 });
    await clock.advance(0);
    assert.deepEqual([lists(), window.names().length, window.rows.hasMore('a')], [['list 0+10'], 5, false]);
  });

  it('ends the search for another, and for who gives it up; what was found stays, and more can be loaded', async () => {
    client.canFilter = false;
    endedJobs(5000);
    await show();
    let open = client.answerLate('list 10+1000');
    window.filter.set({ states: ['Error'] });
    await clock.advance(0);
    assert.equal(window.store.listing('a').searched, 10);
    window.filter.set({ states: ['Error'], name: 'Job' });
    open();
    client.takeRequests();
    open = client.answerLate('list 1010+1000');
    await clock.advance(1_000);
    assert.equal(window.store.listing('a').searched, 1010);
    window.watcher.stopSearch();
    open();
    await settle();
    assert.deepEqual([window.store.listing('a').searched, window.rows.hasMore('a')], [null, true]);
    assert.equal(window.names().length, 10);
    await clock.advance(0);
    assert.deepEqual(window.failures, []);
  });

  it('says so where a search cannot go on, and keeps what it found', async () => {
    client.canFilter = false;
    endedJobs(5000);
    await show();
    const { listJobs } = client;
    client.listJobs = (query, page, signal) =>
      page.token === '1010'
        ? Promise.reject(new ServiceError('throttled', 'Busy.', { status: 503 }))
        : listJobs(query, page, signal);
    window.filter.set({ states: ['Error'] });
    await clock.advance(0);
    await clock.advance(0);
    assert.equal(window.failures[0]?.kind, 'throttled');
    assert.deepEqual([window.store.listing('a').searched, window.rows.hasMore('a')], [null, true]);
    assert.equal(window.names().length, 10);
  });

  it('has new jobs among its rows, and those that come to be meant', async () => {
    client.jobs = [jobRecord(2), jobRecord(1)];
    await show();
    window.filter.set({ states: ['Error'] });
    await clock.advance(0);
    assert.deepEqual(window.names(), []);
    client.jobs = [jobRecord(3, { state: 'Error' }), ...client.jobs];
    client.update(jobId(1), { state: 'Error' });
    await clock.advance(15_000);
    assert.deepEqual(window.names(), ['Job 3', 'Job 1']);
  });
});

describe('rows', () => {
  it('stay where they are while a search finds others, until somebody asks for order', async () => {
    client.canFilter = false;
    // In no order, so that what is found later may be newer.
    client.jobs = [5, 900, 3, 700, 1, ...Array.from({ length: 2000 }, (_, n) => 1000 + n)].map((n) =>
      jobRecord(n, { state: 'Error' }),
    );
    window.settings = { ...window.settings, pageSize: 5 };
    const open = client.answerLate('list 5+1000');
    await show();
    assert.deepEqual([...window.names()].sort(), ['Job 1', 'Job 3', 'Job 5', 'Job 700', 'Job 900']);
    const before = window.names();
    open();
    await clock.advance(1_000);
    assert.equal(window.store.listing('a').searched, null);
    assert.deepEqual(window.names(), before);
    assert.equal(window.rows.sort('a'), true);
    assert.deepEqual(window.names(), ['Job 2999', 'Job 2998', 'Job 2997', 'Job 2996', 'Job 2995']);
    assert.equal(window.rows.sort('a'), false);
  });

  it('are the newest, although so many came at once that they do not join on to those before', async () => {
    endedJobs(30);
    await show();
    await window.watcher.loadMore('a');
    assert.equal(window.names().length, 20);
    endedJobs(100);
    await clock.advance(60_000);
    assert.deepEqual(
      window.names(),
      Array.from({ length: 10 }, (_, n) => `Job ${100 - n}`),
    );
    await window.watcher.loadMore('a');
    assert.deepEqual(
      window.names(),
      Array.from({ length: 20 }, (_, n) => `Job ${100 - n}`),
    );
  });

  it('of a list that is known to its end are no more than people asked for, though all are held', async () => {
    endedJobs(12);
    await show();
    assert.deepEqual([window.names().length, window.rows.hasMore('a')], [10, true]);
    await window.watcher.loadMore('a');
    assert.deepEqual([window.names().length, window.rows.hasMore('a')], [12, false]);
  });
});
