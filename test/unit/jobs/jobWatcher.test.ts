import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { AccountPoller } from '../../../src/jobs/accountPoller.ts';
import { JobFilter } from '../../../src/jobs/jobFilter.ts';
import { JobRows } from '../../../src/jobs/jobRows.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { JobWatcher, type WatchSettings } from '../../../src/jobs/jobWatcher.ts';
import { noSharing } from '../../../src/jobs/pollSharing.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { TrackedJob } from '../../../src/jobs/trackedJob.ts';
import { FakeClock, settle } from '../../support/fakeClock.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';
import { MemoryTrackedStorage } from '../../support/memoryTrackedStorage.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';

const key = (n: number) => ({ account: 'a', id: jobId(n) });

let clock: FakeClock;
let client: ScriptedClient;
let store: JobStore;
let tracked: TrackedJob;
let watcher: JobWatcher;
let filter: JobFilter;
let rows: JobRows;
let settings: WatchSettings;
let failures: ServiceError[];
let random: () => number;

beforeEach(() => {
  clock = new FakeClock();
  client = new ScriptedClient();
  store = new JobStore(clock);
  tracked = new TrackedJob(store, new MemoryTrackedStorage(), clock);
  settings = { automatic: true, listIntervalMs: 15_000, trackedIntervalMs: 5_000, notifiesOfAll: false, pageSize: 50 };
  failures = [];
  random = () => 0.5;
  filter = new JobFilter();
  rows = new JobRows(store, filter, tracked);
  store.onDidChange((change) => rows.update(change));
  watcher = new JobWatcher({
    store,
    tracked,
    clock,
    random: () => random(),
    settings: () => settings,
    filter,
    rows,
    fingerprintOf: () => '',
    sharing: () => noSharing,
    createPoller: (options) => new AccountPoller(options),
    onPollFailed: (_account, error) => failures.push(error),
  });
});

afterEach(() => {
  watcher.dispose();
  tracked.dispose();
  store.dispose();
});

function addClient(): void {
  watcher.setClients(new Map([['a', client]]));
}

/** What the panel shows. */
function names(): readonly string[] {
  return rows.ids('a').map((id) => store.get({ account: 'a', id })?.name ?? '');
}

