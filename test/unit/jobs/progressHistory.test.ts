import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { JobRecord } from '../../../src/jobs/job.ts';
import type { ProgressPoint } from '../../../src/jobs/jobDetails.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { ProgressHistory } from '../../../src/jobs/progressHistory.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';

const key = (n: number) => ({ account: 'a', id: jobId(n) });
const secondMs = 1_000;
const mostPoints = 300;

let clock: FakeClock;
let store: JobStore;
let history: ProgressHistory;

beforeEach(() => {
  clock = new FakeClock(0);
  store = new JobStore(clock);
  history = new ProgressHistory(store, clock);
});

afterEach(() => {
  history.dispose();
  store.dispose();
});

/** The service says that a job is so far. */
function see(n: number, progress: number, changes: Partial<JobRecord> = {}): void {
  const record = jobRecord(n, changes);
  store.apply('a', [record], new Map([[record.id, [jobTask(n, { progress, state: record.state })]]]));
}

const seen = (n: number): (readonly [number, number])[] =>
  history.points(key(n)).map(({ at, progress }) => [at, progress]);

describe('the history of progress', () => {
  it('has a point for each rise that was watched, and none for a poll without news', () => {
    for (const progress of [10, 10, 20, 20, 20, 35]) {
      see(1, progress);
      clock.jump(5 * secondMs);
    }
    assert.deepEqual(seen(1), [
      [0, 10],
      [10_000, 20],
      [25_000, 35],
    ]);
    assert.deepEqual(seen(2), []);
  });

  it('ends with the job, also where it failed', () => {
    see(1, 50);
    see(2, 40);
    clock.jump(secondMs);
    see(1, 100, { state: 'Finished', ended: 1_000 });
    see(2, 40, { state: 'Error' });
    clock.jump(secondMs);
    see(1, 100, { state: 'Finished', ended: 1_000, priority: 3 });
    assert.deepEqual(seen(1), [
      [0, 50],
      [1_000, 100],
    ]);
    assert.deepEqual(seen(2), [
      [0, 40],
      [1_000, 40],
    ]);
  });

  it('has nothing of jobs that were over before anybody looked', () => {
    see(1, 100, { state: 'Finished' });
    assert.deepEqual(seen(1), []);
  });

  it('is bounded however long a job runs, and its first, its last and all of its time stay', () => {
    const count = 5_000;
    for (let n = 0; n <= count; n++) {
      see(1, (n / count) * 99);
      assert.ok(history.points(key(1)).length <= mostPoints);
      clock.jump(secondMs);
    }
    const points = seen(1);
    assert.deepEqual(points[0], [0, 0]);
    assert.deepEqual(points.at(-1), [count * secondMs, 99]);
    const gaps = points.slice(1).map(([at], index) => at - (points[index]?.[0] ?? 0));
    assert.ok(Math.max(...gaps) <= (count * secondMs) / 50, `a gap of ${Math.max(...gaps)} ms`);
    assert.ok(Math.min(...gaps) > 0);
  });

  it('does not run backwards when the clock was set back', () => {
    for (const [at, progress] of [
      [0, 10],
      [10, 20],
      [20, 30],
    ] as const) {
      clock.jump(at * secondMs - clock.now());
      see(1, progress);
    }
    clock.jump(-5 * secondMs);
    see(1, 40);
    assert.deepEqual(seen(1), [
      [0, 10],
      [10_000, 20],
      [15_000, 40],
    ]);
    see(1, 50);
    assert.deepEqual(seen(1).at(-1), [15_000, 50], 'two of one moment are one');
    clock.jump(-60 * secondMs);
    see(1, 60);
    assert.deepEqual(seen(1), [[-45_000, 60]]);
  });

  it('forgets jobs that leave the store, and stops with its disposal', () => {
    see(1, 10);
    see(2, 20);
    store.remove('a', [jobId(1)]);
    assert.deepEqual([seen(1), seen(2)], [[], [[0, 20]]]);
    assert.deepEqual(history.points({ account: 'b', id: jobId(2) }), []);
    store.dropAccount('a');
    assert.deepEqual(seen(2), []);
    history.dispose();
    see(3, 20);
    assert.deepEqual(seen(3), []);
  });

  it('keeps at most 500 jobs, those that moved last', () => {
    for (let n = 1; n <= 500; n++) {
      see(n, 10);
    }
    clock.jump(secondMs);
    see(1, 20);
    see(501, 10);
    assert.deepEqual([seen(1).length, seen(2).length, seen(3).length, seen(501).length], [2, 0, 1, 1]);
  });
});

describe('what was seen before a restart', () => {
  const earlier = (count: number): ProgressPoint[] =>
    Array.from({ length: count }, (_, index) => ({ at: -1_000_000 + index * 100, progress: index / 100 }));

  it('comes before what was seen since, which holds where they overlap', () => {
    see(1, 50);
    clock.jump(secondMs);
    see(1, 60);
    const earlier = [
      { at: -2_000, progress: 10 },
      { at: -1_000, progress: 20 },
      { at: 0, progress: 55 },
      { at: 500, progress: 57 },
    ];
    for (let time = 0; time < 2; time++) {
      history.restore(key(1), earlier);
      assert.deepEqual(seen(1), [
        [-2_000, 10],
        [-1_000, 20],
        [0, 50],
        [1_000, 60],
      ]);
    }
  });

  it('is bounded, too', () => {
    history.restore(key(1), earlier(5_000));
    const points = history.points(key(1));
    assert.ok(points.length <= mostPoints && points.length > 100, `${points.length}`);
    assert.deepEqual([points[0], points.at(-1)], [earlier(5_000)[0], earlier(5_000).at(-1)]);
  });

  it('takes no place where it is nothing', () => {
    for (let n = 1; n <= 500; n++) {
      see(n, 10);
    }
    history.restore(key(501), []);
    assert.equal(seen(1).length, 1);
  });
});

it('costs what the jobs that moved cost, however many are active', (context) => {
  const active = 400;
  let notes = 0;
  // Every point asks the clock once, and nothing else of the history does.
  const counted = new ProgressHistory(store, {
    now: () => {
      notes++;
      return clock.now();
    },
    setTimeout: clock.setTimeout.bind(clock),
  });
  const poll = (moved: number, progress: number): void => {
    const records = Array.from({ length: active }, (_, n) => jobRecord(n));
    const tasks = records.map(({ id }, n) => [id, [jobTask(n, { progress: n < moved ? progress : 1 })]] as const);
    store.apply('a', records, new Map(tasks));
  };
  poll(0, 1);
  assert.equal(notes, active);
  for (let progress = 2; progress < 52; progress++) {
    clock.jump(secondMs);
    poll(3, progress);
  }
  context.diagnostic(`points taken in 50 polls in which 3 of ${active} jobs moved: ${notes - active}`);
  assert.equal(notes, active + 150);
  poll(3, 51);
  assert.equal(notes, active + 150, 'a poll without news costs nothing');
  counted.dispose();
});
