import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import type { JobKey } from '../../../src/jobs/job.ts';
import { Emitter } from '../../../src/jobs/lifecycle.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { JobDetailsSource } from '../../../src/views/jobDetailsSource.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';
import { Watching } from '../../support/watching.ts';

const key: JobKey = { account: 'a', id: jobId(1) };
const unreachable = new ServiceError('unreachable', 'No answer.', { status: 503 });

describe('what is known of a job for its details', () => {
  let clock: FakeClock;
  let client: ScriptedClient;
  let window: Watching;
  let accounts: string[];
  let accountsChanged: Emitter<void>;
  let source: JobDetailsSource;

  beforeEach(() => {
    clock = new FakeClock();
    client = new ScriptedClient();
    client.jobs = [jobRecord(1)];
    client.tasks.set(jobId(1), [jobTask(1, { progress: 10 })]);
    client.assets.set(jobId(1), { inputs: [{ id: 'i', name: 'In' }], outputs: [] });
    window = new Watching({ clock, clients: new Map([['a', client]]) });
    accounts = ['a'];
    accountsChanged = new Emitter();
    source = sourceOf(key);
  });

  afterEach(() => {
    source.dispose();
    window.dispose();
  });

  const sourceOf = (of: JobKey): JobDetailsSource =>
    new JobDetailsSource(of, {
      store: window.store,
      watcher: window.watcher,
      clock,
      settings: () => window.settings,
      accounts: () => ({
        accounts: accounts.map((name) => ({
          name,
          isEmulator: false,
          asksForSecret: false,
          capabilities: amsCapabilities,
        })),
        problems: [],
      }),
      onAccountsChanged: accountsChanged.event,
    });
  const asked = (what: string): number => client.takeRequests().filter((request) => request.startsWith(what)).length;

  it('is asked for once somebody looks, and the job is watched as long as they do', async () => {
    assert.deepEqual(client.requests, []);
    const looking = source.look();
    await clock.advance(0);
    assert.equal(source.job?.progress, 10);
    assert.deepEqual(source.assets?.inputs, [{ id: 'i', name: 'In' }]);
    assert.equal(asked('details'), 1);
    await clock.advance(30_000);
    assert.ok(asked('get') > 1, 'it is polled');
    looking.dispose();
    await clock.advance(60_000);
    client.takeRequests();
    await clock.advance(600_000);
    assert.deepEqual(client.takeRequests(), []);
  });

  it('is asked for again when a task has ended, and its assets when the job has', async () => {
    source.look();
    await clock.advance(0);
    client.takeRequests();
    client.tasks.set(jobId(1), [jobTask(1, { progress: 60 })]);
    await clock.advance(10_000);
    assert.equal(asked('details'), 0, 'moving is no news for it');
    client.tasks.set(jobId(1), [jobTask(1, { state: 'Finished', progress: 100 })]);
    await clock.advance(40_000);
    assert.equal(asked('details'), 1);
    client.update(jobId(1), { state: 'Finished', ended: clock.now() });
    await clock.advance(40_000);
    const requests = client.takeRequests();
    assert.ok(requests.some((request) => request.startsWith('details')));
    assert.ok(requests.some((request) => request.startsWith('assets')));
  });

  it('says why there are no assets, and asks for them again when somebody wants it', async () => {
    client.listJobAssets = () => Promise.reject(new ServiceError('permission', 'Not allowed.', { status: 403 }));
    source.look();
    await clock.advance(0);
    assert.equal(source.assets, null);
    assert.equal(source.assetsFailure?.message, 'Not allowed.');
    assert.equal(source.failure, null);
    client.listJobAssets = () => Promise.resolve({ inputs: [], outputs: [] });
    source.retry();
    await clock.advance(0);
    assert.deepEqual(source.assets, { inputs: [], outputs: [] });
    assert.equal(source.assetsFailure, null);
  });

  it('says why the service was asked in vain, and asks again once it answers', async () => {
    await window.watcher.check(key);
    client.failure = unreachable;
    const looking = source.look();
    await clock.advance(0);
    assert.equal(source.failure?.message, 'No answer.');
    assert.equal(source.events, null);
    assert.ok(source.job, 'what is known of the job stays');
    client.failure = null;
    await clock.advance(60_000);
    assert.equal(source.failure, null);
    assert.ok(source.events);
    looking.dispose();
  });

  it('asks again what failed when somebody looks anew, also at a job that has ended', async () => {
    client.update(jobId(1), { state: 'Finished', ended: clock.now() });
    client.failure = unreachable;
    source.look().dispose();
    source.look();
    await clock.advance(0);
    assert.ok(source.failure);
    source.dispose();
    source = sourceOf(key);
    const first = source.look();
    await clock.advance(0);
    first.dispose();
    client.failure = null;
    source.look();
    await clock.advance(0);
    assert.equal(source.failure, null);
    assert.equal(source.job?.state, 'Finished');
  });

  it('tells a job that is gone from an account that is', async () => {
    source.look();
    await clock.advance(0);
    accounts = [];
    window.watcher.setClients(new Map());
    accountsChanged.fire();
    await clock.advance(0);
    assert.equal(source.isAccountThere, false);
    assert.equal(source.isGone, false);
    assert.ok(source.job);
    // It comes back, as after signing in again.
    accounts = ['a'];
    window.watcher.setClients(new Map([['a', client]]));
    accountsChanged.fire();
    await clock.advance(0);
    assert.equal(source.isGone, false);
    assert.ok(window.store.get(key), 'it was asked for again');

    client.jobs = [];
    await clock.advance(60_000);
    assert.equal(source.isGone, true);
    assert.ok(source.job, 'what was last known stays');
    client.takeRequests();
    await clock.advance(600_000);
    assert.equal(asked('details'), 0);
  });

  it('of another job is not held up by a question that hangs', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    client.gate = promise;
    const looking = source.look();
    await clock.advance(0);
    looking.dispose();
    client.gate = null;
    client.jobs = [...client.jobs, jobRecord(2)];
    const other = sourceOf({ account: 'a', id: jobId(2) });
    other.look();
    await clock.advance(0);
    assert.equal(other.job?.id, jobId(2));
    assert.ok(other.events);
    resolve();
    await clock.advance(0);
    assert.equal(source.events, null, 'nobody waits for the first one any more');
    other.dispose();
  });

  it('with automatic refresh off asks once for whoever looks, and not by itself', async () => {
    window.settings = { ...window.settings, automatic: false };
    source.look();
    await clock.advance(0);
    assert.equal(asked('details'), 1);
    await clock.advance(3_600_000);
    assert.deepEqual(client.takeRequests(), []);
  });
});
