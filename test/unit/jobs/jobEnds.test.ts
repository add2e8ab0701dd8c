import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Job, JobState } from '../../../src/jobs/job.ts';
import { JobEnds, type NotificationChoice } from '../../../src/jobs/jobEnds.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { TrackedJob } from '../../../src/jobs/trackedJob.ts';
import { FakeClock, settle } from '../../support/fakeClock.ts';
import { jobId, jobRecord } from '../../support/jobs.ts';
import { MemoryTrackedStorage } from '../../support/memoryTrackedStorage.ts';

/** A window of a person who has several: they share nothing but what is claimed. */
class Window {
  readonly store: JobStore;
  readonly tracked: TrackedJob;
  readonly ends: JobEnds;
  readonly announced: string[] = [];
  choice: NotificationChoice = 'tracked';
  isFocused = true;

  constructor(clock: FakeClock, claims: Set<string>, stored: MemoryTrackedStorage = new MemoryTrackedStorage()) {
    this.store = new JobStore(clock);
    this.tracked = new TrackedJob(this.store, stored, clock);
    this.ends = new JobEnds({
      store: this.store,
      tracked: this.tracked,
      clock,
      choice: () => this.choice,
      isFocused: () => this.isFocused,
      claim: async (name) => !claims.has(name) && claims.add(name) !== undefined,
      announce: (jobs: readonly Job[]) =>
        this.announced.push(jobs.map(({ name, state }) => `${name}: ${state}`).join(', ')),
    });
  }

  /** What the service says of job `n`. */
  hear(n: number, state: JobState): void {
    this.store.apply('a', [jobRecord(n, { state })]);
  }
}

let clock: FakeClock;
let claims: Set<string>;
let window: Window;

beforeEach(() => {
  clock = new FakeClock();
  claims = new Set();
  window = new Window(clock, claims);
});

/** Jobs 1 (tracked) to 3 run, then they end: finished, failed, canceled. */
async function endThree(choice: NotificationChoice): Promise<readonly string[]> {
  window.choice = choice;
  for (const n of [1, 2, 3]) {
    window.hear(n, 'Processing');
  }
  window.tracked.track({ account: 'a', id: jobId(1) });
  window.hear(1, 'Finished');
  window.hear(2, 'Error');
  window.hear(3, 'Canceled');
  await settle();
  return window.announced;
}

describe('which ends are told', () => {
  const expected: Readonly<Record<NotificationChoice, readonly string[]>> = {
    always: ['Job 1: Finished', 'Job 2: Error', 'Job 3: Canceled'],
    tracked: ['Job 1: Finished'],
    errors: ['Job 2: Error'],
    never: [],
  };
  for (const choice of ['always', 'tracked', 'errors', 'never'] as const) {
    it(`with "${choice}"`, async () => assert.deepEqual(await endThree(choice), expected[choice]));
  }

  it('none of a job that was over when it was first heard of, nor what happens to it later', async () => {
    window.choice = 'always';
    window.hear(1, 'Finished');
    window.store.apply('a', [jobRecord(1, { state: 'Finished', priority: 9 })]);
    window.hear(2, 'Queued');
    window.hear(2, 'Processing');
    window.hear(2, 'Canceling');
    await settle();
    assert.deepEqual(window.announced, []);
  });

  it('each once, though a job that is told of as running again ends twice', async () => {
    window.choice = 'always';
    window.hear(1, 'Processing');
    window.hear(1, 'Finished');
    window.hear(1, 'Processing');
    window.hear(1, 'Finished');
    await settle();
    assert.deepEqual(window.announced, ['Job 1: Finished']);
  });

  it('that of a tracked job which ended while no window was open', async () => {
    const stored = new MemoryTrackedStorage();
    const closed = new Window(clock, claims, stored);
    closed.hear(1, 'Processing');
    closed.tracked.track({ account: 'a', id: jobId(1) });

    const opened = [new Window(clock, claims, stored), new Window(clock, claims, stored)];
    for (const each of opened) {
      await each.tracked.restore();
      each.hear(1, 'Error');
    }
    await settle();
    assert.deepEqual(
      opened.flatMap(({ announced }) => announced),
      ['Job 1: Error'],
    );
  });
});

