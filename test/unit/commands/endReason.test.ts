import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { withReason } from '../../../src/commands/endReason.ts';
import { firstError, type Job } from '../../../src/jobs/job.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { FakeClock, settle } from '../../support/fakeClock.ts';
import { jobRecord, jobTask } from '../../support/jobs.ts';

const failed: Job = { account: 'a', ...jobRecord(1, { state: 'Error' }), tasks: null, progress: null, pace: null };
const tasks = [jobTask(1, { state: 'Error', errors: [{ code: 'Failed', message: 'Disk full' }] })];

let clock: FakeClock;
let asked: PromiseWithResolvers<Job>;
let count: number;

beforeEach(() => {
  clock = new FakeClock();
  asked = Promise.withResolvers();
  count = 0;
});

/** What is told, as soon as it is. */
function reasonOf(job: Job): { readonly told: Job | null } {
  const check = (): Promise<Job> => {
    count++;
    return asked.promise;
  };
  const state: { told: Job | null } = { told: null };
  void withReason({ watcher: { check }, clock }, job).then((told) => {
    state.told = told;
  });
  return state;
}

describe('why a job failed', () => {
  it('is asked for where nobody knows', async () => {
    const state = reasonOf(failed);
    await clock.advance(2_900);
    assert.equal(state.told, null);
    asked.resolve({ ...failed, tasks });
    await settle();
    assert.equal(state.told && firstError(state.told)?.message, 'Disk full');
    assert.equal(clock.pendingTimers, 0);
  });

  it('is not waited for longer than three seconds', async () => {
    const state = reasonOf(failed);
    await clock.advance(3_000);
    assert.equal(state.told, failed);
    asked.reject(new ServiceError('unreachable', 'No answer.'));
    await settle();
  });

  it('is left out at once where the service does not answer, or says by now that the job runs', async () => {
    const state = reasonOf(failed);
    asked.reject(new ServiceError('unreachable', 'No answer.'));
    await settle();
    assert.deepEqual([state.told, clock.pendingTimers], [failed, 0]);
    asked = Promise.withResolvers();
    const other = reasonOf(failed);
    asked.resolve({ ...failed, state: 'Processing' });
    await settle();
    assert.equal(other.told, failed);
  });

  it('is not asked for where it is known, or the job did not fail', async () => {
    const known = { ...failed, tasks };
    const finished: Job = { ...failed, state: 'Finished' };
    const states = [reasonOf(known), reasonOf(finished)];
    await settle();
    assert.deepEqual(
      states.map(({ told }) => told),
      [known, finished],
    );
    assert.equal(count, 0);
  });
});
