import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Exchange } from '../../../src/jobs/exchange.ts';
import type { JobTask } from '../../../src/jobs/job.ts';
import { JobStore, type StoreChange } from '../../../src/jobs/jobStore.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';

function watchedStore(): { store: JobStore; changes: StoreChange[] } {
  const store = new JobStore();
  const changes: StoreChange[] = [];
  store.onDidChange((change) => changes.push(change));
  return { store, changes };
}

/** Takes over tasks alone, of jobs that the store knows. */
function applyTasks(store: JobStore, tasks: ReadonlyMap<string, readonly JobTask[]>): void {
  const known = [...tasks.keys()].map((id) => store.get({ account: 'a', id })).filter((job) => job !== undefined);
  store.apply('a', known, tasks);
}

describe('the job store', () => {
  it('fires exactly what changed, and nothing where nothing did', () => {
    const { store, changes } = watchedStore();
    assert.equal(store.apply('a', [jobRecord(1), jobRecord(2)]), true);
    assert.deepEqual(
      changes.splice(0).map(({ added }) => added.map(({ id }) => id)),
      [[jobId(1), jobId(2)]],
    );

    assert.equal(store.apply('a', [jobRecord(1), jobRecord(2)]), false);
    assert.equal(changes.length, 0);

    store.apply('a', [jobRecord(1), jobRecord(2, { state: 'Finished' })]);
    const change = changes.at(-1);
    assert.deepEqual(
      change?.changed.map(({ before, after }) => [after.id, before.state, after.state, after.progress]),
      [[jobId(2), 'Processing', 'Finished', 100]],
    );
    assert.deepEqual([change?.added, change?.removed, change?.statusChanged], [[], [], false]);
  });

  it('notices any difference in tasks, and keeps tasks that were not asked for', () => {
    const { store, changes } = watchedStore();
    store.apply('a', [jobRecord(1)], new Map([[jobId(1), [jobTask(1, { progress: 10 })]]]));
    changes.length = 0;
    applyTasks(store, new Map([[jobId(1), [jobTask(1, { progress: 10 })]]]));
    assert.equal(changes.length, 0);
    for (const difference of [
      { progress: 11 },
      { progress: 11, name: 'other' },
      { progress: 11, name: 'other', errors: [{ code: 'X', message: 'y' }] },
    ]) {
      applyTasks(store, new Map([[jobId(1), [jobTask(1, difference)]]]));
      assert.equal(changes.splice(0).length, 1, JSON.stringify(difference));
    }
    store.apply('a', [jobRecord(1, { priority: 3 })]);
    assert.equal(store.get({ account: 'a', id: jobId(1) })?.tasks?.length, 1);
  });

  it('ignores tasks of jobs that it does not know', () => {
    const { store, changes } = watchedStore();
    applyTasks(store, new Map([[jobId(9), [jobTask(1)]]]));
    assert.deepEqual(changes, []);
    assert.deepEqual(store.jobs('a'), []);
  });

  it('lists newest first, and apart by account', () => {
    const { store } = watchedStore();
    store.apply('a', [jobRecord(2), jobRecord(3), jobRecord(1)]);
    store.apply('b', [jobRecord(7)]);
    assert.deepEqual(
      store.jobs('a').map(({ name }) => name),
      ['Job 3', 'Job 2', 'Job 1'],
    );
    assert.deepEqual(
      store.jobs('b').map(({ account }) => account),
      ['b'],
    );
  });

  it('fires a status only where people could see a difference', () => {
    const { store, changes } = watchedStore();
    store.setStatus('a', { state: 'ready', asOf: 1 });
    store.setStatus('a', { state: 'ready', asOf: 2 });
    assert.equal(changes.splice(0).length, 1);
    const failed = (message: string) =>
      ({ state: 'failed', error: new ServiceError('unreachable', message), asOf: 2 }) as const;
    store.setStatus('a', failed('no answer'));
    store.setStatus('a', failed('no answer'));
    store.setStatus('a', failed('refused'));
    assert.equal(changes.splice(0).length, 2);
  });

  it('restores a job only where nothing newer is known', () => {
    const { store } = watchedStore();
    const old = { ...jobRecord(1), account: 'a', tasks: null, progress: 40, pace: null };
    store.restore(old);
    store.apply('a', [jobRecord(1)], new Map([[jobId(1), [jobTask(1, { progress: 10 })]]]));
    assert.equal(store.get(old)?.progress, 40, 'progress does not fall over a restart');
    store.restore({ ...old, progress: 1 });
    assert.equal(store.get(old)?.progress, 40);
  });

  it('forgets an account with all its jobs, and says so once', () => {
    const { store, changes } = watchedStore();
    store.apply('a', [jobRecord(1), jobRecord(2)]);
    changes.length = 0;
    store.dropAccount('a');
    store.dropAccount('a');
    assert.deepEqual(
      changes.map(({ removed }) => removed.length),
      [2],
    );
    assert.deepEqual(store.status('a'), { state: 'idle' });
  });

  it('keeps the last exchange of a job, and not without end', () => {
    const { store } = watchedStore();
    const exchange = (n: number, sentAt: number): Exchange => ({
      account: 'a',
      jobId: jobId(n),
      request: { method: 'GET', url: 'https://localhost/', headers: [], body: '' },
      response: null,
      error: null,
      sentAt,
      durationMs: 1,
    });
    const heard: number[] = [];
    store.onDidRecordExchange(({ sentAt }) => heard.push(sentAt));
    store.recordExchange(exchange(1, 1));
    store.recordExchange({ ...exchange(1, 7), jobId: null });
    store.recordExchange(exchange(1, 2));
    assert.deepEqual(heard, [1, 2]);
    assert.equal(store.lastExchange({ account: 'a', id: jobId(1) })?.sentAt, 2);
    for (let n = 2; n <= 201; n++) {
      store.recordExchange(exchange(n, n));
    }
    assert.equal(store.lastExchange({ account: 'a', id: jobId(1) }), undefined);
    assert.equal(store.lastExchange({ account: 'a', id: jobId(201) })?.sentAt, 201);
  });

  it('goes on telling others when one listener throws', () => {
    const store = new JobStore();
    let heard = 0;
    store.onDidChange(() => {
      throw new Error('a broken view');
    });
    store.onDidChange(() => heard++);
    store.apply('a', [jobRecord(1)]);
    assert.equal(heard, 1);
  });
});
