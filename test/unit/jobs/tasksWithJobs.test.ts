import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { mkioCapabilities } from '../../../src/client/v3/v3Capabilities.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';
import { Watching } from '../../support/watching.ts';

const key = (n: number) => ({ account: 'a', id: jobId(n) });

/** A service whose jobs come with their tasks, and whose list of the active ones brings those that have just ended. */
describe('a service whose jobs come with their tasks', () => {
  let clock: FakeClock;
  let client: ScriptedClient;
  let window: Watching;

  beforeEach(() => {
    clock = new FakeClock();
    client = new ScriptedClient();
    client.capabilities = mkioCapabilities;
    client.jobs = [jobRecord(2), jobRecord(1)];
    client.tasks.set(jobId(2), [jobTask(1, { progress: 40 }), jobTask(2, { state: 'Finished', progress: null })]);
    client.tasks.set(jobId(1), [jobTask(3, { progress: 10 })]);
    window = new Watching({ clock, clients: new Map([['a', client]]) });
  });

  afterEach(() => {
    window.dispose();
  });

  it('is never asked for them, and its progress moves all the same', async () => {
    window.watcher.setListVisible(true);
    await clock.advance(0);
    assert.deepEqual(client.takeRequests(), ['list 0+50', 'active']);
    assert.equal(window.store.get(key(2))?.progress, 70);
    client.tasks.set(jobId(2), [jobTask(1, { progress: 60 }), jobTask(2, { state: 'Finished', progress: null })]);
    await clock.advance(15_000);
    assert.deepEqual(client.takeRequests(), ['list 0+50', 'active']);
    assert.equal(window.store.get(key(2))?.progress, 80);
  });

  it('tells of a job that has ended with those that are active, and is not asked again', async () => {
    window.watcher.setListVisible(true);
    await clock.advance(0);
    client.update(jobId(2), { state: 'Finished', ended: clock.now() });
    client.tasks.set(jobId(2), [
      jobTask(1, { state: 'Error', errors: [{ code: 'ContentMalformed', message: 'No.' }] }),
    ]);
    client.takeRequests();
    await clock.advance(15_000);
    assert.deepEqual(client.takeRequests(), ['list 0+50', 'active']);
    const { state, tasks } = window.store.get(key(2)) ?? {};
    assert.deepEqual([state, tasks?.[0]?.errors[0]?.code], ['Finished', 'ContentMalformed']);
  });

  it('answers one request for one job, whoever asks', async () => {
    const job = await window.watcher.check(key(2));
    assert.equal(job.progress, 70);
    assert.deepEqual(client.takeRequests(), [`get ${jobId(2)}`]);
    const glance = await window.watcher.ask(key(1), (asked, signal) => asked.glance(jobId(1), 0, signal));
    assert.deepEqual([glance.job.progress, glance.job.tasks?.length], [10, 1]);
    assert.deepEqual(client.takeRequests(), [`get ${jobId(1)}`]);
    const list = await window.watcher.ask(key(1), (asked, signal) => asked.glanceAtList({}, 5, clock.now(), signal));
    assert.deepEqual(
      list.jobs.map(({ progress }) => progress),
      [70, 10],
    );
    assert.deepEqual(client.takeRequests(), ['list 0+5']);
    const jobs = await window.watcher.ask(key(1), (asked, signal) => asked.list({}, 5, signal));
    assert.deepEqual(
      jobs.map(({ tasks }) => tasks?.length),
      [2, 1],
    );
    assert.deepEqual(client.takeRequests(), ['list 0+5']);
  });

  it('is asked once a look for the tracked job alone', async () => {
    window.tracked.track(await window.watcher.check(key(2)));
    client.takeRequests();
    window.watcher.setWindowFocused(true);
    client.tasks.set(jobId(2), [jobTask(1, { progress: 90 })]);
    await clock.advance(5_000);
    assert.deepEqual(new Set(client.takeRequests()), new Set([`get ${jobId(2)}`]));
    assert.equal(window.tracked.job?.progress, 90);
  });
});