describe('asking by itself', () => {
  it('asks nothing and keeps no timer while nobody looks', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    await clock.advance(3_600_000);
    assert.deepEqual(client.requests, []);
    assert.equal(clock.pendingTimers, 0);
  });

  it('asks at once when the list comes into view, then at its interval while a job is active', async () => {
    client.jobs = [jobRecord(2), jobRecord(1, { state: 'Finished' })];
    client.tasks.set(jobId(2), [jobTask(1, { progress: 42 })]);
    addClient();
    watcher.setListVisible(true);
    await clock.advance(0);
    assert.deepEqual(client.takeRequests(), ['list 0+50', 'active', 'running', `tasks ${jobId(2)}`]);
    assert.equal(store.get(key(2))?.progress, 42);
    await clock.advance(14_999);
    assert.deepEqual(client.takeRequests(), []);
    client.tasks.set(jobId(2), [jobTask(1, { progress: 43 })]);
    await clock.advance(1);
    assert.deepEqual(client.takeRequests(), ['list 0+50', 'active', 'running']);
    assert.equal(store.get(key(2))?.progress, 43, 'without a question about the job itself');
  });

  it('stops when the list is hidden, and goes on when it is shown again', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    watcher.setListVisible(true);
    await clock.advance(0);
    watcher.setListVisible(false);
    client.takeRequests();
    await clock.advance(600_000);
    assert.deepEqual(client.requests, []);
    assert.equal(clock.pendingTimers, 0);
    watcher.setListVisible(true);
    await clock.advance(0);
    assert.deepEqual(client.requests, ['list 0+50', 'active', 'running']);
  });

  it('slows down to a minute when no job is active', async () => {
    client.jobs = [jobRecord(1, { state: 'Finished' })];
    addClient();
    watcher.setListVisible(true);
    await clock.advance(59_999);
    assert.deepEqual(client.takeRequests(), ['list 0+50', 'active', 'running']);
    await clock.advance(1);
    assert.deepEqual(client.takeRequests(), ['list 0+50', 'active', 'running']);
  });

  it('follows a tracked job with the panel never opened, until it is final', async () => {
    client.jobs = [jobRecord(1)];
    client.tasks.set(jobId(1), [jobTask(1, { progress: 10 })]);
    addClient();
    await watcher.check(key(1));
    client.takeRequests();
    tracked.track(key(1));
    await clock.advance(5_000);
    assert.deepEqual(client.takeRequests(), [`get ${jobId(1)}`, `tasks ${jobId(1)}`]);
    client.tasks.set(jobId(1), [jobTask(1, { progress: 60 })]);
    await clock.advance(5_000);
    assert.equal(tracked.job?.progress, 60);

    client.update(jobId(1), { state: 'Finished', ended: clock.now() });
    client.tasks.set(jobId(1), [jobTask(1, { progress: 100, state: 'Finished' })]);
    await clock.advance(10_000);
    assert.deepEqual([tracked.job?.state, tracked.job?.progress], ['Finished', 100]);
    assert.equal(store.get(key(1))?.tasks?.[0]?.state, 'Finished', 'the tasks are read once more at the end');
    client.takeRequests();
    await clock.advance(3_600_000);
    assert.deepEqual(client.requests, []);
    assert.equal(clock.pendingTimers, 0);
  });

  it('does not ask twice for a tracked job that the list brings anyway', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    await watcher.check(key(1));
    tracked.track(key(1));
    watcher.setListVisible(true);
    client.takeRequests();
    await clock.advance(0);
    assert.deepEqual(client.takeRequests(), ['list 0+50', 'active', 'running']);
  });

  it('doubles the wait while nothing changes, and is back at its pace with the first change or look', async () => {
    client.jobs = [jobRecord(1)];
    client.tasks.set(jobId(1), [jobTask(1, { progress: 10 })]);
    addClient();
    await watcher.check(key(1));
    tracked.track(key(1));
    const polls = async (ms: number): Promise<number> => {
      client.takeRequests();
      await clock.advance(ms);
      return client.takeRequests().filter((request) => request.startsWith('get')).length;
    };
    await clock.advance(600_000);
    assert.equal(await polls(60_000), 2, 'every 30 s');
    client.tasks.set(jobId(1), [jobTask(1, { progress: 11 })]);
    while (store.get(key(1))?.progress !== 11) {
      await clock.advance(1_000);
    }
    client.tasks.set(jobId(1), [jobTask(1, { progress: 12 })]);
    assert.equal(await polls(5_000), 1);
    await clock.advance(600_000);
    watcher.setWindowFocused(false);
    watcher.setWindowFocused(true);
    assert.equal(await polls(10_000), 2, 'at once, and again 5 s later');
  });

  it('asks for the tasks of a failed job once, for its error', async () => {
    client.jobs = [jobRecord(1, { state: 'Error' })];
    client.tasks.set(jobId(1), [
      jobTask(1, { state: 'Error', errors: [{ code: 'ErrorProcessingTask', message: 'x' }] }),
    ]);
    addClient();
    watcher.setListVisible(true);
    await clock.advance(200_000);
    assert.equal(client.requests.filter((request) => request.startsWith('tasks')).length, 1);
  });

  it('is four times slower while the window is not focused, and asks at once when it is again', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    await watcher.check(key(1));
    tracked.track(key(1));
    watcher.setWindowFocused(false);
    await clock.advance(0);
    client.takeRequests();
    await clock.advance(19_999);
    assert.deepEqual(client.takeRequests(), []);
    watcher.setWindowFocused(true);
    await clock.advance(0);
    assert.equal(client.takeRequests().length, 2);
  });

  it('with automatic refresh off, asks only for what somebody waits for', async () => {
    settings = { ...settings, automatic: false };
    client.jobs = [jobRecord(1)];
    addClient();
    watcher.setListVisible(true);
    await clock.advance(600_000);
    assert.deepEqual(client.requests, []);
    await watcher.check(key(1));
    client.takeRequests();
    const wait = watcher.waitUntilFinal(key(1), new AbortController().signal);
    client.update(jobId(1), { state: 'Canceled' });
    await clock.advance(5_000);
    assert.equal((await wait).state, 'Canceled');
  });

  it('never has two polls of an account under way, however slow the service is', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    let open = (): void => undefined;
    client.gate = new Promise((resolve) => {
      open = resolve;
    });
    watcher.setListVisible(true);
    await clock.advance(0);
    void watcher.refresh();
    void watcher.refresh();
    await clock.advance(120_000);
    assert.deepEqual(client.requests, ['list 0+50']);
    client.gate = null;
    open();
    await clock.advance(0);
    assert.equal(client.requests.filter((request) => request.startsWith('list')).length, 2);
  });

  it('makes one more poll of any number of wishes for one while another is under way', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    const open = client.answerLate('list 0+50');
    const first = watcher.refresh();
    await settle();
    const wishes = Array.from({ length: 4 }, () => watcher.refresh());
    client.update(jobId(1), { state: 'Finished' });
    open();
    await first;
    await wishes[0];
    assert.equal(store.get(key(1))?.state, 'Finished', 'the wish came before the change, its request after');
    await Promise.all(wishes);
    assert.equal(client.requests.filter((request) => request.startsWith('list')).length, 2);
    await watcher.refresh();
    assert.equal(client.requests.filter((request) => request.startsWith('list')).length, 3);
  });

  it('asks for the tasks of a job once, and again when one of them is not running any more', async () => {
    client.jobs = [jobRecord(2, { state: 'Queued' }), jobRecord(1)];
    client.tasks.set(jobId(1), [jobTask(1), jobTask(2, { state: 'Queued' })]);
    client.tasks.set(jobId(2), [jobTask(3, { state: 'Queued' })]);
    addClient();
    await watcher.refresh();
    const head = ['list 0+50', 'active', 'running'];
    assert.deepEqual(client.takeRequests(), [...head, `tasks ${jobId(2)}`, `tasks ${jobId(1)}`]);
    await watcher.refresh();
    assert.deepEqual(client.takeRequests(), head);

    client.tasks.set(jobId(1), [jobTask(1, { state: 'Finished' }), jobTask(2, { progress: 4 })]);
    const { listTasks } = client;
    client.listTasks = () => Promise.reject(new ServiceError('unreachable', 'No answer.'));
    await watcher.refresh();
    assert.equal(store.get(key(1))?.tasks?.[1]?.progress, 4);
    client.listTasks = listTasks;
    client.takeRequests();
    await watcher.refresh();
    assert.deepEqual(client.takeRequests(), [...head, `tasks ${jobId(1)}`], 'also after a failure');
    assert.deepEqual([store.get(key(1))?.tasks?.[0]?.state, store.get(key(1))?.progress], ['Finished', 52]);

    client.update(jobId(2), { state: 'Processing' });
    client.tasks.set(jobId(2), [jobTask(3, { progress: 7 })]);
    await watcher.refresh();
    assert.deepEqual(client.takeRequests(), head, 'a task that begins to run is known already');
    assert.equal(store.get(key(2))?.progress, 7);
  });

  it('asks for the tasks of each running job where the service does not list them all', async () => {
    client.canListRunningTasks = false;
    client.jobs = [jobRecord(2), jobRecord(1)];
    client.tasks.set(jobId(1), [jobTask(1, { progress: 5 })]);
    addClient();
    await watcher.refresh();
    client.tasks.set(jobId(1), [jobTask(1, { progress: 6 })]);
    await watcher.refresh();
    assert.equal(client.requests.filter((request) => request.startsWith('tasks')).length, 4);
    assert.equal(store.get(key(1))?.progress, 6);
  });

  it('asks for the tasks of many jobs at most four at a time', async () => {
    client.jobs = Array.from({ length: 30 }, (_, n) => jobRecord(30 - n));
    addClient();
    await watcher.refresh();
    assert.equal(client.requests.filter((request) => request.startsWith('tasks')).length, 30);
    assert.equal(client.maxRunning, 4);
  });
});

