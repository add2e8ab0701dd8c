import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { MkioAccount } from '../../../src/client/account.ts';
import { listMkioProjects, type MediaServicesClientOptions } from '../../../src/client/clientBundle.ts';
import type { ServiceClient } from '../../../src/client/serviceClient.ts';
import { systemClock } from '../../../src/jobs/clock.ts';
import type { Exchange } from '../../../src/jobs/exchange.ts';
import { exchangeText } from '../../support/exchangeText.ts';
import { type Answer, type Handler, ScriptedServer } from '../../support/httpsServer.ts';
import { SecretSearch } from '../../support/secretSearch.ts';
import { type Connected, connectTo } from '../../support/serviceKinds.ts';
import { recordedAssetInput, recordedJob } from '../emulator/mkio/recordedJob.ts';
import { certificates, failure, impatientClock } from './clientFixture.ts';
import { jobRecordOf, jwtOf, mkioError } from './v3Fixture.ts';

const token = jwtOf({ exp: Math.floor(Date.now() / 1000) + 86_400, sub: 'user', email: 'user@domain.com' });
const jobId = 'transforms/simpletransformsd/jobs/job-7326300f';
const jobUrl = '/api/v1/projects/my%20project/media/transforms/simpletransformsd/jobs/job-7326300f';
const listUrl = '/api/v1/projects/my%20project/media/jobs?$orderby=properties/created%20desc&$top=50';
const firstPage = { token: null, pageSize: 50 } as const;

