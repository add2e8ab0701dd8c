import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { TrackedJob } from '../../../src/jobs/trackedJob.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';
import { RecordingTrackedStorage } from '../../support/memoryTrackedStorage.ts';

const key = (n: number) => ({ account: 'a', id: jobId(n) });

/** One window. What it saves reaches the others when they are told. */
class Window {
  readonly store = new JobStore();
  readonly storage = new RecordingTrackedStorage();
  readonly tracked: TrackedJob;
  /** The names of the jobs that listeners heard of. */
  readonly heard: (string | null)[] = [];

  constructor(clock: FakeClock) {
    this.tracked = new TrackedJob(this.store, this.storage, clock);
    this.tracked.onDidChange((job) => this.heard.push(job?.name ?? null));
    this.store.apply(
      'a',
      [1, 2, 3].map((n) => jobRecord(n)),
    );
  }

  get name(): string | null {
    return this.tracked.job?.name ?? null;
  }

  dispose(): void {
    this.tracked.dispose();
    this.store.dispose();
  }
}

let clock: FakeClock;
let first: Window;
let second: Window;

beforeEach(() => {
  clock = new FakeClock();
  first = new Window(clock);
  second = new Window(clock);
});

afterEach(() => {
  first.dispose();
  second.dispose();
});

/** What each window saved and the other does not know yet goes there, until nothing more is saved. */
function exchange(): number {
  let told = 0;
  for (let before = -1; before !== told; ) {
    before = told;
    for (const [from, to] of [
      [first, second],
      [second, first],
    ] as const) {
      const last = from.storage.saved.at(-1);
      from.storage.saved.length = 0;
      if (last) {
        told++;
        to.storage.tell(last);
      }
    }
    assert.ok(told < 20, 'windows go on telling each other');
  }
  return told;
}

describe('the tracked job', () => {
  it('comes back after a restart with what was last known, and is asked about again', async () => {
    first.store.apply('a', [jobRecord(1)], new Map([[jobId(1), [jobTask(1, { progress: 40 })]]]));
    first.tracked.track(key(1));
    const store = new JobStore();
    const storage = new RecordingTrackedStorage();
    storage.stored = first.storage.stored;
    const restarted = new TrackedJob(store, storage, clock);
    await restarted.restore();
    assert.deepEqual([restarted.job?.name, restarted.job?.progress], ['Job 1', 40]);
    assert.equal(restarted.isWatched, true);
    assert.deepEqual(storage.saved, [], 'what was read is not written');
    store.apply('a', [jobRecord(1)], new Map([[jobId(1), [jobTask(1, { progress: 30 })]]]));
    assert.equal(restarted.job?.progress, 40, 'it does not fall');
    restarted.dispose();
  });

  it('keeps a final state until it is stopped', () => {
    first.tracked.track(key(1));
    first.store.apply('a', [jobRecord(1, { state: 'Error' })]);
    assert.equal(first.tracked.job?.state, 'Error');
    assert.equal(first.tracked.isWatched, false);
    first.tracked.stop();
    assert.equal(first.tracked.job, null);
    assert.deepEqual(first.storage.saved.at(-1)?.job, null);
  });

  it('that is loaded late does not take the place of one that was chosen meanwhile', async () => {
    second.tracked.track(key(2));
    first.storage.stored = second.storage.stored;
    clock.jump(1_000);
    const restored = first.tracked.restore();
    first.tracked.track(key(1));
    await restored;
    assert.equal(first.name, 'Job 1');
    assert.equal(first.storage.saved.at(-1)?.job?.name, 'Job 1');
  });

  it('that is loaded late stays away where somebody stopped tracking meanwhile', async () => {
    second.tracked.track(key(2));
    first.storage.stored = second.storage.stored;
    first.storage.load = () => Promise.resolve(second.storage.stored);
    clock.jump(1_000);
    const restored = first.tracked.restore();
    first.tracked.stop();
    await restored;
    assert.equal(first.name, null);
    exchange();
    assert.equal(second.name, null);
  });

  it('is not taken up by a window that closed while it was loaded', async () => {
    second.tracked.track(key(2));
    first.storage.stored = second.storage.stored;
    const restored = first.tracked.restore();
    first.tracked.dispose();
    await restored;
    assert.equal(first.name, null);
  });

  const sound = { ...jobRecord(1), account: 'a', tasks: null, progress: null, pace: null };
  for (const damaged of [
    null,
    7,
    'x',
    [],
    {},
    sound,
    { chosenAt: 1 },
    { chosenAt: 1, job: { account: 'a', id: 'b' } },
    { chosenAt: 1, job: { ...sound, tasks: 'x' } },
    { chosenAt: 1, job: { ...sound, created: 9e15 } },
    { chosenAt: 1, job: { ...sound, pace: 'x' } },
    { chosenAt: 1, job: { ...sound, pace: { changedAt: 'x' } } },
    { chosenAt: 'x', job: sound },
    { chosenAt: 1.5, job: sound },
    JSON.parse('{"__proto__":{"chosenAt":1,"job":null}}'),
  ]) {
    it(`starts without one where what was stored is ${JSON.stringify(damaged).slice(-60)}`, async () => {
      first.storage.stored = damaged;
      await first.tracked.restore();
      first.storage.tell(damaged);
      assert.deepEqual([first.tracked.job, first.heard, first.storage.saved], [null, [], []]);
    });
  }

  it('starts with one where what was stored is sound', async () => {
    first.storage.stored = { chosenAt: 1, job: sound };
    await first.tracked.restore();
    assert.equal(first.name, 'Job 1');
  });
});

