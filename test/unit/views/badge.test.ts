import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { Badge } from '../../../src/views/badge.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { jobRecord } from '../../support/jobs.ts';

let clock: FakeClock;
let store: JobStore;
let badge: Badge;
let shown: number[];

beforeEach(() => {
  clock = new FakeClock();
  store = new JobStore(clock);
  shown = [];
  badge = new Badge({ store, clock, accounts: () => ['a', 'b'], show: (active) => shown.push(active) });
  store.onDidChange(() => badge.update());
});

/** The service of an account answers with so many running jobs and one that is over. */
function answer(account: string, running: number): void {
  const jobs = Array.from({ length: running }, (_, n) => jobRecord(n));
  store.apply(account, [...jobs, jobRecord(99, { state: 'Finished' })]);
  store.setStatus(account, { state: 'ready', asOf: clock.now() });
}

describe('the badge', () => {
  it('counts the active jobs of all accounts', () => {
    answer('a', 2);
    answer('b', 3);
    assert.deepEqual(shown, [2, 5]);
  });

  it('is taken back two minutes after the last answer, and leaves no timer', async () => {
    answer('a', 2);
    assert.equal(clock.pendingTimers, 1);
    await clock.advance(119_999);
    assert.deepEqual(shown, [2]);
    await clock.advance(1);
    assert.deepEqual(shown, [2, 0]);
    assert.equal(clock.pendingTimers, 0);
  });

  it('stays as long as answers come, though they bring nothing new', async () => {
    answer('a', 1);
    for (let minute = 0; minute < 10; minute++) {
      await clock.advance(60_000);
      answer('a', 1);
    }
    assert.deepEqual(shown, [1]);
    assert.equal(clock.pendingTimers, 1);
    await clock.advance(120_000);
    assert.deepEqual(shown, [1, 0]);
  });

  it('counts only the accounts that have answered of late', async () => {
    answer('a', 2);
    await clock.advance(60_000);
    answer('b', 1);
    await clock.advance(60_000);
    assert.deepEqual(shown, [2, 3, 1]);
    await clock.advance(60_000);
    assert.deepEqual(shown, [2, 3, 1, 0]);
  });

  it('goes by the last answer where requests fail, and counts nothing before a first one', async () => {
    store.apply('a', [jobRecord(1)]);
    assert.deepEqual(shown, []);
    const error = new ServiceError('unreachable', 'No answer.');
    store.setStatus('a', { state: 'failed', error, asOf: null });
    assert.deepEqual(shown, []);
    store.setStatus('a', { state: 'ready', asOf: clock.now() });
    await clock.advance(60_000);
    store.setStatus('a', { state: 'failed', error, asOf: clock.now() - 60_000 });
    await clock.advance(59_999);
    assert.deepEqual(shown, [1]);
    await clock.advance(1);
    assert.deepEqual(shown, [1, 0]);
  });

  it('keeps no timer while nothing is active, nor once it is let go of', () => {
    answer('a', 0);
    assert.equal(clock.pendingTimers, 0);
    answer('a', 1);
    assert.equal(clock.pendingTimers, 1);
    badge.dispose();
    assert.equal(clock.pendingTimers, 0);
  });
});
