import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareNewestFirst, isActive, type JobRecord, type JobState } from '../../../src/jobs/job.ts';
import { matchesQuery } from '../../../src/jobs/jobQuery.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { jobId, jobRecord } from '../../support/jobs.ts';

const states: readonly JobState[] = [
  'Queued',
  'Scheduled',
  'Processing',
  'Finished',
  'Error',
  'Canceled',
  'Canceling',
  'Unknown(9)',
];

/** Numbers that look random and are the same each time (Park and Miller's generator). */
function draws(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

describe('the job store beside a plain map', () => {
  for (const seed of [11, 12, 13]) {
    it(`knows the same jobs in the same order, whatever comes, changes and goes (seed ${seed})`, () => {
      const draw = draws(seed);
      const store = new JobStore();
      const model = new Map<string, JobRecord>();
      let events = 0;
      store.onDidChange(({ added, changed, removed }) => {
        events += added.length + changed.length + removed.length;
      });
      const oddTimes = [null, 0, Number.MIN_SAFE_INTEGER, 8.64e15];
      for (let turn = 0; turn < 4000; turn++) {
        const n = draw(400);
        if (draw(5) === 0) {
          assert.equal(store.remove('a', [jobId(n)]), model.delete(jobId(n)));
          continue;
        }
        const record = jobRecord(n, {
          state: states[draw(states.length)] as JobState,
          // Few times, so that many are equal, and such as no service should give.
          created: draw(10) === 0 ? (oddTimes[draw(4)] ?? null) : draw(50) * 60_000,
          ended: draw(3) === 0 ? null : draw(1000),
          name: ['', 'Trailer', 'feature', '\u0000$(error)'][draw(4)] as string,
          priority: draw(2) === 0 ? null : -1,
        });
        store.apply('a', [record]);
        model.set(record.id, record);
      }
      const sorted = [...model.values()].sort(compareNewestFirst);
      const plain = (jobs: readonly JobRecord[]): unknown[] =>
        jobs.map(({ id, name, state, created, ended, priority }) => [id, name, state, created, ended, priority]);
      assert.deepEqual(plain(store.jobs('a')), plain(sorted));
      assert.deepEqual(plain(store.newest('a', 7)), plain(sorted.slice(0, 7)));
      assert.deepEqual(plain(store.active('a')), plain(sorted.filter(isActive)));
      assert.equal(store.activeCount('a'), sorted.filter(isActive).length);
      assert.deepEqual(
        [...store.activeIds('a')].sort(),
        sorted
          .filter(isActive)
          .map(({ id }) => id)
          .sort(),
      );
      for (const query of [
        { states: ['Error', 'Unknown(9)'] as const },
        { name: 'TRAIL' },
        { createdFrom: 20 * 60_000, states: ['Finished'] as const },
      ]) {
        const meant = sorted.filter((job) => matchesQuery(job, query));
        assert.equal(store.count('a', query), meant.length);
        assert.deepEqual(plain(store.newest('a', 1e9, query)), plain(meant));
      }
      assert.ok(events > 2000);
      assert.equal(store.count('a'), model.size);
    });
  }

  it('takes up the rows of jobs that are gone, with nothing left of them', () => {
    const store = new JobStore();
    store.apply('a', [jobRecord(1, { state: 'Processing' })], new Map([[jobId(1), []]]));
    store.remove('a', [jobId(1)]);
    store.apply('a', [jobRecord(2, { state: 'Queued' })]);
    const job = store.get({ account: 'a', id: jobId(2) });
    assert.deepEqual([job?.tasks, job?.progress, job?.pace], [null, null, null]);
    assert.equal(store.get({ account: 'a', id: jobId(1) }), undefined);
  });

  it('holds fifty thousand, and one look for the newest does not look at all of them', () => {
    const store = new JobStore();
    store.apply(
      'a',
      Array.from({ length: 50_000 }, (_, n) => jobRecord(n, { state: n % 100 === 0 ? 'Processing' : 'Finished' })),
    );
    assert.deepEqual([store.count('a'), store.activeCount('a')], [50_000, 500]);
    assert.deepEqual(
      store.newest('a', 2).map(({ name }) => name),
      ['Job 49999', 'Job 49998'],
    );
    const changes: number[] = [];
    store.onDidChange(({ added, changed, removed }) => changes.push(added.length + changed.length + removed.length));
    store.apply(
      'a',
      Array.from({ length: 1000 }, (_, n) => jobRecord(n, { state: n % 100 === 0 ? 'Processing' : 'Finished' })),
    );
    assert.deepEqual(changes, [], 'an unchanged answer fires nothing');
  });
});
