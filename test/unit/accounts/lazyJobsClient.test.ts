import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LazyJobsClient } from '../../../src/accounts/lazyJobsClient.ts';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';

class DisposableClient extends ScriptedClient {
  disposed = 0;

  signIn(signal?: AbortSignal): Promise<void> {
    this.requests.push(`sign in${signal?.aborted ? ', aborted' : ''}`);
    return Promise.resolve();
  }

  dispose(): void {
    this.disposed++;
  }
}

function lazily() {
  const made: DisposableClient[] = [];
  const lazy = new LazyJobsClient(amsCapabilities, () => {
    const client = new DisposableClient();
    client.jobs = [jobRecord(1)];
    client.tasks.set(jobId(1), [jobTask(1)]);
    made.push(client);
    return client;
  });
  return { lazy, made };
}

describe('a client made on first use', () => {
  test('is not made before, and made once however many ask at once', async () => {
    const { lazy, made } = lazily();
    assert.equal(made.length, 0);
    const [page, job, tasks] = await Promise.all([
      lazy.listJobs({}, { token: null, pageSize: 5 }),
      lazy.getJob(jobId(1)),
      lazy.listTasks(jobId(1)),
    ]);
    await lazy.cancelJob(jobId(1));
    await lazy.signIn(AbortSignal.abort());
    assert.equal(made.length, 1);
    assert.deepEqual(made[0]?.requests, [
      `list 0+5`,
      `get ${jobId(1)}`,
      `tasks ${jobId(1)}`,
      `cancel ${jobId(1)}`,
      'sign in, aborted',
    ]);
    assert.equal(page.jobs[0]?.id, jobId(1));
    assert.equal(job.id, jobId(1));
    assert.equal(tasks.length, 1);
  });

  test('hears of signals', async () => {
    const { lazy } = lazily();
    const reason = new ServiceError('aborted', 'Enough.');
    await assert.rejects(lazy.getJob(jobId(1), AbortSignal.abort(reason)), { kind: 'aborted' });
  });

  test('is disposed with it', async () => {
    const { lazy, made } = lazily();
    await lazy.getJob(jobId(1));
    lazy.dispose();
    assert.equal(made[0]?.disposed, 1);
  });

  test('is never made after it was disposed, so that nothing is sent for an account that is gone', async () => {
    const { lazy, made } = lazily();
    lazy.dispose();
    await assert.rejects(lazy.getJob(jobId(1)), { name: 'ServiceError', kind: 'aborted' });
    assert.equal(made.length, 0);
  });

  test('asks nobody any more once it was disposed', async () => {
    const { lazy, made } = lazily();
    await lazy.getJob(jobId(1));
    lazy.dispose();
    await assert.rejects(lazy.listTasks(jobId(1)), { name: 'ServiceError', kind: 'aborted' });
    assert.deepEqual(made[0]?.requests, [`get ${jobId(1)}`]);
  });

  test('that cannot be made is tried again, and why is told each time', async () => {
    let attempts = 0;
    const lazy = new LazyJobsClient(amsCapabilities, () => {
      attempts++;
      throw new ServiceError('configuration', 'The endpoint is not a URL.');
    });
    await assert.rejects(lazy.getJob(jobId(1)), { kind: 'configuration' });
    await assert.rejects(lazy.getJob(jobId(1)), { kind: 'configuration' });
    assert.equal(attempts, 2);
    lazy.dispose();
  });
});