describe('when the service does not answer', () => {
  const down = new ServiceError('unreachable', 'No answer.');

  it('keeps the rows, says so in the status, backs off, and recovers by itself', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    watcher.setListVisible(true);
    await clock.advance(0);
    const asOf = clock.now();
    client.failure = down;
    client.takeRequests();
    await clock.advance(15_000);
    assert.deepEqual(client.takeRequests(), ['list 0+50', 'active', 'running']);
    assert.deepEqual(store.status('a'), { state: 'failed', error: down, asOf });
    assert.equal(store.jobs('a').length, 1);
    assert.deepEqual(failures, [down]);

    await clock.advance(3_600_000);
    const asked = client.takeRequests().filter((request) => request.startsWith('list')).length;
    assert.ok(asked >= 10 && asked <= 20, `${asked} requests in an hour of failures`);
    client.failure = null;
    await clock.advance(375_000);
    assert.equal(store.status('a').state, 'ready');
  });

  it('does not say that the service answers again before it did, whatever the jitter', async () => {
    let draws = 0;
    random = () => (draws++ % 2 === 0 ? 0 : 1);
    addClient();
    client.failure = down;
    watcher.setListVisible(true);
    const states = new Set<string>();
    store.onDidChange(() => states.add(store.status('a').state));
    await clock.advance(3_600_000);
    assert.deepEqual([...states], ['failed']);
    assert.equal(draws, failures.length, 'drawn once for each failure');
  });

  it('says that it answers again with the first rows, not only when all is known', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    client.failure = down;
    watcher.setListVisible(true);
    await clock.advance(0);
    client.failure = null;
    const open = client.answerLate('active');
    await clock.advance(60_000);
    assert.deepEqual([store.jobs('a').length, store.status('a').state], [1, 'ready']);
    open();
    await settle();
    assert.equal(store.status('a').state, 'ready');
  });

  it('does not say that the service answers again for a further page that there is not', async () => {
    client.jobs = [jobRecord(1, { state: 'Finished' })];
    addClient();
    await watcher.refresh();
    client.failure = down;
    await watcher.refresh();
    await watcher.loadMore('a');
    assert.equal(store.status('a').state, 'failed');
  });

  it('waits as long as the service asks, also when somebody comes to look meanwhile', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    client.failure = new ServiceError('throttled', 'Busy.', { status: 503, retryAfterMs: 120_000 });
    watcher.setListVisible(true);
    await clock.advance(0);
    client.takeRequests();
    client.failure = null;
    watcher.setListVisible(false);
    watcher.setListVisible(true);
    await clock.advance(119_999);
    assert.deepEqual(client.takeRequests(), []);
    await clock.advance(1);
    assert.equal(client.takeRequests()[0], 'list 0+50');
  });

  it('shows the rows although their tasks could not be had', async () => {
    client.jobs = [jobRecord(1)];
    client.listTasks = () => Promise.reject(down);
    addClient();
    await watcher.refresh();
    assert.equal(store.jobs('a').length, 1);
    assert.equal(store.status('a').state, 'failed');
  });

  it('goes back to its usual pace once a check got through', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    watcher.setListVisible(true);
    client.failure = down;
    await clock.advance(3_600_000);
    client.failure = null;
    await watcher.check(key(1));
    client.takeRequests();
    await clock.advance(15_000);
    assert.equal(client.takeRequests()[0], 'list 0+50');
  });

  it('turns whatever is thrown into a failure, and goes on', async () => {
    addClient();
    client.listJobs = () => Promise.reject(new TypeError('a bug'));
    watcher.setListVisible(true);
    await clock.advance(0);
    assert.equal(failures[0]?.kind, 'badReply');
    assert.ok(clock.pendingTimers > 0);
  });
});

