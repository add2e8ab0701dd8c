import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { JobGlance, ListGlance } from '../../../src/jobs/askedJobs.ts';
import type { JobQuery } from '../../../src/jobs/jobQuery.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';
import { Watching } from '../../support/watching.ts';

const maxAgeMs = 60_000;
const key = (n: number) => ({ account: 'a', id: jobId(n) });

describe('a glance', () => {
  let clock: FakeClock;
  let client: ScriptedClient;
  let watching: Watching;

  beforeEach(() => {
    clock = new FakeClock();
    client = new ScriptedClient();
    watching = new Watching({ clock, clients: new Map([['a', client]]) });
    client.jobs = [3, 2, 1].map((n) => jobRecord(n));
    for (const n of [1, 2, 3]) {
      client.tasks.set(jobId(n), [jobTask(n, { progress: 40 })]);
    }
  });

  afterEach(() => watching.dispose());

  const glance = (n: number, signal?: AbortSignal): Promise<JobGlance> =>
    watching.watcher.ask(
      { account: 'a' },
      (asked, either) => asked.glance(jobId(n), clock.now() - maxAgeMs, either),
      signal,
    );
  const list = (query: JobQuery, top: number): Promise<ListGlance> =>
    watching.watcher.ask({ account: 'a' }, (asked, either) =>
      asked.glanceAtList(query, top, clock.now() - maxAgeMs, either),
    );
  const namesOf = ({ jobs }: ListGlance): readonly string[] => jobs.map(({ name }) => name);
  /** The panel is open, and has what it shows. */
  const look = async (): Promise<void> => {
    watching.watcher.setListVisible(true);
    await clock.advance(1_000);
    client.takeRequests();
  };

  describe('at a job', () => {
    it('that nobody has asked for takes one request, a second one brings its tasks, and then none for a minute', async () => {
      const first = await glance(1);
      assert.deepEqual(client.takeRequests(), [`get ${jobId(1)}`]);
      assert.deepEqual([first.job.name, first.job.tasks, first.job.progress], ['Job 1', null, null]);
      assert.equal(first.asOf, clock.now());

      const asked = clock.now();
      await clock.advance(10_000);
      const second = await glance(1);
      assert.deepEqual(client.takeRequests(), [`tasks ${jobId(1)}`]);
      assert.equal(second.job.progress, 40);
      assert.equal(second.asOf, asked, 'no newer than its record');

      await clock.advance(10_000);
      const third = await glance(1);
      assert.deepEqual(client.takeRequests(), []);
      assert.deepEqual([third.job.progress, third.asOf], [40, asked]);

      await clock.advance(maxAgeMs);
      client.tasks.set(jobId(1), [jobTask(1, { progress: 80 })]);
      const later = await glance(1);
      assert.deepEqual(client.takeRequests(), [`get ${jobId(1)}`]);
      assert.deepEqual([later.job.tasks, later.job.progress], [null, null], 'no percent from before');
      assert.equal((await glance(1)).job.progress, 80);
    });

    it('shows nobody a job that was not shown before, and says nothing of the account', async () => {
      await glance(1);
      await glance(1);
      assert.equal(watching.store.get(key(1)), undefined);
      assert.equal(watching.store.status('a').state, 'idle');
      assert.equal(clock.pendingTimers, 0, 'nothing is asked later because of it');
    });

    it('that is on show takes none while it is asked about anyhow', async () => {
      await look();
      const { job, asOf } = await glance(2);
      assert.deepEqual([job.name, job.progress], ['Job 2', 40]);
      assert.ok(asOf !== null && asOf <= clock.now() && asOf >= clock.now() - 1_000);
      assert.deepEqual(client.takeRequests(), []);
    });

    it('that was on show a while ago takes one, which shows what it brings', async () => {
      await look();
      watching.watcher.setListVisible(false);
      await clock.advance(2 * maxAgeMs);
      client.takeRequests();
      client.update(jobId(2), { state: 'Finished', ended: clock.now() });
      assert.equal((await glance(2)).job.state, 'Finished');
      assert.deepEqual(client.takeRequests(), [`get ${jobId(2)}`]);
      assert.equal(watching.store.get(key(2))?.state, 'Finished');
    });

    it('that is tracked takes none, though no list is seen', async () => {
      await watching.watcher.check(key(1));
      watching.tracked.track(key(1));
      await clock.advance(2 * maxAgeMs);
      client.takeRequests();
      assert.equal((await glance(1)).job.progress, 40);
      assert.deepEqual(client.takeRequests(), []);
      client.takeRequests();
      await glance(2);
      assert.deepEqual(client.takeRequests(), [`get ${jobId(2)}`], 'another one does');
    });

    it('that has ended takes none once its tasks are known, however long ago that was', async () => {
      client.update(jobId(1), { state: 'Error', ended: clock.now() });
      client.tasks.set(jobId(1), [jobTask(1, { state: 'Error', errors: [{ code: 'E', message: 'm' }] })]);
      await watching.watcher.check(key(1));
      await clock.advance(3_600_000);
      client.takeRequests();
      const { job, asOf } = await glance(1);
      assert.deepEqual([job.tasks?.[0]?.errors.length, asOf], [1, null]);
      assert.deepEqual(client.takeRequests(), []);
    });

    it('that has ended, as its row says, takes one for its tasks', async () => {
      client.update(jobId(1), { state: 'Finished', ended: clock.now() });
      client.tasks.set(jobId(1), [jobTask(1, { state: 'Finished', progress: 100 })]);
      await look();
      await clock.advance(1_000);
      client.takeRequests();
      assert.equal((await glance(1)).job.tasks?.length, 1);
      assert.deepEqual(client.takeRequests(), [`tasks ${jobId(1)}`]);
    });

    it('fails as the service does, and leaves what people see as it is', async () => {
      await assert.rejects(glance(9), { kind: 'notFound' });
      client.failure = new ServiceError('secretMissing', 'Sign in.');
      await assert.rejects(glance(1), { kind: 'secretMissing' });
      assert.equal(watching.store.status('a').state, 'idle');
      assert.deepEqual(watching.failures, []);
      await assert.rejects(glance(1, AbortSignal.abort()), { kind: 'aborted' });
    });
  });

  describe('at the list', () => {
    it('takes one request where nobody looks, whatever is active, and shows nobody what it brings', async () => {
      client.update(jobId(2), { state: 'Finished' });
      const answer = await list({}, 2);
      assert.deepEqual(client.takeRequests(), ['list 0+2']);
      assert.deepEqual(namesOf(answer), ['Job 3', 'Job 2']);
      assert.deepEqual([answer.hasMore, answer.asOf], [true, clock.now()]);
      assert.equal(watching.store.count('a'), 0);
    });

    it('takes none while the panel is open, under any filter', async () => {
      await look();
      assert.deepEqual(namesOf(await list({}, 2)), ['Job 3', 'Job 2']);
      client.update(jobId(3), { state: 'Finished' });
      await clock.advance(20_000);
      client.takeRequests();
      const finished = await list({ states: ['Finished'] }, 20);
      assert.deepEqual([namesOf(finished), finished.hasMore], [['Job 3'], false]);
      assert.deepEqual(client.takeRequests(), []);
      watching.filter.set({ name: 'no such job' });
      assert.deepEqual(namesOf(await list({}, 3)), ['Job 3', 'Job 2', 'Job 1']);
    });

    it('takes one where more is wanted than is known', async () => {
      client.jobs = Array.from({ length: 120 }, (_, n) => jobRecord(120 - n, { state: 'Finished' }));
      await look();
      const known = await list({}, 40);
      assert.deepEqual([known.jobs.length, known.hasMore, client.takeRequests()], [40, true, []]);
      const asked = await list({}, 80);
      assert.deepEqual([asked.jobs.length, asked.hasMore, client.takeRequests()], [80, true, ['list 0+80']]);
      const rare = await list({ states: ['Error'] }, 5);
      assert.deepEqual([rare.jobs.length, client.takeRequests()], [0, ['list 0+5']]);
    });

    it('takes one where the panel was closed a while ago', async () => {
      await look();
      watching.watcher.setListVisible(false);
      await clock.advance(2 * maxAgeMs);
      client.takeRequests();
      const { jobs } = await list({}, 3);
      assert.deepEqual(client.takeRequests(), ['list 0+3']);
      assert.deepEqual(
        jobs.map(({ progress }) => progress),
        [null, null, null],
        'no percent from before',
      );
    });

    it('leaves out what is not meant, where the service does not', async () => {
      client.canFilter = false;
      client.update(jobId(2), { state: 'Finished' });
      const answer = await list({ states: ['Finished'] }, 3);
      assert.deepEqual([namesOf(answer), answer.hasMore], [['Job 2'], false]);
    });
  });
});