describe('in which window', () => {
  it('in the focused one, whichever hears of it first', async () => {
    const other = new Window(clock, claims);
    other.isFocused = false;
    for (const each of [other, window]) {
      each.choice = 'always';
      each.hear(1, 'Processing');
    }
    other.hear(1, 'Finished');
    await clock.advance(1_999);
    assert.deepEqual(other.announced, []);
    window.hear(1, 'Finished');
    await clock.advance(60_000);
    assert.deepEqual([other.announced, window.announced], [[], ['Job 1: Finished']]);
    assert.equal(clock.pendingTimers, 0);
  });

  it('in one of several where none is focused, after two seconds', async () => {
    const windows = [window, new Window(clock, claims), new Window(clock, claims)];
    for (const each of windows) {
      each.isFocused = false;
      each.choice = 'always';
      each.hear(1, 'Processing');
      each.hear(1, 'Error');
    }
    await clock.advance(2_000);
    assert.deepEqual(
      windows.flatMap(({ announced }) => announced),
      ['Job 1: Error'],
    );
  });

  it('in none that has been closed meanwhile', async () => {
    window.isFocused = false;
    await endThree('always');
    window.ends.dispose();
    assert.equal(clock.pendingTimers, 0);
    await clock.advance(10_000);
    assert.deepEqual(window.announced, []);
  });
});

describe('a job that somebody waits for', () => {
  it('is left to whoever holds it, who claims it for all windows', async () => {
    const other = new Window(clock, claims);
    other.isFocused = false;
    for (const each of [window, other]) {
      each.choice = 'always';
      each.hear(1, 'Processing');
    }
    const hold = window.ends.hold({ account: 'a', id: jobId(1) });
    other.hear(1, 'Finished');
    window.hear(1, 'Finished');
    await settle();
    assert.deepEqual(window.announced, [], 'the holder says it');
    const job = window.store.get({ account: 'a', id: jobId(1) });
    assert.ok(job);
    assert.equal(await window.ends.claim(job), true);
    hold.dispose();
    await clock.advance(10_000);
    assert.deepEqual([window.announced, other.announced], [[], []]);
  });

  it('is still held by the other where one of two lets go of it twice', async () => {
    window.choice = 'always';
    window.hear(1, 'Processing');
    const [first] = [1, 2].map(() => window.ends.hold({ account: 'a', id: jobId(1) }));
    first?.dispose();
    first?.dispose();
    window.hear(1, 'Finished');
    await settle();
    assert.deepEqual(window.announced, []);
  });

  it('is told of as any other once nobody holds it any more', async () => {
    window.choice = 'always';
    window.hear(1, 'Processing');
    const holds = [1, 2].map(() => window.ends.hold({ account: 'a', id: jobId(1) }));
    holds[0]?.dispose();
    window.hear(2, 'Processing');
    holds[1]?.dispose();
    window.hear(1, 'Finished');
    await settle();
    assert.deepEqual(window.announced, ['Job 1: Finished']);
  });

  it('of which another run of the emulator has one of the same id, is another job', async () => {
    window.hear(1, 'Finished');
    const job = window.store.get({ account: 'a', id: jobId(1) });
    assert.ok(job);
    assert.equal(await window.ends.claim(job), true);
    assert.equal(await window.ends.claim(job), false);
    assert.equal(await window.ends.claim({ ...job, created: (job.created ?? 0) + 1 }), true);
  });

  it('are told together where they ended at the same time', async () => {
    window.choice = 'always';
    window.store.apply('a', [jobRecord(1), jobRecord(2)]);
    window.store.apply('a', [jobRecord(1, { state: 'Finished' }), jobRecord(2, { state: 'Error' })]);
    await settle();
    assert.deepEqual(window.announced, ['Job 1: Finished, Job 2: Error']);
  });
});