describe('late answers', () => {
  const asked = [`get ${jobId(1)}`, `tasks ${jobId(1)}`, 'list 0+50'];

  /** Has the job answered late for as long as it takes to end, and says what is known of it when all is over. */
  async function endMeanwhile(late: readonly string[], ask: () => Promise<unknown>): Promise<unknown> {
    client.jobs = [jobRecord(1)];
    client.tasks.set(jobId(1), [jobTask(1, { progress: 40 })]);
    addClient();
    await watcher.refresh();
    const release = late.map((request) => client.answerLate(request));
    const asking = ask();
    await settle();
    client.update(jobId(1), { state: 'Finished' });
    client.tasks.set(jobId(1), [jobTask(1, { progress: 100, state: 'Finished' })]);
    await watcher.check(key(1));
    release.forEach((open) => {
      open();
    });
    await asking;
    const job = store.get(key(1));
    return [job?.state, job?.progress, job?.tasks?.[0]?.state];
  }
  const end = ['Finished', 100, 'Finished'];

  it('do not bring a finished job back: of a check', async () => {
    assert.deepEqual(await endMeanwhile(asked.slice(0, 2), () => watcher.check(key(1))), end);
  });

  it('do not bring a finished job back: of a refresh', async () => {
    for (const late of ['list 0+50', 'active', 'running']) {
      assert.deepEqual(await endMeanwhile([late], () => watcher.refresh()), end, late);
    }
  });

  it('do not bring a finished job back: of a listing and of tasks alone', async () => {
    assert.deepEqual(await endMeanwhile(['list 0+50'], () => watcher.list('a', {}, 50)), end);
    assert.deepEqual(await endMeanwhile([`tasks ${jobId(1)}`], () => watcher.loadTasks(key(1))), end);
  });

  /**
   * Has a check sent first and a listing after it, of which the service answers the listing first: the check was sent
   * again after a failure, say. In between the job ends. Says what is known of it when the check has come, and then when
   * the listing has come as well.
   */
  async function endBetween(end: () => void): Promise<readonly unknown[]> {
    client.jobs = [jobRecord(1)];
    client.tasks.set(jobId(1), [jobTask(1, { progress: 40 })]);
    addClient();
    await watcher.refresh();
    const { promise, resolve } = Promise.withResolvers<void>();
    client.gate = promise;
    const check = watcher.check(key(1)).catch(() => undefined);
    await settle();
    client.gate = null;
    const open = client.answerLate('list 0+50');
    const refresh = watcher.refresh();
    await settle();
    end();
    resolve();
    await check;
    const states = [store.get(key(1))?.state];
    store.onDidChange(({ added, changed }) =>
      states.push(...[...added, ...changed.map(({ after }) => after)].map(({ state }) => state)),
    );
    open();
    await refresh;
    return states;
  }

  it('do not bring a finished job back that was known to be over before they came, although asked for later', async () => {
    const states = await endBetween(() => {
      client.update(jobId(1), { state: 'Finished' });
      client.tasks.set(jobId(1), [jobTask(1, { progress: 100, state: 'Finished' })]);
    });
    assert.deepEqual(states, ['Finished']);
    client.update(jobId(1), { state: 'Processing' });
    await watcher.refresh();
    assert.equal(store.get(key(1))?.state, 'Processing', 'what is asked for from then on holds, whatever it is');
  });

  it('do not bring a job back that was known to be gone before they came, although asked for later', async () => {
    const states = await endBetween(() => {
      client.jobs = [];
    });
    assert.deepEqual(states, [undefined]);
  });

  it('do not bring a job back that is gone, and do not remove one that has come', async () => {
    client.jobs = [jobRecord(1, { state: 'Finished' })];
    addClient();
    const open = client.answerLate(`get ${jobId(1)}`);
    const check = watcher.check(key(1));
    check.catch(() => undefined);
    await watcher.refresh();
    client.jobs = [];
    await watcher.refresh();
    open();
    await assert.rejects(check, { kind: 'notFound' });
    assert.deepEqual(store.jobs('a'), []);

    const openList = client.answerLate('list 0+50');
    const refresh = watcher.refresh();
    await settle();
    client.jobs = [jobRecord(2, { state: 'Finished' })];
    await watcher.check(key(2));
    openList();
    await refresh;
    assert.equal(store.jobs('a').length, 1);
  });
});

