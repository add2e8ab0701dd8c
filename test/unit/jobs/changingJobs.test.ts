import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { JobState } from '../../../src/jobs/job.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { FakeClock, settle } from '../../support/fakeClock.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';
import { Watching } from '../../support/watching.ts';

const key = (n: number) => ({ account: 'a', id: jobId(n) });

let clock: FakeClock;
let client: ScriptedClient;
let window: Watching;

beforeEach(async () => {
  clock = new FakeClock();
  client = new ScriptedClient();
  client.jobs = [jobRecord(4, { state: 'Queued' }), jobRecord(3), jobRecord(2, { state: 'Error' }), jobRecord(1)];
  client.tasks.set(jobId(3), [jobTask(3, { progress: 50 })]);
  window = new Watching({ clock, clients: new Map([['a', client]]) });
  window.watcher.setListVisible(true);
  await clock.advance(1_000);
  client.takeRequests();
});

afterEach(() => window.dispose());

const stateOf = (n: number): JobState | undefined => window.store.get(key(n))?.state;
const cancel = (n: number): Promise<unknown> =>
  window.watcher.ask(key(n), (asked, signal) => asked.cancel(jobId(n), signal));
const remove = (n: number): Promise<unknown> =>
  window.watcher.ask(key(n), (asked, signal) => asked.delete(jobId(n), signal));
const prioritize = (n: number, priority: number): Promise<unknown> =>
  window.watcher.ask(key(n), (asked, signal) => asked.changePriority(jobId(n), priority, signal));

describe('a job that is canceled', () => {
  it('is Canceling as soon as the service accepts, and looked at until it is final, though nobody looks', async () => {
    const subscription = window.store.onDidChange(() => undefined);
    await cancel(3);
    assert.equal(stateOf(3), 'Canceling');
    assert.equal(client.takeRequests().filter((request) => request.startsWith('cancel')).length, 1, 'asked for once');
    window.watcher.setListVisible(false);
    await clock.advance(20_000);
    assert.ok(client.takeRequests().includes(`get ${jobId(3)}`));
    client.update(jobId(3), { state: 'Canceled' });
    await clock.advance(20_000);
    assert.equal(stateOf(3), 'Canceled');
    client.takeRequests();
    await clock.advance(600_000);
    assert.deepEqual(client.takeRequests(), [], 'then nobody asks any more');
    subscription.dispose();
  });

  it('is Canceling although the service does not answer when it is looked at', async () => {
    client.cancelJob = async (jobId) => {
      client.update(jobId, { state: 'Canceling' });
      client.failure = new ServiceError('unreachable', 'No answer.');
    };
    await cancel(3);
    assert.equal(stateOf(3), 'Canceling');
  });

  it('is Finished where it ended so all the same', async () => {
    await cancel(3);
    client.update(jobId(3), { state: 'Finished' });
    await clock.advance(20_000);
    assert.equal(stateOf(3), 'Finished');
  });

  it('stays as it is where the service refuses, which says why, and is looked at again', async () => {
    const refusal = new ServiceError('conflict', 'Job is already finished.', { status: 400, requestId: 'r1' });
    client.cancelJob = () => Promise.reject(refusal);
    client.update(jobId(3), { state: 'Finished' });
    await assert.rejects(cancel(3), refusal);
    assert.equal(stateOf(3), 'Finished', 'it is not what it was taken for');
  });
});

describe('a job that is deleted', () => {
  it('is gone at once, and neither a list nor a look that was asked for before brings it back', async () => {
    const late = [
      client.answerLate('list 0+50'),
      client.answerLate(`get ${jobId(2)}`),
      client.answerLate(`departed ${jobId(2)}`),
    ];
    const refresh = window.watcher.refresh();
    const check = window.watcher.check(key(2));
    const checked = assert.rejects(check, { kind: 'notFound' });
    await settle();
    assert.ok(client.takeRequests().includes('list 0+50'), 'the list is under way');
    await remove(2);
    assert.deepEqual(window.names(), ['Job 4', 'Job 3', 'Job 1']);
    assert.equal(stateOf(2), undefined);
    for (const answer of late) {
      answer();
    }
    await Promise.all([refresh, checked]);
    assert.deepEqual(window.names(), ['Job 4', 'Job 3', 'Job 1']);
    await clock.advance(120_000);
    assert.deepEqual(window.names(), ['Job 4', 'Job 3', 'Job 1']);
  });

  it('stays where the service refuses', async () => {
    await assert.rejects(remove(3), { kind: 'conflict' });
    assert.equal(stateOf(3), 'Processing');
  });

  it('is gone where somebody else has deleted it', async () => {
    client.jobs = client.jobs.filter(({ id }) => id !== jobId(2));
    client.deleteJob = () => Promise.reject(new ServiceError('notFound', 'There is no such job.', { status: 404 }));
    await assert.rejects(remove(2), { kind: 'notFound' });
    assert.equal(stateOf(2), undefined);
  });
});