describe('the tracked job of several windows', () => {
  it('is the one that was chosen in any of them, and nobody writes back what they were told', () => {
    first.tracked.track(key(1));
    assert.equal(exchange(), 1);
    assert.deepEqual([first.name, second.name], ['Job 1', 'Job 1']);
    clock.jump(1_000);
    second.tracked.track(key(2));
    assert.equal(exchange(), 1);
    assert.deepEqual([first.name, second.name], ['Job 2', 'Job 2']);
    assert.deepEqual(
      [first.heard, second.heard],
      [
        ['Job 1', 'Job 2'],
        ['Job 1', 'Job 2'],
      ],
    );
  });

  it('goes from all of them when it is dismissed in one', () => {
    first.tracked.track(key(1));
    exchange();
    first.store.apply('a', [jobRecord(1, { state: 'Finished' })]);
    second.store.apply('a', [jobRecord(1, { state: 'Finished' })]);
    exchange();
    assert.deepEqual([first.tracked.job?.state, second.tracked.job?.state], ['Finished', 'Finished']);
    second.tracked.stop();
    assert.equal(exchange(), 1);
    assert.deepEqual([first.name, second.name], [null, null]);
  });

  it('moves in each as its store says; what the other saves of it changes nothing', () => {
    first.tracked.track(key(1));
    exchange();
    second.heard.length = 0;
    first.store.apply('a', [jobRecord(1)], new Map([[jobId(1), [jobTask(1, { progress: 40 })]]]));
    assert.equal(first.storage.saved.at(-1)?.job?.progress, 40, 'a restart begins there');
    assert.equal(exchange(), 1);
    assert.deepEqual([second.heard, second.tracked.job?.progress], [[], null]);
  });

  it('is known in a window that never saw it', () => {
    first.store.apply('a', [jobRecord(7)]);
    first.tracked.track(key(7));
    exchange();
    assert.deepEqual([second.name, second.store.get(key(7))?.name], ['Job 7', 'Job 7']);
  });

  it('is as the store knows it in a window that knows more', () => {
    first.tracked.track(key(1));
    second.store.apply('a', [jobRecord(1, { state: 'Finished' })]);
    exchange();
    assert.equal(second.tracked.job?.state, 'Finished');
  });

  it('stays the later choice where a window that did not know of it wrote over it', () => {
    first.tracked.track(key(1));
    exchange();
    clock.jump(1_000);
    second.tracked.track(key(2));
    const unheard = second.storage.saved.pop();
    first.store.apply('a', [jobRecord(1)], new Map([[jobId(1), [jobTask(1, { progress: 40 })]]]));
    // What the second one wrote is lost; it hears of the first one's progress instead.
    assert.equal(exchange(), 2);
    assert.deepEqual([first.name, second.name], ['Job 2', 'Job 2']);
    assert.deepEqual(first.storage.stored, unheard);
  });

  it('is one and the same where both chose at the same instant', () => {
    first.tracked.track(key(1));
    second.tracked.track(key(2));
    exchange();
    assert.equal(first.name, second.name);
    first.tracked.track(key(3));
    second.tracked.stop();
    exchange();
    assert.equal(first.name, second.name);
  });

  it('is the last choice even where the clock was set back', () => {
    first.tracked.track(key(1));
    exchange();
    clock.jump(-3_600_000);
    second.tracked.track(key(2));
    exchange();
    first.tracked.stop();
    exchange();
    assert.deepEqual([first.name, second.name], [null, null]);
    assert.deepEqual(second.heard, ['Job 1', 'Job 2', null]);
  });

  it('may be gone for one of them: what the other says of the same job leaves that', () => {
    first.tracked.track(key(1));
    exchange();
    second.tracked.markGone(key(1));
    first.store.apply('a', [jobRecord(1)], new Map([[jobId(1), [jobTask(1, { progress: 40 })]]]));
    exchange();
    assert.deepEqual([second.name, second.tracked.isGone], ['Job 1', true]);
    clock.jump(1_000);
    first.tracked.track(key(2));
    exchange();
    assert.deepEqual([second.name, second.tracked.isGone], ['Job 2', false]);
  });
});
