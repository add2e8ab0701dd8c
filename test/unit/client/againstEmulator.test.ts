import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { AmsAuthentication } from '../../../src/client/account.ts';
import { createMediaServicesClient } from '../../../src/client/clientBundle.ts';
import type { ServiceClient } from '../../../src/client/serviceClient.ts';
import type { DialectChoice } from '../../../src/emulator/dialects.ts';
import type { RunningEmulator } from '../../../src/emulator/emulator.ts';
import { systemClock } from '../../../src/jobs/clock.ts';
import type { Exchange } from '../../../src/jobs/exchange.ts';
import { compareNewestFirst, isActive, type JobRecord } from '../../../src/jobs/job.ts';
import { type JobQuery, matchesQuery } from '../../../src/jobs/jobQuery.ts';
import { send } from '../../support/emulatorRequests.ts';
import { MemoryEndpointCache } from '../../support/memoryEndpointCache.ts';
import { startQuickEmulator } from '../../support/quickEmulator.ts';
import { MemoryLogin, ScriptedPrompts } from '../../support/signInPrompts.ts';
import { jobId as documentedJobId, failure } from './clientFixture.ts';

/** What nobody recorded of the service must not matter to the client: everything holds with each dialect set. */
for (const dialects of ['allOff', 'allOn'] as const) {
  describe(`the client against the emulator, dialects ${dialects}`, () => {
    let emulator: RunningEmulator;
    /** The emulator's clock is this far ahead of the real one, in milliseconds. */
    let ahead = 0;
    const clients: ServiceClient[] = [];

    before(async () => {
      emulator = await startQuickEmulator({
        now: () => Date.now() + ahead,
        jobs: 60,
        arrivalsPerMinute: 0,
        tokenLifetimeSeconds: 60,
        dialects,
      });
    });
    after(async () => {
      for (const client of clients) {
        client.dispose();
      }
      await emulator.close();
    });

    const connect = (
      authentication: AmsAuthentication,
      secret: string | undefined,
      env: Record<string, string> = {},
      endpoint = emulator.root,
    ): { client: ServiceClient; exchanges: Exchange[] } => {
      const exchanges: Exchange[] = [];
      const client = createMediaServicesClient({
        account: { name: 'emulator', kind: 'ams', endpoint, authentication, trustedHosts: [], ca: emulator.ca },
        clock: systemClock,
        env,
        getSecret: async () => secret,
        prompts: new ScriptedPrompts(),
        memory: new MemoryLogin(),
        loadIdentity: () => import('../../../src/client/identity.ts'),
        endpointCache: new MemoryEndpointCache(),
        onExchange: (exchange) => exchanges.push(exchange),
      });
      clients.push(client);
      return { client, exchanges };
    };
    const acs = (): AmsAuthentication => ({
      method: 'acs',
      accountName: emulator.accountName,
      acsTokenUrl: emulator.acsTokenUrl,
    });
    const servicePrincipal = (): AmsAuthentication => ({
      method: 'servicePrincipal',
      tenantId: emulator.tenantId,
      clientId: emulator.clientId,
      authorityHost: emulator.authorityHost,
    });
    const bearerOf = async (): Promise<string> => {
      const { requestClientSecretToken } = await import('../../../src/client/clientSecretToken.ts');
      const { tenantId, clientId, clientSecret, authorityHost, ca } = emulator;
      const scope = 'https://rest.media.azure.net/.default';
      const signal = new AbortController().signal;
      return (await requestClientSecretToken({ tenantId, clientId, clientSecret, authorityHost, scope, ca }, signal))
        .token;
    };
    const isToApi = (exchange: Exchange): boolean => exchange.request.url.includes('/Jobs');

    it('signs in with a client secret, is sent on by the global root, and reads the documented job', async () => {
      const { client, exchanges } = connect(servicePrincipal(), emulator.clientSecret);
      const job = await client.getJob(documentedJobId);
      assert.equal(job.name, 'Encoding BigBuckBunny into to H264 Adaptive Bitrate MP4 Set 720p');
      assert.equal(job.state, 'Processing');
      assert.equal(job.created, Date.parse('2015-02-11T01:46:08.897Z'));
      assert.deepEqual(
        exchanges.filter(isToApi).map((exchange) => exchange.response?.status),
        [301, 200],
      );
      assert.equal(client.endpoint, emulator.endpoint);
      await client.getJob(documentedJobId);
      assert.deepEqual(
        exchanges.filter(isToApi).map((exchange) => exchange.response?.status),
        [301, 200, 200],
      );
      assert.equal(JSON.stringify(exchanges).includes(emulator.clientSecret), false);
    });

    it('signs in from the environment', async () => {
      const { client } = connect({ method: 'environment' }, undefined, {
        AZURE_TENANT_ID: emulator.tenantId,
        AZURE_CLIENT_ID: emulator.clientId,
        AZURE_CLIENT_SECRET: emulator.clientSecret,
        AZURE_AUTHORITY_HOST: emulator.authorityHost,
      });
      assert.equal((await client.testConnection(() => undefined)).endpoint, emulator.endpoint);
    });

    it('signs in with account name and key', async () => {
      const { client, exchanges } = connect(acs(), emulator.accountKey);
      assert.equal((await client.getJob(documentedJobId)).id, documentedJobId);
      assert.equal(JSON.stringify(exchanges).includes(emulator.accountKey), false);
    });

    it('takes a pasted token', async () => {
      const { client } = connect({ method: 'token' }, await bearerOf(), {}, emulator.endpoint);
      assert.equal((await client.getJob(documentedJobId)).id, documentedJobId);
    });

    it('is told what is wrong with the sign-in', async () => {
      const wrongSecret = await failure(connect(servicePrincipal(), 'wrong').client.getJob(documentedJobId), 'signIn');
      assert.match(wrongSecret.message, /AADSTS7000215/);
      const wrongClient = {
        ...servicePrincipal(),
        clientId: '22222222-2222-4222-8222-222222222222',
      } as AmsAuthentication;
      assert.match(
        (await failure(connect(wrongClient, 'x').client.getJob(documentedJobId), 'signIn')).message,
        /AADSTS700016/,
      );
      const wrongTenant = {
        ...servicePrincipal(),
        tenantId: '22222222-2222-4222-8222-222222222222',
      } as AmsAuthentication;
      assert.match(
        (await failure(connect(wrongTenant, 'x').client.getJob(documentedJobId), 'signIn')).message,
        /AADSTS90002/,
      );
      await failure(connect(acs(), 'd3Jvbmc=').client.getJob(documentedJobId), 'signIn');
      await failure(connect({ method: 'token' }, 'no.such.token').client.getJob(documentedJobId), 'signIn');
    });

    it('pages through every job once', async () => {
      const { client } = connect(acs(), emulator.accountKey);
      const jobs: JobRecord[] = [];
      let token: string | null = null;
      let pages = 0;
      do {
        const page: Awaited<ReturnType<typeof client.listJobs>> = await client.listJobs({}, { token, pageSize: 25 });
        jobs.push(...page.jobs);
        token = page.next;
        pages++;
      } while (token !== null);
      assert.equal(pages, 3);
      assert.equal(jobs.length, 61);
      assert.equal(new Set(jobs.map((job) => job.id)).size, 61);
      const finished = await client.listJobs({ states: ['Finished'] }, { token: null, pageSize: 1000 });
      assert.deepEqual(
        finished.jobs.map((job) => job.id).sort(),
        jobs
          .filter((job) => job.state === 'Finished')
          .map((job) => job.id)
          .sort(),
      );
    });

    it('finds active jobs, running tasks and counts, and learns once what is refused', async () => {
      const { client, exchanges } = connect(acs(), emulator.accountKey);
      const { jobs } = await client.listJobs({}, { token: null, pageSize: 1000 });
      const active = jobs.filter(isActive).map(({ id }) => id);
      const poll = async (): Promise<number[]> => {
        exchanges.length = 0;
        assert.deepEqual((await client.listActiveJobs()).map(({ id }) => id).sort(), active.sort());
        const tasks = await client.listRunningTasks();
        assert.ok(tasks && tasks.length > 0 && tasks.every(({ state }) => state === 'Processing'));
        assert.equal(await client.countJobs(), 61);
        return exchanges.map((exchange) => exchange.response?.status ?? 0).sort();
      };
      assert.deepEqual(await poll(), dialects === 'allOn' ? [200, 200, 200] : [200, 200, 200, 200, 400, 400]);
      assert.deepEqual(await poll(), dialects === 'allOn' ? [200, 200, 200] : [200, 200, 200, 200]);
    });

    it('finds jobs that departed, and leaves out those that are gone', async () => {
      const { client, exchanges } = connect(acs(), emulator.accountKey);
      const { jobs } = await client.listJobs({}, { token: null, pageSize: 1000 });
      const wanted = jobs.filter((job) => !isActive(job)).map(({ id }) => id);
      const gone = 'nb:jid:UUID:00000000-0000-4000-8000-000000000000';
      const find = async (): Promise<number> => {
        exchanges.length = 0;
        const found = (await client.listDeparted([...wanted, gone])).map(({ id }) => id);
        assert.deepEqual(found.sort(), wanted.sort());
        return exchanges.length;
      };
      assert.ok(wanted.length > 20);
      const byIds = await find();
      assert.ok(dialects === 'allOn' ? byIds < wanted.length / 10 : byIds === wanted.length + 2, `${byIds}`);
      const two = ['a', 'b'].map((name) => emulator.simulation.add({ name, tasks: [{ name, durationMs: 60_000 }] }));
      await client.listActiveJobs();
      for (const id of two) {
        await client.cancelJob(id);
      }
      ahead += 20_000;
      const active = await client.listActiveJobs();
      assert.ok(active.length > 0 && !active.some(({ id }) => two.includes(id)));
      exchanges.length = 0;
      const departed = await client.listDeparted(two);
      assert.deepEqual(
        departed.map(({ state }) => state),
        ['Canceled', 'Canceled'],
      );
      assert.equal(exchanges.length, 1, 'all that ended meanwhile at once');
      assert.match(exchanges[0]?.request.url ?? '', /EndTime%20ge%20datetime/);
      for (const id of two) {
        assert.equal(emulator.simulation.delete(id), 'accepted');
      }
    });

    it('lists the newest first, by name, state and time', async () => {
      const { client } = connect(acs(), emulator.accountKey);
      const { jobs: all } = await client.listJobs({}, { token: null, pageSize: 1000 });
      const newest = [...all].sort(compareNewestFirst);
      const first = await client.listJobs({}, { token: null, pageSize: 10 });
      assert.equal(first.newestFirst, true);
      assert.deepEqual(
        first.jobs.map(({ created }) => created),
        newest.slice(0, 10).map(({ created }) => created),
      );
      for (const query of [
        { name: 'bigbuckBUNNY' },
        { states: ['Error', 'Canceled', 'Processing'] },
        { createdFrom: newest[20]?.created ?? 0 },
        { name: 'e', states: ['Finished', 'Error'], createdFrom: newest[40]?.created ?? 0 },
      ] satisfies JobQuery[]) {
        const wanted = all.filter((job) => matchesQuery(job, query)).map(({ id }) => id);
        for (let time = 0; time < 2; time++) {
          const page = await client.listJobs(query, { token: null, pageSize: 1000 });
          const found = page.jobs.filter((job) => matchesQuery(job, query)).map(({ id }) => id);
          assert.deepEqual(found.sort(), wanted.sort());
          assert.ok(dialects === 'allOff' || page.jobs.length === wanted.length, 'the service looks');
        }
      }
    });

    it('reads tasks, and cancels once', async () => {
      const { client } = connect(acs(), emulator.accountKey);
      const { jobs } = await client.listJobs({}, { token: null, pageSize: 1000 });
      const failed = jobs.find((job) => job.state === 'Error');
      assert.ok(failed);
      const tasks = await client.listTasks(failed.id);
      assert.ok(tasks.length >= 1);
      assert.ok(tasks.some((task) => task.state === 'Error' && task.errors.length > 0));
      const active = jobs.find(
        (job) => job.id !== documentedJobId && (job.state === 'Queued' || job.state === 'Processing'),
      );
      assert.ok(active);
      await client.cancelJob(active.id);
      assert.match((await client.getJob(active.id)).state, /^Cancel(?:ing|ed)$/);
      await failure(client.cancelJob(active.id), 'conflict');
      await failure(client.getJob('nb:jid:UUID:00000000-0000-4000-8000-000000000000'), 'notFound');
      await failure(client.listTasks('nb:jid:UUID:00000000-0000-4000-8000-000000000000'), 'notFound');
    });

    it('reads the details of a job as records of it, and names its assets', async () => {
      const { client } = connect(acs(), emulator.accountKey);
      const { jobs } = await client.listJobs({ states: ['Finished'] }, { token: null, pageSize: 1000 });
      const finished = jobs.find((job) => job.state === 'Finished');
      assert.ok(finished);
      const details = await client.getJobDetails(finished.id);
      assert.deepEqual(details.job, await client.getJob(finished.id));
      assert.deepEqual(details.tasks, await client.listTasks(finished.id));
      assert.equal((details.raw.job as { Id: string }).Id, finished.id);
      assert.equal(details.raw.tasks.length, details.tasks.length);
      for (const task of details.tasks) {
        const events = details.events.get(task.id) ?? [];
        assert.ok(events.length > 0);
        const times = events.map(({ at }) => Number(at));
        assert.deepEqual(
          times,
          times.toSorted((a, b) => a - b),
        );
      }
      const { inputs, outputs } = await client.listJobAssets(finished.id);
      assert.equal(inputs?.length, 1);
      assert.equal(outputs?.length, details.tasks.length);
      assert.ok([...(inputs ?? []), ...(outputs ?? [])].every(({ name }) => name !== ''));
      const unknown = 'nb:jid:UUID:00000000-0000-4000-8000-000000000000';
      assert.equal((await failure(client.getJobDetails(unknown), 'notFound')).status, undefined);
      assert.deepEqual(await client.listJobAssets(unknown), { inputs: null, outputs: null });
    });

    it('changes the priority of a queued job, and deletes a final one', async () => {
      const { client } = connect(acs(), emulator.accountKey);
      const add = (): string => emulator.simulation.add({ name: 'x', tasks: [{ name: 'x', durationMs: 60_000 }] });
      const id = add();
      await client.changePriority(id, 2 ** 31 - 1);
      assert.equal((await client.getJob(id)).priority, 2 ** 31 - 1);
      const refused = await failure(client.deleteJob(id), 'conflict');
      assert.equal(refused.status, dialects === 'allOn' ? 409 : 400);
      assert.match(refused.message, /must be Finished, Error or Canceled/);
      await client.cancelJob(id);
      ahead += 20_000;
      assert.equal((await client.getJob(id)).state, 'Canceled');
      assert.match(
        (await failure(client.changePriority(id, 1), 'conflict')).message,
        /only be changed if the job is in Queued state/,
      );
      await client.deleteJob(id);
      assert.equal((await failure(client.getJob(id), 'notFound')).status, undefined);
      assert.equal((await failure(client.deleteJob(id), 'notFound')).status, 404);
    });

    it('knows the reserved units where the service tells, and learns once where it does not', async () => {
      const { client, exchanges } = connect(acs(), emulator.accountKey);
      const statuses = async (): Promise<unknown[]> => {
        exchanges.length = 0;
        assert.equal(await client.countReservedUnits(), dialects === 'allOn' ? null : 3);
        return exchanges.filter(({ request }) => request.url.includes('/api/')).map(({ response }) => response?.status);
      };
      await client.getJob(documentedJobId);
      assert.deepEqual(await statuses(), dialects === 'allOn' ? [404, 200] : [200]);
      assert.deepEqual(await statuses(), dialects === 'allOn' ? [] : [200]);
    });

    it('cancels, deletes and prioritizes where the service takes it, and hears its words where it does not', async () => {
      const { client, exchanges } = connect(acs(), emulator.accountKey);
      const id = emulator.simulation.add({ name: 'Changes', tasks: [{ name: 'Encode', durationMs: 60_000 }] });
      const gone = 'nb:jid:UUID:00000000-0000-4000-8000-000000000000';
      for (const priority of [7, -1, 2 ** 31 - 1, 0]) {
        await client.changePriority(id, priority);
        assert.equal((await client.getJob(id)).priority, priority);
      }
      for (const priority of [1.5, 2 ** 31, Number.NaN]) {
        exchanges.length = 0;
        await failure(client.changePriority(id, priority), 'badRequest');
        assert.equal(exchanges.length, 0, 'nothing is sent');
      }

      const early = await failure(client.deleteJob(id), 'conflict');
      assert.equal(early.status, dialects === 'allOn' ? 409 : 400);
      assert.match(early.message, /must be Finished, Error or Canceled/);
      assert.ok(early.requestId);
      assert.equal((await client.getJob(id)).state, 'Queued');

      emulator.simulation.force(id, 2);
      const late = await failure(client.changePriority(id, 3), 'conflict');
      assert.equal(late.status, 400);
      assert.equal((await client.getJob(id)).priority, 0);

      await client.cancelJob(id);
      assert.equal((await client.getJob(id)).state, 'Canceling');
      const again = await failure(client.cancelJob(id), 'conflict');
      assert.match(again.message, /cannot be canceled in its current state/);
      ahead += 20_000;
      assert.equal((await client.getJob(id)).state, 'Canceled');

      await client.deleteJob(id);
      await failure(client.getJob(id), 'notFound');
      for (const change of [
        () => client.cancelJob(gone),
        () => client.deleteJob(gone),
        () => client.changePriority(gone, 1),
      ]) {
        assert.equal((await failure(change(), 'notFound')).status, 404);
      }
      exchanges.length = 0;
      await send(`${emulator.admin}faults`, {
        ca: emulator.ca,
        method: 'POST',
        headers: { Authorization: `Bearer ${emulator.adminToken}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ path: '/CancelJob', status: 503 }),
      });
      await failure(client.cancelJob(documentedJobId), 'throttled');
      assert.equal(
        exchanges.filter(({ request }) => request.url.includes('CancelJob')).length,
        1,
        'it is not repeated',
      );
      assert.equal((await client.getJob(documentedJobId)).state, 'Processing');
    });

    it('goes on where a token expires in the middle of a run', async () => {
      for (const [authentication, secret] of [
        [servicePrincipal(), emulator.clientSecret],
        [acs(), emulator.accountKey],
      ] as const) {
        const { client, exchanges } = connect(authentication, secret);
        await client.getJob(documentedJobId);
        exchanges.length = 0;
        ahead += 120_000;
        await client.getJob(documentedJobId);
        assert.deepEqual(
          exchanges.filter(isToApi).map((exchange) => exchange.response?.status),
          [401, 200],
        );
      }
    });
  });
}

describe('the client against the emulator, one dialect at a time', () => {
  let emulator: RunningEmulator;
  let client: ServiceClient;
  let cache: MemoryEndpointCache;
  const exchanges: Exchange[] = [];
  const begin = async (choice: DialectChoice): Promise<void> => {
    emulator = await startQuickEmulator({ jobs: 60, arrivalsPerMinute: 0, dialects: choice });
    cache = new MemoryEndpointCache();
    exchanges.length = 0;
    const authentication = {
      method: 'acs',
      accountName: emulator.accountName,
      acsTokenUrl: emulator.acsTokenUrl,
    } as const;
    const { endpoint, ca, accountKey } = emulator;
    client = createMediaServicesClient({
      account: { name: 'emulator', kind: 'ams', endpoint, authentication, trustedHosts: [], ca },
      clock: systemClock,
      env: {},
      getSecret: async () => accountKey,
      prompts: new ScriptedPrompts(),
      memory: new MemoryLogin(),
      loadIdentity: () => import('../../../src/client/identity.ts'),
      endpointCache: cache,
      onExchange: (exchange) => exchanges.push(exchange),
    });
  };
  afterEach(async () => {
    client.dispose();
    await emulator.close();
  });

  /** Uses everything twice; what the service refused must not be asked for the second time. */
  const useAll = async (): Promise<readonly string[]> => {
    const ids = Array.from({ length: 3 }, (_, n) => `nb:jid:UUID:00000000-0000-4000-8000-00000000000${n}`);
    for (let time = 0; time < 2; time++) {
      exchanges.length = 0;
      await client.listActiveJobs();
      await client.listRunningTasks();
      await client.listDeparted(ids);
      await client.countJobs();
      await client.countReservedUnits();
      await client.listJobs({ states: ['Queued', 'Error'] }, { token: null, pageSize: 5 });
      await client.listJobs({ name: 'x' }, { token: null, pageSize: 5 });
    }
    const refused = exchanges.filter((exchange) => exchange.response?.status !== 200);
    assert.deepEqual(
      refused.map((exchange) => exchange.request.url),
      [],
    );
    return cache.kept === undefined ? [] : (JSON.parse(cache.kept).lacking as string[]);
  };

  for (const [choice, lacking] of [
    [{}, ['ne', 'selectOnTasks', 'or', 'tolower']],
    [{ ne: true }, ['selectOnTasks', 'or', 'tolower']],
    [{ or: true }, ['ne', 'selectOnTasks', 'tolower']],
    [{ 'select-on-tasks': true }, ['ne', 'or', 'tolower']],
    [{ tolower: true }, ['ne', 'selectOnTasks', 'or']],
    [{ 'list-order': 'oldest' }, ['ne', 'selectOnTasks', 'or', 'newestFirst', 'orderby', 'tolower']],
    [{ 'list-order': 'oldest', orderby: true }, ['ne', 'selectOnTasks', 'or', 'newestFirst', 'tolower']],
    [{ 'no-reserved-units': true }, ['ne', 'selectOnTasks', 'or', 'reservedUnits', 'tolower']],
    ['allOn', ['reservedUnits', 'newestFirst']],
  ] satisfies (readonly [DialectChoice, readonly string[]])[]) {
    it(`${JSON.stringify(choice)} lacks ${lacking.join(', ')}`, async () => {
      await begin(choice);
      assert.deepEqual(await useAll(), lacking);
    });
  }

  for (const order of ['oldest', 'shuffled'] as const) {
    for (const orderby of [true, false]) {
      for (const nextLink of [false, 7]) {
        it(`walks through a list in the order ${order}, $orderby ${orderby}, pages of ${nextLink}`, async () => {
          await begin({ 'list-order': order, orderby, nextLink });
          const jobs: JobRecord[] = [];
          let token: string | null = null;
          do {
            const page: Awaited<ReturnType<typeof client.listJobs>> = await client.listJobs(
              {},
              { token, pageSize: 20 },
            );
            assert.equal(page.newestFirst, orderby);
            jobs.push(...page.jobs);
            token = page.next;
          } while (token !== null);
          assert.equal(new Set(jobs.map(({ id }) => id)).size, 61);
          const times = jobs.map(({ created }) => Number(created));
          assert.equal(
            times.every((time, index) => index === 0 || time <= Number(times[index - 1])),
            orderby,
          );
          assert.equal((await client.listActiveJobs()).length, jobs.filter(isActive).length);
        });
      }
    }
  }
});
