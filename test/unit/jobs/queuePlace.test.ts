import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Job, JobTask } from '../../../src/jobs/job.ts';
import { noSharing, type SharedAccount } from '../../../src/jobs/pollSharing.ts';
import { queuePlace, queuePlaceOf } from '../../../src/jobs/queuePlace.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';
import { Watching } from '../../support/watching.ts';

const minuteMs = 60_000;
const key = (n: number) => ({ account: 'a', id: jobId(n) });

function job(n: number, changes: Partial<Job> = {}): Job {
  return { ...jobRecord(n, { state: 'Queued' }), account: 'a', tasks: null, progress: null, pace: null, ...changes };
}

const running = (n: number, ...tasks: readonly JobTask[]): Job =>
  job(n, { state: 'Processing', tasks: tasks.length === 0 ? null : tasks });
const task = (n: number, state: JobTask['state'] = 'Processing'): JobTask => jobTask(n, { state });

describe('the place in line', () => {
  const placeOf = (asked: Job, ...others: readonly Job[]): number | null | undefined =>
    queuePlace(asked, [asked, ...others], null)?.place;

  it('is by priority, and by age among those of one priority', () => {
    const jobs = [job(1), job(2, { priority: 3 }), job(3), job(4, { priority: 3 }), job(5, { priority: 9 })];
    const places = jobs.map((asked) => placeOf(asked, ...jobs.filter((other) => other !== asked)));
    assert.deepEqual(places, [4, 2, 5, 3, 1]);
    assert.equal(placeOf(job(1)), 1);
  });

  it('takes a job without a priority for one of 0', () => {
    assert.equal(placeOf(job(2, { priority: null }), job(1), job(3, { priority: -1 })), 2);
    assert.equal(placeOf(job(2, { priority: -1 }), job(3, { priority: null })), 2);
  });

  it('does not count jobs that are in line no more', () => {
    const others = (['Scheduled', 'Processing', 'Canceling', 'Unknown(7)'] as const).map((state, n) =>
      job(n, { state }),
    );
    assert.equal(placeOf(job(9), ...others), 1);
  });

  it('is not known where two came at the same time, or nobody says when', () => {
    assert.equal(placeOf(job(1), job(2, { created: job(1).created })), null);
    assert.equal(placeOf(job(1, { created: null }), job(2)), null);
    assert.equal(placeOf(job(1), job(2, { created: null })), null);
    assert.equal(placeOf(job(1), job(2, { created: job(1).created, priority: 1 })), 2, 'the priority decides');
    assert.equal(placeOf(job(1, { created: null })), 1);
  });

  it('is nothing for a job that is Scheduled already, and no job waits in another state', () => {
    assert.equal(placeOf(job(2, { state: 'Scheduled' }), job(1)), null);
    for (const state of ['Processing', 'Finished', 'Error', 'Canceled', 'Canceling', 'Unknown(7)'] as const) {
      assert.equal(queuePlace(job(1, { state }), [], 3), null);
    }
  });
});

describe('busy units', () => {
  const busy = (...others: readonly Job[]) => {
    const { busyUnits, isExact, reservedUnits } = queuePlace(job(9), [job(9), ...others], 5) ?? {};
    assert.equal(reservedUnits, 5);
    return [busyUnits, isExact];
  };

  it('are the running tasks of running jobs', () => {
    assert.deepEqual(busy(), [0, true]);
    assert.deepEqual(busy(running(1, task(1), task(2), task(3, 'Queued'), task(4, 'Finished'))), [2, true]);
    assert.deepEqual(busy(running(1, task(1)), running(2, task(2), task(3))), [3, true]);
  });

  it('are at least one for each job whose running tasks are not known', () => {
    assert.deepEqual(busy(running(1)), [1, false]);
    assert.deepEqual(busy(running(1, task(1, 'Finished')), running(2, task(2))), [2, false]);
  });

  it('are not known where not all active jobs are', () => {
    assert.deepEqual(queuePlace(job(1), null, 3), { busyUnits: null, isExact: false, reservedUnits: 3, place: null });
  });
});