describe('pages', () => {
  it('loads more behind what is loaded, and refreshes as many rows as are on show in one request', async () => {
    settings = { ...settings, pageSize: 2 };
    client.jobs = [5, 4, 3, 2, 1].map((n) => jobRecord(n, { state: 'Finished' }));
    addClient();
    await watcher.refresh();
    assert.deepEqual([store.listing('a').loaded, rows.hasMore('a')], [true, true]);
    await watcher.loadMore('a');
    assert.deepEqual(names(), ['Job 5', 'Job 4', 'Job 3', 'Job 2']);
    client.takeRequests();
    await watcher.refresh();
    assert.deepEqual(client.takeRequests(), ['list 0+4', 'active', 'running']);
    await watcher.loadMore('a');
    assert.deepEqual([names().length, rows.hasMore('a')], [5, false]);
    await watcher.loadMore('a');
    assert.deepEqual(client.takeRequests(), ['list 4+2'], 'at the end there is nothing to ask for');
  });

  it('drops rows that the service no longer has, but not those that new ones pushed off the page', async () => {
    settings = { ...settings, pageSize: 3 };
    client.jobs = [4, 3, 2, 1].map((n) => jobRecord(n, { state: 'Finished' }));
    addClient();
    await watcher.refresh();
    client.jobs = [6, 4, 2, 1].map((n) => jobRecord(n, { state: 'Finished' }));
    await watcher.refresh();
    assert.deepEqual(
      store.jobs('a').map(({ name }) => name),
      ['Job 6', 'Job 4', 'Job 2'],
    );
    client.jobs = [8, 7, 6, 4, 2].map((n) => jobRecord(n, { state: 'Finished' }));
    await watcher.refresh();
    assert.deepEqual(
      store.jobs('a').map(({ name }) => name),
      ['Job 8', 'Job 7', 'Job 6', 'Job 4', 'Job 2'],
    );
  });

  it('goes on with running jobs that new ones pushed off the page, until they end', async () => {
    settings = { ...settings, pageSize: 2 };
    client.jobs = [jobRecord(2), jobRecord(1)];
    client.tasks.set(jobId(1), [jobTask(1, { progress: 60 })]);
    addClient();
    watcher.setListVisible(true);
    await clock.advance(0);
    client.jobs = [4, 3, 2, 1].map((n) => jobRecord(n, { state: n > 2 ? 'Finished' : 'Processing' }));
    client.tasks.set(jobId(1), [jobTask(1, { progress: 70 })]);
    client.takeRequests();
    await clock.advance(15_000);
    assert.deepEqual(client.takeRequests(), ['list 0+2', 'active', 'running']);
    assert.deepEqual(names(), ['Job 4', 'Job 3', 'Job 2', 'Job 1']);
    assert.equal(store.get(key(1))?.progress, 70);
    client.update(jobId(1), { state: 'Finished' });
    client.update(jobId(2), { state: 'Finished' });
    await clock.advance(15_000);
    assert.deepEqual(
      store.jobs('a').map(({ state }) => state),
      ['Finished', 'Finished', 'Finished', 'Finished'],
    );
    assert.deepEqual(names(), ['Job 4', 'Job 3'], 'ended ones are where they belong, on the next page');
  });

  it('goes on with a running job beyond the page that somebody checked', async () => {
    settings = { ...settings, pageSize: 2 };
    client.jobs = [3, 2, 1].map((n) => jobRecord(n, { state: n > 1 ? 'Finished' : 'Processing' }));
    addClient();
    await watcher.check(key(1));
    client.update(jobId(1), { state: 'Error' });
    await watcher.refresh();
    assert.equal(store.get(key(1))?.state, 'Error');
    assert.equal(store.jobs('a').length, 3);
  });

  it('asks about a running job that is missing from the list before it drops it', async () => {
    client.jobs = [jobRecord(2), jobRecord(1)];
    addClient();
    await watcher.refresh();
    client.jobs = [jobRecord(1)];
    client.takeRequests();
    await watcher.refresh();
    assert.ok(client.takeRequests().includes(`departed ${jobId(2)}`));
    assert.deepEqual(
      store.jobs('a').map(({ name }) => name),
      ['Job 1'],
    );
  });

  it('shows as many rows as people asked for, the tracked one too, and has those at hand that new ones pushed off', async () => {
    settings = { ...settings, pageSize: 2 };
    client.jobs = [2, 1].map((n) => jobRecord(n, { state: 'Finished' }));
    addClient();
    await watcher.refresh();
    tracked.track(key(1));
    for (let newest = 4; newest <= 10; newest += 2) {
      const finished = (n: number) => jobRecord(n, { state: 'Finished' });
      client.jobs = [finished(newest), finished(newest - 1), ...client.jobs];
      await watcher.refresh();
    }
    assert.deepEqual(names(), ['Job 10', 'Job 9', 'Job 1']);
    client.takeRequests();
    await watcher.loadMore('a');
    assert.deepEqual(names(), ['Job 10', 'Job 9', 'Job 8', 'Job 7', 'Job 1']);
  });

  it('drops nothing on the word of a page that is in no order', async () => {
    settings = { ...settings, pageSize: 2 };
    client.jobs = [3, 4].map((n) => jobRecord(n, { state: 'Finished' }));
    addClient();
    await watcher.refresh();
    client.jobs = [1, 2, 3, 4].map((n) => jobRecord(n, { state: 'Finished' }));
    await watcher.refresh();
    assert.equal(store.jobs('a').length, 4);
  });
});

