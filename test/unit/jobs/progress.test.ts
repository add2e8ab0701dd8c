import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobState } from '../../../src/jobs/job.ts';
import { jobProgress } from '../../../src/jobs/progress.ts';
import { jobTask } from '../../support/jobs.ts';

const tasks = (...progress: (number | null)[]) => progress.map((value, n) => jobTask(n, { progress: value }));
const of = (
  state: JobState,
  progress: (number | null)[] | null,
  before?: { state: JobState; progress: number | null },
) => jobProgress({ state }, progress && tasks(...progress), before);

describe('the progress of a job', () => {
  it('is the unweighted mean over its tasks', () => {
    assert.equal(of('Processing', [100, 20, 0]), 40);
  });

  it('is 100 once Finished, whatever the tasks say', () => {
    assert.equal(of('Finished', [100, 80]), 100);
    assert.equal(of('Finished', null), 100);
  });

  it('is null without tasks, and as before while they were not asked for', () => {
    assert.equal(of('Processing', []), null);
    assert.equal(of('Processing', null), null);
    assert.equal(of('Processing', null, { state: 'Processing', progress: 30 }), 30);
  });

  it('never falls while Processing or Canceling', () => {
    assert.equal(of('Processing', [10], { state: 'Processing', progress: 30 }), 30);
    assert.equal(of('Canceling', [0], { state: 'Processing', progress: 30 }), 30);
    assert.equal(of('Unknown(9)', [0], { state: 'Processing', progress: 30 }), 30);
    assert.equal(of('Processing', [31], { state: 'Processing', progress: 30 }), 31);
  });

  it('keeps the last known percent on Error and Canceled', () => {
    assert.equal(of('Error', [0, 0], { state: 'Processing', progress: 57 }), 57);
    assert.equal(of('Canceled', [0, 0], { state: 'Canceling', progress: 12 }), 12);
    assert.equal(of('Error', [100, 20]), 60, 'a job first seen failed shows what its tasks say');
  });

  it('starts again for a job that went back to the queue', () => {
    assert.equal(of('Queued', [0], { state: 'Processing', progress: 30 }), 0);
  });

  it('counts a finished task as 100 and takes values out of bounds to the nearest bound', () => {
    assert.equal(
      jobProgress({ state: 'Processing' }, [jobTask(1, { state: 'Finished', progress: 97 })], undefined),
      100,
    );
    assert.equal(of('Processing', [250, -10]), 50);
    assert.equal(of('Processing', [Number.NaN, null, 90]), 30);
  });
});