describe('the client of MK.IO', () => {
  let server: ScriptedServer;
  let ca: string;
  const clients: ServiceClient[] = [];

  before(async () => {
    ({ ca } = await certificates());
    server = await ScriptedServer.start(() => ({}), await certificates());
  });
  after(() => server.stop());
  beforeEach(() => {
    server.requests.length = 0;
  });
  afterEach(() => {
    for (const client of clients.splice(0)) {
      client.dispose();
    }
  });

  const connect = (
    more: Partial<MkioAccount> = {},
    secret: string = token,
    options: Partial<MediaServicesClientOptions> = {},
  ): Connected => {
    const account: MkioAccount = {
      ...{ name: 'contoso', kind: 'mkio', endpoint: server.origin(), project: 'my project', trustedHosts: [], ca },
      authentication: { method: 'token' },
      ...more,
    };
    const connected = connectTo(account, secret, { clock: impatientClock, ...options });
    clients.push(connected.client);
    return connected;
  };
  const answers = (table: Readonly<Record<string, Answer>>): Handler => {
    return ({ method, url }) => {
      const path = url.split('?')[0] ?? '';
      return table[`${method} ${url}`] ?? table[`${method} ${path}`] ?? { status: 404, body: mkioError('x', url, 404) };
    };
  };
  const urls = (): readonly string[] => server.requests.map(({ method, url }) => `${method} ${url}`);
  const list = (jobs: readonly unknown[], more: object = {}): Answer => ({
    body: { value: jobs, supplemental: { kind: 'jobs', pagination: { total: jobs.length } }, ...more },
  });

  it('reads a recorded job with its output as a task', async () => {
    server.handler = answers({ [`GET ${jobUrl}`]: { body: recordedJob } });
    const { client } = connect();
    assert.deepEqual(await client.getJob(jobId), {
      id: jobId,
      name: 'job-7326300f',
      state: 'Finished',
      created: Date.parse('2024-03-27T15:33:58.451Z'),
      lastModified: Date.parse('2024-03-27T15:36:43.395Z'),
      started: Date.parse('2024-03-27T15:36:31Z'),
      ended: Date.parse('2024-03-27T15:36:36Z'),
      priority: 2,
      runningDurationMs: 5_000,
      tasks: [
        {
          id: '0',
          name: 'BuiltInStandardEncoderPreset_0',
          state: 'Finished',
          progress: 100,
          started: Date.parse('2024-03-27T15:36:31Z'),
          ended: Date.parse('2024-03-27T15:36:36Z'),
          runningDurationMs: 5_000,
          errors: [],
        },
      ],
    });
    const [request] = server.requests;
    assert.equal(request?.headers.authorization, `Bearer ${token}`);
    assert.equal(request?.headers.accept, 'application/json');
    const details = await client.getJobDetails(jobId);
    assert.deepEqual(details.raw.job, recordedJob);
    assert.deepEqual(details.raw.tasks, recordedJob.properties.outputs);
    assert.deepEqual(await client.listJobAssets(jobId), {
      inputs: [recordedJob.properties.input.files[0]].map((name) => ({ id: name, name })),
      outputs: [{ id: 'output-b19d8b84', name: 'output-b19d8b84' }],
    });
  });

  it('takes what may be missing or new as unknown', async () => {
    const outputs = [
      { label: null, assetName: 'out', state: null, progress: null, startTime: null },
      { state: 'Melting', progress: 250, error: { code: 'DownloadNotAccessible', message: 'Gone', retry: 'MayRetry' } },
    ];
    const { startTime: _start, ...properties } = recordedJob.properties;
    const odd = { ...properties, state: 'Paused', priority: 'Urgent', outputs, input: recordedAssetInput };
    server.handler = answers({ [`GET ${jobUrl}`]: { body: { ...recordedJob, properties: odd } } });
    const { client } = connect();
    const job = await client.getJob(jobId);
    assert.deepEqual(
      [job.state, job.priority, job.started, job.runningDurationMs],
      ['Unknown(Paused)', null, null, null],
    );
    assert.deepEqual(
      job.tasks?.map(({ name, state, progress, errors }) => ({ name, state, progress, errors })),
      [
        { name: 'out', state: 'Queued', progress: null, errors: [] },
        {
          name: '',
          state: 'Unknown(Melting)',
          progress: 100,
          errors: [{ code: 'DownloadNotAccessible', message: 'Gone', retry: 'MayRetry' }],
        },
      ],
    );
    assert.deepEqual((await client.listJobAssets(jobId)).inputs, [{ id: 'asset-ec0688cc', name: 'asset-ec0688cc' }]);
  });

  it('asks the older family of addresses where the account names a subscription', async () => {
    server.handler = answers({
      'GET /api/ams/old/jobs': list([recordedJob]),
      'GET /api/ams/old/transforms/simpletransformsd/jobs/job-7326300f': { body: recordedJob },
    });
    const { client } = connect({ project: undefined, subscription: 'old' });
    assert.equal((await client.listJobs({}, firstPage)).jobs.length, 1);
    assert.equal((await client.getJob(jobId)).id, jobId);
    assert.ok(server.tokens.every((sent) => sent === token));
  });

  it('writes queries without a plus, and each value encoded', async () => {
    server.handler = () => list([]);
    const { client } = connect();
    await client.listJobs({ states: ['Error'], createdFrom: Date.UTC(2026, 5, 26, 1, 2, 3, 4) }, firstPage);
    await client.listJobs({ name: 'a&b 1' }, firstPage);
    assert.deepEqual(urls(), [
      `GET /api/v1/projects/my%20project/media/jobs?$filter=${encodeURIComponent("properties/state eq 'Error' and properties/created ge 2026-06-26T01:02:03Z").replaceAll("'", '%27')}&$orderby=properties/created%20desc&$top=50`,
      `GET /api/v1/projects/my%20project/media/jobs?$filter=${encodeURIComponent("contains(tolower(name),'a&b 1') and contains(name,' 1')").replaceAll("'", '%27')}&$orderby=properties/created%20desc&$top=50`,
    ]);
  });

  it('shares one request between the newest jobs and the active ones of the same poll', async () => {
    server.handler = () => list([jobRecordOf({ state: 'Processing' })]);
    const { client } = connect();
    const { signal } = new AbortController();
    for (let polls = 1; polls <= 3; polls++) {
      const [page, active] = await Promise.all([client.listJobs({}, firstPage, signal), client.listActiveJobs(signal)]);
      assert.deepEqual(page.jobs, active);
      assert.deepEqual(
        urls(),
        Array.from({ length: polls }, () => `GET ${listUrl}`),
      );
    }
    // Whoever gives up ends a request of their own.
    const other = new AbortController();
    const [given, kept] = [client.listJobs({}, firstPage, other.signal), client.listJobs({}, firstPage, signal)];
    other.abort();
    await failure(given, 'aborted');
    assert.equal((await kept).jobs.length, 1);
  });

  it('asks for more than the newest page only where that leaves a gap', async () => {
    const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
    const job = (minute: number, state: string) => jobRecordOf({ state, created: at(minute) }, `job-${minute}`);
    let states = new Map<number, string>();
    let filters = 0;
    server.handler = ({ url }) => {
      const query = new URL(url, server.origin()).searchParams;
      const newest = [...states].sort(([a], [b]) => b - a).map(([minute, state]) => job(minute, state));
      const single = /job-(\d+)$/.exec(url)?.[1];
      if (single !== undefined) {
        return { body: job(Number(single), states.get(Number(single)) ?? 'Finished') };
      }
      if (query.has('$filter')) {
        filters++;
        return list(newest.filter(({ properties }) => properties.state !== 'Finished'));
      }
      const size = Number(query.get('$top'));
      return list(
        newest.slice(0, size),
        newest.length > size ? { '@odata.nextLink': `${url}&$skiptoken=${size}` } : {},
      );
    };
    const { client } = connect();
    const look = async (): Promise<readonly string[]> => {
      server.requests.length = 0;
      filters = 0;
      const { signal } = new AbortController();
      const page = { token: null, pageSize: 5 };
      const [, active] = await Promise.all([client.listJobs({}, page, signal), client.listActiveJobs(signal)]);
      return active.filter(({ state }) => state === 'Processing').map(({ name }) => name);
    };
    states = new Map(Array.from({ length: 20 }, (_, minute) => [minute, minute < 2 ? 'Processing' : 'Finished']));
    assert.deepEqual(await look(), ['job-1', 'job-0']);
    assert.deepEqual([server.requests.length, filters], [2, 1], 'the first time, one for all');
    assert.deepEqual((await look()).toSorted(), ['job-0', 'job-1']);
    assert.deepEqual([server.requests.length, filters], [2, 1], 'two that are older than the page, in one');
    states.set(0, 'Finished');
    assert.deepEqual(await look(), ['job-1']);
    assert.deepEqual(await look(), ['job-1']);
    assert.deepEqual([server.requests.length, filters], [2, 0], 'one that is older, by its id');
    states.set(1, 'Finished');
    assert.deepEqual(await look(), [], 'which says that it has ended');
    states.set(20, 'Processing');
    assert.deepEqual(await look(), ['job-20']);
    assert.deepEqual(server.requests.length, 1, 'all is on the page');
    for (let minute = 21; minute < 40; minute++) {
      states.set(minute, minute === 25 ? 'Processing' : 'Finished');
    }
    assert.deepEqual((await look()).toSorted(), ['job-20', 'job-25']);
    assert.deepEqual([server.requests.length, filters], [2, 1], 'a gap');
  });

  it('takes 404 of a list for none once the project is known', async () => {
    const missing: Answer = { status: 404, body: mkioError('not_found', 'No job', 404) };
    server.handler = answers({
      'GET /api/v1/projects/my%20project/media/jobs': missing,
      'GET /api/v1/projects/my%20project/media/transforms': { body: { value: [] } },
    });
    const { client } = connect();
    for (let turn = 0; turn < 3; turn++) {
      assert.deepEqual(await client.listJobs({}, firstPage), { jobs: [], next: null, newestFirst: true });
    }
    assert.equal(urls().filter((url) => url.includes('/transforms')).length, 1, 'asked once');
    assert.equal(await client.countJobs(), 0);
    const error = await failure(client.getJob(jobId), 'notFound');
    assert.equal(error.status, undefined);
  });

  it('knows a project from the list of projects, where it has no transforms either', async () => {
    server.handler = answers({
      'GET /api/v1/projects': { body: { value: [{ name: 'other' }, { name: 'my project' }] } },
    });
    assert.deepEqual((await connect().client.listJobs({}, firstPage)).jobs, []);
    const error = await failure(connect({ project: 'their project' }).client.listJobs({}, firstPage), 'configuration');
    assert.equal(error.message, 'MK.IO has no project that the token may see by this name: their project');
    assert.equal(error.status, 404);
    assert.equal(error.remedy, 'editAccount');
    // And a job of it is not gone for good.
    await failure(connect({ project: 'their project' }).client.getJob(jobId), 'configuration');
    server.handler = () => ({ status: 404, headers: { 'Content-Type': 'text/html' }, body: '<title>No site</title>' });
    assert.equal((await failure(connect().client.getJob(jobId), 'notFound')).status, 404);
  });

  it('says what the service said, and what the token lacks', async () => {
    const { client } = connect();
    server.handler = () => ({ status: 403, body: mkioError('forbidden', 'No right', 403) });
    const rights = [
      [() => client.listJobs({}, firstPage), 'ams.job.get'],
      [() => client.cancelJob(jobId), 'ams.job.create'],
      [() => client.deleteJob(jobId), 'ams.job.delete'],
    ] as const;
    for (const [ask, right] of rights) {
      const error = await failure(ask(), 'permission');
      assert.equal(error.message, `The token lacks the capability ${right}: No right (forbidden)`);
      assert.equal(error.requestId, 'ref-7f3a');
    }
    server.handler = () => ({ status: 400, body: { error: 'as it was once', status: 400, ref: 'r' } });
    const old = await failure(client.countJobs(), 'badRequest');
    assert.equal(old.message, 'The service does not accept the request: as it was once');
    server.handler = () => ({
      status: 429,
      headers: { 'Retry-After': '7' },
      body: mkioError('slow', 'Slow down', 429),
    });
    const busy = await failure(client.countJobs(), 'throttled');
    assert.equal(busy.retryAfterMs, 7_000);
    assert.match(busy.message, /^The project had more requests in this minute than MK\.IO allows/);
  });

  it('changes a priority with input and outputs as they are, and deletes what is gone already', async () => {
    const queued = jobRecordOf({ state: 'Queued', priority: 'Low' });
    server.handler = answers({
      [`GET ${jobUrl}`]: { body: queued },
      [`PATCH ${jobUrl}`]: { body: queued },
      [`DELETE ${jobUrl}`]: { status: 204 },
      [`POST ${jobUrl}/cancelJob`]: { status: 409, body: mkioError('conflict', 'It has ended', 409) },
    });
    const { client } = connect();
    await client.changePriority(jobId, 2);
    const { input, outputs } = recordedJob.properties;
    assert.deepEqual(JSON.parse(server.requests.at(-1)?.body ?? ''), {
      properties: { priority: 'High', input, outputs },
    });
    await client.deleteJob(jobId);
    const error = await failure(client.cancelJob(jobId), 'conflict');
    assert.equal(
      error.message,
      'The job cannot be canceled in its present state. The service refuses this in the present state: It has ended (conflict)',
    );
    await failure(client.changePriority(jobId, 3), 'badRequest');
    await failure(client.getJob('transforms/../jobs/..'), 'badRequest');
  });

  it('goes on where a link of any form says, and ends where links go round', async () => {
    const path = '/api/v1/projects/my%20project/media/jobs?$skiptoken=';
    const forms = [
      (at: number) => `${path}${at}`,
      (at: number) => encodeURIComponent(`${path}${at}`),
      (at: number) => `${server.origin()}${path}${at}`,
      (at: number) => encodeURIComponent(`${server.origin()}${path}${at}`),
    ];
    for (const form of forms) {
      server.handler = ({ url }) => {
        const at = Number(new URL(url, server.origin()).searchParams.get('$skiptoken') ?? 0);
        return list([jobRecordOf({}, `job-${at}`)], at < 3 ? { '@odata.nextLink': form(at + 1) } : {});
      };
      const { client } = connect();
      const names: string[] = [];
      for (let next: string | null = null, pages = 0; pages === 0 || next !== null; pages++) {
        const page: Awaited<ReturnType<ServiceClient['listJobs']>> = await client.listJobs(
          {},
          { ...firstPage, token: next },
        );
        names.push(...page.jobs.map(({ name }) => name));
        next = page.next;
      }
      assert.deepEqual(names, ['job-0', 'job-1', 'job-2', 'job-3']);
    }
    for (const length of [1, 2, 3, 7]) {
      let pages = 0;
      server.handler = ({ url }) => {
        const at = Number(new URL(url, server.origin()).searchParams.get('$skiptoken') ?? 0);
        return list([jobRecordOf({ state: 'Processing' }, `job-${pages++}`)], {
          '@odata.nextLink': `${path}${(at % length) + 1}`,
        });
      };
      const { client } = connect();
      await failure(client.listActiveJobs(), 'badReply');
      const all = async (): Promise<void> => {
        for (let next: string | null = null, first = true; first || next !== null; first = false) {
          ({ next } = await client.listJobs({}, { ...firstPage, token: next }));
        }
      };
      assert.match((await failure(all(), 'badReply')).message, /^The service does not come to an end/);
      assert.ok(server.requests.length < 400);
    }
  });

  it('tells when its personal API token expires, as far as that says so', async () => {
    const expiresAt = Math.floor(Date.now() / 1000) + 3 * 86_400;
    const expiries: (number | null)[] = [];
    const onIdentity = (_identity: string | null, at: number | null): void => void expiries.push(at);
    server.handler = answers({ 'GET /api/v1/projects/my%20project/media/jobs': list([]) });
    for (const pasted of [` Bearer ${jwtOf({ exp: expiresAt })} `, jwtOf({})]) {
      await connect({}, pasted, { onIdentity }).client.countJobs();
    }
    assert.deepEqual(expiries, [expiresAt * 1000, null]);
  });

  it('takes a personal API token and nothing else, and says when it is over', async () => {
    for (const pasted of [
      'plain',
      'a.b.c',
      'ExpiresOn=1700000000',
      `${token}.more`,
      `${token}\n${token}`,
      `${token}ü`,
    ]) {
      const error = await failure(connect({}, pasted).client.countJobs(), 'signIn');
      assert.match(error.message, /^The pasted text is no personal API token\./);
    }
    const old = await failure(connect({}, jwtOf({ exp: 1_700_000_000 })).client.countJobs(), 'signIn');
    assert.match(old.message, /^The personal API token has expired\./);
    assert.equal(
      (await failure(connect({}, '').client.countJobs(), 'secretMissing')).message,
      'Sign in to enter the token of the account: contoso',
    );
    assert.deepEqual(server.requests, []);
    server.handler = () => ({ status: 401, body: mkioError('unauthorized', 'Revoked', 401) });
    const revoked = await failure(connect().client.countJobs(), 'signIn');
    assert.match(revoked.message, /^The token expired or was revoked\. Create a new personal API token/);
    assert.equal(server.requests.length, 1, 'it is not sent again');
    assert.throws(() => connect({ project: '..' }), /The account needs the name of its project: contoso/);
  });

  it('lists projects before there is an account', async () => {
    const exchanges: Exchange[] = [];
    const options = {
      endpoint: server.origin(),
      token,
      clock: systemClock,
      ca,
      onExchange: (one: Exchange) => exchanges.push(one),
    };
    for (const body of [{ value: [{ name: 'b' }, { name: 'a' }, { id: 1 }, null] }, [{ name: 'b' }, { name: 'a' }]]) {
      server.handler = answers({ 'GET /api/v1/projects': { body } });
      assert.deepEqual(await listMkioProjects(options), ['b', 'a']);
    }
    assert.equal(exchanges.length, 2);
    await failure(listMkioProjects({ ...options, token: 'x' }), 'signIn');
    await failure(listMkioProjects({ ...options, endpoint: 'http://h/' }), 'configuration');
  });

  it('lets the token into no exchange, error or address', async () => {
    const search = new SecretSearch([{ name: 'token', value: token }]);
    const echo: Handler = ({ url, headers }) => ({
      status: Number(/top=1$/.test(url) ? 500 : 400),
      body: mkioError('echo', `${headers.authorization} ${encodeURIComponent(token)}`, 400),
    });
    server.handler = echo;
    const { client, exchanges } = connect();
    const asks = [
      () => client.countJobs(),
      () => client.listJobs({}, firstPage),
      () => client.getJob(jobId),
      () => client.cancelJob(jobId),
    ];
    for (const ask of asks) {
      const error = await failure(ask());
      assert.deepEqual(search.in('error', `${error.message} ${error.requestId} ${error.stack}`), []);
    }
    assert.ok(exchanges.length > 4);
    for (const exchange of exchanges) {
      assert.deepEqual(search.in('exchange', `${exchangeText(exchange)} ${exchange.error}`), []);
    }
    assert.ok(server.requests.every(({ url }) => search.in('url', url).length === 0));
  });
});