describe('waiting and tracking', () => {
  it('wakes a caller when the job is final, over a failure in between', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    await watcher.check(key(1));
    const wait = watcher.waitUntilFinal(key(1), new AbortController().signal);
    client.failure = new ServiceError('unreachable', 'No answer.');
    await clock.advance(12_000);
    client.failure = null;
    client.update(jobId(1), { state: 'Error' });
    await clock.advance(60_000);
    assert.equal((await wait).state, 'Error');
    assert.equal(clock.pendingTimers, 0);
  });

  it('lets a caller go, and stops asking', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    await watcher.check(key(1));
    const abort = new AbortController();
    const wait = watcher.waitUntilFinal(key(1), abort.signal);
    abort.abort();
    await assert.rejects(wait, { kind: 'aborted' });
    assert.equal(clock.pendingTimers, 0);
  });

  it('tells a caller that the job or its account is gone', async () => {
    client.jobs = [jobRecord(1), jobRecord(2)];
    addClient();
    await watcher.check(key(1));
    await watcher.check(key(2));
    const gone = watcher.waitUntilFinal(key(1), new AbortController().signal);
    const removed = watcher.waitUntilFinal(key(2), new AbortController().signal);
    client.jobs = [jobRecord(2)];
    const bothRejected = Promise.all([
      assert.rejects(gone, { kind: 'notFound' }),
      assert.rejects(removed, { kind: 'aborted' }),
    ]);
    await clock.advance(5_000);
    watcher.setClients(new Map());
    await bothRejected;
  });

  it('keeps the tracked job that the service no longer has for a person to see, and asks no more', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    await watcher.check(key(1));
    tracked.track(key(1));
    const heard: boolean[] = [];
    tracked.onDidChange(() => heard.push(tracked.isGone));
    client.jobs = [];
    await clock.advance(5_000);
    assert.deepEqual([tracked.job?.name, tracked.isGone, tracked.isWatched], ['Job 1', true, false]);
    assert.deepEqual(heard, [true]);
    client.takeRequests();
    await clock.advance(3_600_000);
    assert.deepEqual(client.requests, []);
    tracked.stop();
    assert.deepEqual([tracked.job, tracked.isGone], [null, false]);
  });

  it('takes up a job that the service has again, and another that is tracked instead', async () => {
    client.jobs = [];
    addClient();
    store.apply('a', [jobRecord(1)]);
    tracked.track(key(1));
    await assert.rejects(watcher.check(key(1)), { kind: 'notFound' });
    assert.deepEqual([tracked.isGone, store.jobs('a')], [true, []], 'a check says so too');
    client.jobs = [jobRecord(2), jobRecord(1)];
    await watcher.check(key(1));
    assert.deepEqual([tracked.isGone, tracked.isWatched], [false, true]);
    client.jobs = [jobRecord(2)];
    await clock.advance(5_000);
    assert.equal(tracked.isGone, true);
    await watcher.check(key(2));
    tracked.track(key(2));
    assert.deepEqual([tracked.job?.name, tracked.isGone], ['Job 2', false]);
  });

  for (const status of [404, 410]) {
    it(`takes an HTTP ${status} for a failed poll and not for a job that is gone`, async () => {
      client.jobs = [jobRecord(1)];
      addClient();
      await watcher.check(key(1));
      tracked.track(key(1));
      client.failure = new ServiceError('notFound', 'Not found.', { status });
      await clock.advance(5_000);
      await assert.rejects(watcher.check(key(1)), { status });
      assert.deepEqual([tracked.isWatched, tracked.isGone, store.jobs('a').length], [true, false, 1]);
      assert.equal(store.status('a').state, 'failed');
      client.failure = null;
      client.update(jobId(1), { state: 'Finished' });
      await clock.advance(10_000);
      assert.equal(tracked.job?.state, 'Finished');
    });
  }

  it('goes on with a tracked job over a new sign-in', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    await watcher.check(key(1));
    tracked.track(key(1));
    const other = new ScriptedClient();
    other.jobs = [jobRecord(1, { state: 'Finished' })];
    watcher.setClients(new Map([['a', other]]));
    await clock.advance(5_000);
    assert.equal(tracked.job?.state, 'Finished');
  });

  it('keeps jobs and their progress over a new client of the account, and a wait for one', async () => {
    client.jobs = [jobRecord(1)];
    client.tasks.set(jobId(1), [jobTask(1, { progress: 60 })]);
    addClient();
    await watcher.refresh();
    const wait = watcher.waitUntilFinal(key(1), new AbortController().signal);
    const other = new ScriptedClient();
    other.jobs = client.jobs;
    other.tasks.set(jobId(1), [jobTask(1, { progress: 20 })]);
    watcher.setClients(new Map([['a', other]]));
    assert.deepEqual([store.status('a').state, store.listing('a').loaded], ['idle', false]);
    assert.equal(store.get(key(1))?.progress, 60);
    await watcher.refresh();
    assert.equal(store.get(key(1))?.progress, 60, 'it does not fall');
    other.update(jobId(1), { state: 'Finished' });
    await clock.advance(5_000);
    assert.equal((await wait).state, 'Finished');
  });

  it('drops what an account had that the service of its new client does not have', async () => {
    client.jobs = [jobRecord(2), jobRecord(1, { state: 'Finished' })];
    addClient();
    await watcher.refresh();
    const other = new ScriptedClient();
    other.jobs = [jobRecord(3)];
    watcher.setClients(new Map([['a', other]]));
    await watcher.refresh();
    assert.deepEqual(
      store.jobs('a').map(({ name }) => name),
      ['Job 3'],
    );
  });

  it('forgets the rows of an account where told so, and tells who waits', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    await watcher.refresh();
    const wait = watcher.waitUntilFinal(key(1), new AbortController().signal);
    const open = client.answerLate('list 0+50');
    const refresh = watcher.refresh();
    await settle();
    watcher.forget('a');
    open();
    await refresh;
    await assert.rejects(wait, { kind: 'aborted' });
    assert.deepEqual([store.jobs('a'), store.status('a').state], [[], 'idle']);
    await watcher.refresh();
    assert.equal(store.jobs('a').length, 1, 'the account is still there');
  });

  it('lets everyone go who waits when it is disposed', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    await watcher.check(key(1));
    const wait = watcher.waitUntilFinal(key(1), new AbortController().signal);
    watcher.dispose();
    await assert.rejects(wait, { kind: 'aborted' });
    assert.equal(clock.pendingTimers, 0);
  });

  it('refuses an account that there is not', async () => {
    await assert.rejects(watcher.check(key(1)), { kind: 'configuration' });
    await assert.rejects(watcher.loadMore('a'), { kind: 'configuration' });
  });

  it('ends what is in flight when it is disposed, and stays silent', async () => {
    client.jobs = [jobRecord(1)];
    addClient();
    let open = (): void => undefined;
    client.gate = new Promise((resolve) => {
      open = resolve;
    });
    const refresh = watcher.refresh();
    await settle();
    watcher.dispose();
    open();
    await refresh;
    assert.deepEqual(store.jobs('a'), []);
    assert.deepEqual(failures, []);
    assert.equal(clock.pendingTimers, 0);
  });

  it('lists running jobs with their progress, whether or not they are on show', async () => {
    client.jobs = [jobRecord(3), jobRecord(2), jobRecord(1, { state: 'Finished' })];
    client.tasks.set(jobId(2), [jobTask(1, { progress: 20 })]);
    client.tasks.set(jobId(3), [jobTask(1, { progress: 30 })]);
    addClient();
    await watcher.check(key(3));
    client.tasks.set(jobId(3), [jobTask(1, { progress: 35 })]);
    client.takeRequests();
    const jobs = await watcher.list('a', {}, 10);
    assert.deepEqual(
      jobs.map(({ progress, tasks }) => [progress, tasks?.length]),
      [
        [35, 1],
        [20, 1],
        [100, undefined],
      ],
    );
    assert.deepEqual(client.takeRequests(), ['list 0+10', `tasks ${jobId(3)}`, `tasks ${jobId(2)}`]);
    assert.deepEqual(
      store.jobs('a').map(({ name, progress }) => [name, progress]),
      [['Job 3', 35]],
    );
  });

  for (const ask of ['check', 'list'] as const) {
    it(`does not bring an account back that was removed during a ${ask}`, async () => {
      client.jobs = [jobRecord(1)];
      addClient();
      // The answer has arrived by then, so that nobody can give it up any more.
      const open = client.answerLate(ask === 'check' ? `tasks ${jobId(1)}` : 'list 0+9');
      const asked = ask === 'check' ? watcher.check(key(1)) : watcher.list('a', {}, 9);
      await settle();
      watcher.setClients(new Map());
      const events: unknown[] = [];
      store.onDidChange((change) => events.push(change));
      open();
      await assert.rejects(asked, { kind: 'aborted' });
      assert.deepEqual([events, store.jobs('a'), store.status('a').state], [[], [], 'idle']);
    });
  }

  it('lists for a caller without changing what people see', async () => {
    client.jobs = [jobRecord(2), jobRecord(1, { state: 'Finished' })];
    addClient();
    const jobs = await watcher.list('a', { states: ['Finished'] }, 10);
    assert.deepEqual(
      jobs.map(({ name, progress }) => [name, progress]),
      [['Job 1', 100]],
    );
    assert.deepEqual(store.jobs('a'), []);
  });
});