describe('a priority', () => {
  it('is the one that was set', async () => {
    await prioritize(4, 7);
    assert.equal(window.store.get(key(4))?.priority, 7);
  });

  it('is the one that was set although the service does not answer when it is looked at', async () => {
    client.changePriority = async () => {
      client.failure = new ServiceError('unreachable', 'No answer.');
    };
    await prioritize(4, 7);
    assert.equal(window.store.get(key(4))?.priority, 7);
  });

  it('is refused for a job that is not queued any more, whose state is known then', async () => {
    client.update(jobId(4), { state: 'Processing' });
    await assert.rejects(prioritize(4, 7), { kind: 'conflict' });
    assert.deepEqual([stateOf(4), window.store.get(key(4))?.priority], ['Processing', 0]);
  });
});

describe('a service that takes a change, and then has no time to say how the job is', () => {
  const busy = new ServiceError('throttled', 'The service is busy.', { status: 429, retryAfterMs: 60_000 });

  beforeEach(() => {
    client.cancelJob = async (id) => client.update(id, { state: 'Canceling' });
    client.changePriority = async (id, priority) => client.update(id, { priority });
  });

  for (const [kind, failure] of Object.entries({
    throttled: busy,
    signIn: new ServiceError('signIn', 'The secret has expired.', { status: 401 }),
    secretMissing: new ServiceError('secretMissing', 'Sign in first.'),
    permission: new ServiceError('permission', 'Not allowed.', { status: 403 }),
    unreachable: new ServiceError('unreachable', 'No answer.'),
  })) {
    it(`is taken down as one that did not answer: ${kind}`, async () => {
      client.failure = failure;
      assert.equal(await cancel(3), failure, 'who goes on with other jobs hears of it');
      assert.equal(await prioritize(4, 7), failure);
      assert.deepEqual([stateOf(3), window.store.get(key(4))?.priority], ['Canceling', 7]);
      const status = window.store.status('a');
      assert.ok(status.state === 'failed' && status.error === failure, status.state);
      assert.deepEqual(window.failures, [failure, failure]);
    });
  }

  it('is left in peace for as long as it asks for', async () => {
    client.failure = busy;
    await cancel(3);
    client.takeRequests();
    await clock.advance(58_000);
    assert.deepEqual(client.takeRequests(), []);
    client.failure = null;
    await clock.advance(5_000);
    assert.ok(client.takeRequests().includes('active'));
    assert.equal(window.store.status('a').state, 'ready');
  });

  it('is left in peace also where it had no time for the change itself, or for the look after a refusal', async () => {
    client.cancelJob = () => Promise.reject(busy);
    await assert.rejects(cancel(3), busy);
    assert.equal(window.store.status('a').state, 'failed');
    client.failure = null;
    await window.watcher.refresh();
    assert.equal(window.store.status('a').state, 'ready');
    client.cancelJob = () => Promise.reject(new ServiceError('conflict', 'Too late.', { status: 400 }));
    client.failure = busy;
    await assert.rejects(cancel(3), { kind: 'conflict' });
    client.takeRequests();
    await clock.advance(58_000);
    assert.deepEqual(client.takeRequests(), []);
    assert.equal(window.store.status('a').state, 'failed');
  });

  it('counts as one that answers where only the one job could not be read', async () => {
    client.listTasks = () => Promise.reject(new ServiceError('badReply', 'No JSON.'));
    assert.equal(await cancel(3), null);
    assert.deepEqual([stateOf(3), window.store.status('a').state], ['Canceling', 'ready']);
  });

  it('does not count several looks at a time as several polls that failed', async () => {
    client.failure = new ServiceError('unreachable', 'No answer.');
    await Promise.all([cancel(3), cancel(4), prioritize(4, 7), prioritize(3, 7)]);
    client.failure = null;
    client.takeRequests();
    await clock.advance(10_000);
    assert.ok(client.takeRequests().includes('active'), 'asked again after the first pause');
  });
});
