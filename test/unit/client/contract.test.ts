import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ServiceClient } from '../../../src/client/serviceClient.ts';
import { allOff, allOn, type Dialects } from '../../../src/emulator/dialects.ts';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import { State } from '../../../src/emulator/simulation/run.ts';
import type { JobSnapshot } from '../../../src/emulator/simulation/snapshot.ts';
import { compareNewestFirst, isActive, type JobRecord, type JobState, knownJobStates } from '../../../src/jobs/job.ts';
import { type JobQuery, matchesQuery } from '../../../src/jobs/jobQuery.ts';
import {
  accountOf,
  type Connected,
  connectTo,
  endpointOf,
  idIn,
  nameIn,
  serviceKinds,
} from '../../support/serviceKinds.ts';
import { failure } from './clientFixture.ts';

/** What the port promises, of each service, however much or little of what nobody recorded it does. */
const variants: Readonly<Record<string, Dialects>> = {
  'that does what is documented': allOff,
  'that does everything in its own way': { ...allOn, throttle: null },
};

for (const kind of serviceKinds) {
  for (const [what, dialects] of Object.entries(variants)) {
    describe(`a service of the kind ${kind} ${what}`, () => {
      let emulator: RunningEmulator;
      /** The emulator's clock is this far ahead of the real one, in milliseconds. */
      let ahead = 0;
      let client: ServiceClient;
      const clients: ServiceClient[] = [];
      const isAsking = kind === 'ams';
      const showsUnknown = kind !== 'ams' && dialects['v3-unknown-state'];

      before(async () => {
        emulator = await startEmulator({
          now: () => Date.now() + ahead,
          jobs: 40,
          arrivalsPerMinute: 0,
          tokenLifetimeSeconds: 3600,
          dialects,
        });
        ({ client } = connect());
      });
      after(async () => {
        for (const one of clients) {
          one.dispose();
        }
        await emulator.close();
      });

      const connect = (): Connected => {
        const { account, secret } = accountOf(kind, emulator);
        const connected = connectTo(account, secret);
        clients.push(connected.client);
        return connected;
      };
      const requests = (): number => emulator.requests.count(endpointOf[kind]);
      const snapshots = (): readonly JobSnapshot[] => {
        emulator.simulation.advanceTo(emulator.settings.clock.now());
        return [...emulator.simulation.jobs()];
      };
      const found = (id: string): JobSnapshot => {
        emulator.simulation.advanceTo(emulator.settings.clock.now());
        const job = emulator.simulation.find(id);
        assert.ok(job);
        return job;
      };
      const stateOf = (job: JobSnapshot): JobState => {
        const state = knownJobStates[job.state] ?? 'Queued';
        if (showsUnknown && state === 'Queued') {
          return 'Unknown(Paused)';
        }
        const goesOn = kind !== 'ams' && dialects['v3-continue-job'] && state === 'Error';
        return goesOn && job.tasks().some((task) => task.state === State.finished) ? 'Finished' : state;
      };
      const add = (name: string, tasks = 1, durationMs = 60_000): JobSnapshot => {
        emulator.simulation.advanceTo(emulator.settings.clock.now());
        return found(
          emulator.simulation.add({
            name,
            tasks: Array.from({ length: tasks }, (_, n) => ({ name: `Task ${n}`, durationMs })),
          }),
        );
      };
      const listAll = async (query: JobQuery, pageSize: number, asked = client): Promise<readonly JobRecord[]> => {
        const jobs = new Map<string, JobRecord>();
        let token: string | null = null;
        do {
          const page = await asked.listJobs(query, { token, pageSize });
          for (const job of page.jobs) {
            jobs.set(job.id, job);
          }
          token = page.next;
        } while (token !== null);
        return [...jobs.values()];
      };
      const truth = (query: JobQuery = {}): readonly string[] =>
        snapshots()
          .map((job) => ({ id: idIn(kind, job), name: nameIn(kind, job), state: stateOf(job), created: job.created }))
          .filter((job) => matchesQuery(job, query))
          .map(({ id }) => id)
          .sort();
      const idsOf = (jobs: readonly JobRecord[]): readonly string[] => jobs.map(({ id }) => id).sort();

      it('lists all jobs once, page by page', async () => {
        for (const pageSize of [7, 1000]) {
          const jobs = await listAll({}, pageSize);
          assert.deepEqual(idsOf(jobs), truth());
          if (pageSize === 7 && !(isAsking && dialects['list-order'] !== 'newest')) {
            assert.deepEqual(
              jobs.map(({ created }) => created),
              [...jobs].sort(compareNewestFirst).map(({ created }) => created),
            );
          }
        }
      });

      it('says that pages are newest first, so that nobody has to search', async () => {
        const page = await client.listJobs({}, { token: null, pageSize: 10 });
        assert.ok(page.jobs.length >= 5);
        const newest = snapshots().reduce((a, b) => (b.created > a.created ? b : a));
        if (page.newestFirst) {
          assert.equal(page.jobs[0]?.created, newest.created);
        } else {
          assert.ok(isAsking, 'the others can sort');
        }
      });

      it('leaves out what it can, and never what is meant', async () => {
        const waiting = add('Only-Waiting', 1);
        const created = snapshots().map((job) => job.created);
        const middle = created.sort((a, b) => a - b)[Math.floor(created.length / 2)] ?? 0;
        const queries: readonly JobQuery[] = [
          { states: ['Finished'] },
          { states: ['Error', 'Canceled'] },
          { states: ['Queued', 'Scheduled', 'Processing', 'Canceling'] },
          { states: ['Unknown(Paused)'] },
          { name: 'ONLY-waiting' },
          { name: 'bigbuck' },
          { name: '-' },
          { name: "no'such" },
          { createdFrom: middle },
          { states: ['Finished'], createdFrom: middle, name: 'a' },
        ];
        for (const query of queries) {
          // A client that has learned nothing yet, and the one that has.
          for (const asked of [connect().client, client]) {
            const listed = (await listAll(query, 1000, asked)).filter((job) => matchesQuery(job, query));
            assert.deepEqual(idsOf(listed), truth(query), JSON.stringify(query));
          }
        }
        emulator.simulation.force(waiting.id, State.finished);
      });

      it('tells which jobs are active, with their progress', async () => {
        const job = add('Active', 2);
        ahead += 20_000;
        const { client: fresh } = connect();
        // Who can only ask for one state at a time cannot ask for one that nobody knows.
        const isMeant = ({ state }: Pick<JobRecord, 'state'>): boolean =>
          kind !== 'mkio' || dialects['mkio-filter'] !== 'bare' || !state.startsWith('Unknown');
        for (const asked of [fresh, fresh, client]) {
          const active = (await asked.listActiveJobs()).filter(isActive);
          assert.deepEqual(
            idsOf(active.filter(isMeant)),
            snapshots()
              .filter((one) => one.state < State.finished || one.state === State.canceling)
              .filter((one) => isMeant({ state: stateOf(one) }))
              .map((one) => idIn(kind, one))
              .sort(),
          );
          assert.equal(active.find(({ id }) => id === idIn(kind, job)) !== undefined, true);
          assert.equal(
            active.every((one) => (one.tasks !== undefined) === client.capabilities.tasksWithJobs),
            true,
          );
        }
        emulator.simulation.force(job.id, State.finished);
      });

      it('has one job by its id, with its tasks, their progress and their errors', async () => {
        const good = add('Good', 2);
        const bad = add('Bad', 2);
        ahead += 30_000;
        for (const { id } of [good, bad]) {
          emulator.simulation.advanceTo(emulator.settings.clock.now());
          if (found(id).state !== State.processing) {
            emulator.simulation.force(id, State.processing);
          }
        }
        const now = found(good.id);
        const id = idIn(kind, now);
        const record = await client.getJob(id);
        assert.equal(record.id, id);
        assert.equal(record.name, nameIn(kind, now));
        assert.equal(record.state, 'Processing');
        assert.equal(record.created, now.created);
        const tasks = await client.listTasks(id);
        assert.equal(tasks.length, 2);
        for (const [index, { state, progress, errors }] of tasks.entries()) {
          const there = now.tasks()[index];
          assert.ok(there);
          if (there.state === State.processing) {
            assert.equal(state, 'Processing');
            const isSilent = kind !== 'ams' && dialects['v3-null-progress'];
            assert.ok(isSilent ? progress === null : Math.abs((progress ?? -1) - there.progress) < 5, `${progress}`);
          }
          assert.deepEqual(errors, []);
        }
        emulator.simulation.fail(bad.id, { code: 'ErrorDownloadingInputAssetServiceFailure', message: 'It broke.' });
        const details = await client.getJobDetails(idIn(kind, found(bad.id)));
        const errors = details.tasks.flatMap((task) => task.errors);
        assert.ok(errors.some(({ message }) => message === 'It broke.'));
        if (kind !== 'ams') {
          const [first] = errors;
          assert.deepEqual(
            [first?.code, first?.category, first?.retry],
            ['DownloadTransientError', 'Download', 'MayRetry'],
          );
          assert.equal(record.started === null, dialects['v3-no-start-time']);
        }
        assert.equal(details.job.id, idIn(kind, found(bad.id)));
        const assets = await client.listJobAssets(id);
        assert.equal(assets.outputs?.length, 2);
        assert.ok((assets.inputs?.length ?? 0) > 0);
        for (const job of [good, bad]) {
          emulator.simulation.force(job.id, State.finished);
        }
      });

      it('says of a job that is not there that it is not there, and not that something failed', async () => {
        const job = add('Gone');
        const id = idIn(kind, job);
        emulator.simulation.force(job.id, State.finished);
        emulator.simulation.delete(job.id);
        // Also where it is the first thing that is asked.
        for (const asked of [connect().client, client]) {
          const error = await failure(asked.getJob(id), 'notFound');
          assert.equal(error.status, undefined);
          assert.deepEqual(await asked.listDeparted([id]), []);
        }
        await failure(client.getJob('no id'), 'badRequest');
      });

      it('brings jobs that have departed', async () => {
        const ids = [add('Departed 1'), add('Departed 2'), add('Departed 3')].map((job) => {
          emulator.simulation.force(job.id, State.finished);
          return idIn(kind, found(job.id));
        });
        const departed = await client.listDeparted(ids);
        assert.deepEqual(idsOf(departed), [...ids].sort());
        assert.ok(departed.every(({ state }) => state === 'Finished'));
      });

      it('cancels an active job, and refuses to cancel one that has ended', async () => {
        const job = add('To cancel', 1, 600_000);
        ahead += 10_000;
        const id = idIn(kind, found(job.id));
        await client.cancelJob(id);
        assert.ok(['Canceling', 'Canceled'].includes((await client.getJob(id)).state));
        emulator.simulation.force(job.id, State.canceled);
        const error = await failure(client.cancelJob(id), 'conflict');
        assert.match(error.message, /^The job cannot be canceled in its present state\. /);
      });

      it('deletes a job that has ended, and refuses to delete one that has not', async () => {
        const job = add('To delete', 1, 600_000);
        const id = idIn(kind, job);
        await failure(client.deleteJob(id), 'conflict');
        emulator.simulation.force(job.id, State.finished);
        await client.deleteJob(id);
        assert.equal((await failure(client.getJob(id), 'notFound')).status, undefined);
      });

      it('changes the priority of a job that waits, and refuses it of one that does not', async () => {
        // More than can run at a time, so that the last of them waits.
        const jobs = Array.from({ length: 6 }, (_, n) => add(`To prioritize ${n}`, 1, 600_000));
        const last = jobs.at(-1);
        assert.ok(last);
        const id = idIn(kind, found(last.id));
        const levels = client.capabilities.priority;
        assert.ok(levels !== null);
        const urgent = levels === 'number' ? 7 : levels.indexOf('High');
        await client.changePriority(id, urgent);
        assert.equal((await client.getJob(id)).priority, urgent);
        await failure(client.changePriority(id, 2 ** 40), 'badRequest');
        emulator.simulation.force(last.id, State.finished);
        await failure(client.changePriority(id, urgent), 'conflict');
        for (const job of jobs) {
          emulator.simulation.force(job.id, State.finished);
        }
      });

      it('counts, where it can', async () => {
        const count = await client.countJobs();
        assert.ok(count === null || count === snapshots().length, `${count}`);
        assert.ok(kind !== 'mkio' || count !== null);
        const running = await client.listRunningTasks();
        assert.ok(running === null || !client.capabilities.tasksWithJobs);
      });

      it('passes on how long a busy service asks to wait, and repeats nothing', async () => {
        const before = requests();
        emulator.settings.faults.add({ path: 'obs', status: 429 }, 1);
        emulator.settings.change({ 'retry-after': 36 });
        const error = await failure(client.listJobs({}, { token: null, pageSize: 10 }), 'throttled');
        emulator.settings.change({ 'retry-after': dialects['retry-after'] });
        assert.equal(error.retryAfterMs, 36_000);
        assert.equal(error.status, 429);
        emulator.settings.faults.clear();
        assert.ok(requests() - before <= 4);
      });

      it('signs in again when the token has expired, as far as it can by itself', async () => {
        const { account, secret } = accountOf(kind, emulator);
        const { client: other } = connectTo(account, secret);
        clients.push(other);
        await other.listJobs({}, { token: null, pageSize: 5 });
        ahead += 2 * 3_600_000;
        if (kind === 'mkio') {
          const error = await failure(other.listJobs({}, { token: null, pageSize: 5 }), 'signIn');
          assert.match(error.message, /^The token expired or was revoked\. Create a new personal API token/);
        } else {
          assert.ok((await other.listJobs({}, { token: null, pageSize: 5 })).jobs.length > 0);
        }
      });
    });
  }
}