describe('of the jobs that polls have brought', () => {
  let clock: FakeClock;
  let client: ScriptedClient;
  let window: Watching;
  const place = (n: number) => queuePlaceOf(window.store, key(n), null, clock.now());

  beforeEach(() => {
    clock = new FakeClock();
    client = new ScriptedClient();
    client.jobs = [jobRecord(3, { state: 'Queued' }), jobRecord(2, { state: 'Queued' }), jobRecord(1)];
    client.tasks.set(jobId(1), [jobTask(1), jobTask(2)]);
    window = new Watching({ clock, clients: new Map([['a', client]]) });
  });
  afterEach(() => window.dispose());

  it('the place is known while the panel shows them', async () => {
    window.watcher.setListVisible(true);
    await clock.advance(1_000);
    assert.deepEqual(place(3), { busyUnits: 2, isExact: true, reservedUnits: null, place: 2 });
    assert.equal(place(1), null);
    assert.equal(place(4), null, 'a job that is not known');
    client.update(jobId(2), { state: 'Canceled' });
    await clock.advance(minuteMs);
    assert.equal(place(3)?.place, 1);
  });

  it('the place is not known of a job that was asked for alone', async () => {
    await window.watcher.check(key(3));
    assert.deepEqual(place(3), { busyUnits: null, isExact: false, reservedUnits: null, place: null });
    assert.equal(window.store.activeAsOf('a'), null);
  });

  it('the place is of the past two minutes after the last answer, and where the clock was set back', async () => {
    window.watcher.setListVisible(true);
    await clock.advance(1_000);
    window.watcher.setListVisible(false);
    await clock.advance(minuteMs);
    assert.equal(place(3)?.place, 2);
    await clock.advance(minuteMs);
    assert.equal(place(3)?.place, null);
    clock.jump(-60 * minuteMs);
    assert.equal(place(3)?.place, null);
  });

  it('the place is not known while the service does not tell of all active jobs', async () => {
    client.listActiveJobs = async () => {
      throw new ServiceError('unreachable', 'No answer.');
    };
    window.watcher.setListVisible(true);
    await clock.advance(1_000);
    assert.equal(window.store.get(key(3))?.state, 'Queued', 'the first rows have come');
    assert.equal(place(3)?.place, null);
  });

  it('that it is known is told once', async () => {
    let told = 0;
    window.store.setActiveAsOf('a', 1);
    window.store.onDidChange(({ statusChanged }) => {
      told += statusChanged ? 1 : 0;
    });
    window.store.setActiveAsOf('a', 2);
    assert.equal(told, 0);
    window.store.dropAccount('a');
    assert.equal(window.store.activeAsOf('a'), null);
    told = 0;
    window.store.setActiveAsOf('a', 3);
    assert.equal(told, 1);
  });

  it('the place is known from what another window has asked for', async () => {
    const listeners = new Set<(shared: SharedAccount) => unknown>();
    const other = new Watching({
      clock,
      clients: new Map([['a', client]]),
      sharing: () => ({
        ...noSharing,
        onDidChange: (listener) => {
          listeners.add(listener);
          return { dispose: () => listeners.delete(listener) };
        },
      }),
    });
    await other.watcher.check(key(3));
    client.takeRequests();
    const at = clock.now() + 1_000;
    await clock.advance(2_000);
    const jobs = client.jobs.map((record) => ({ record, tasks: null, progress: null }));
    for (const listener of listeners) {
      listener({
        fingerprint: '',
        activeAt: at,
        headAt: 0,
        watchedAt: {},
        goneAt: {},
        jobs,
        head: null,
        failure: null,
      });
    }
    await clock.advance(0);
    assert.deepEqual(client.requests, []);
    assert.equal(queuePlaceOf(other.store, key(3), null, clock.now())?.place, 2);
    other.dispose();
  });
});
