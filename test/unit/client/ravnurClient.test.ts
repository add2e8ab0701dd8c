import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { RavnurAccount } from '../../../src/client/account.ts';
import type { ServiceClient } from '../../../src/client/serviceClient.ts';
import type { Clock } from '../../../src/jobs/clock.ts';
import { exchangeText } from '../../support/exchangeText.ts';
import { type Answer, ScriptedServer } from '../../support/httpsServer.ts';
import { SecretSearch } from '../../support/secretSearch.ts';
import { type Connected, connectTo } from '../../support/serviceKinds.ts';
import { certificates, failure, impatientClock } from './clientFixture.ts';
import { jobRecordOf, jwtOf } from './v3Fixture.ts';

const apiKey = 'an-api-key-of-the-console';
const base = '/subscriptions/sub/resourceGroups/a%20group/providers/Microsoft.Media/mediaServices/contoso/transforms';
const version = 'api-version=2022-07-01';
const day = 86_400_000;

interface FakeJob {
  readonly name: string;
  readonly created: number;
  readonly state: string;
}

describe('the client of Ravnur Media Services', () => {
  let server: ScriptedServer;
  let ca: string;
  const clients: ServiceClient[] = [];
  /** The jobs of each transform, the newest first. */
  let transforms: Map<string, FakeJob[]>;
  let pageSize: number;
  let issued: number;
  let isRevoked: (token: string) => boolean;
  let quote: string;
  /** What is added to the time of the client. */
  let ahead: number;
  const clock: Clock = { ...impatientClock, now: () => Date.now() + ahead };

  before(async () => {
    ({ ca } = await certificates());
    server = await ScriptedServer.start(
      ({ method, url, headers, body }) => answer(method, url, headers.authorization, body),
      await certificates(),
    );
  });
  after(() => server.stop());
  beforeEach(() => {
    server.requests.length = 0;
    transforms = new Map();
    pageSize = 100;
    issued = 0;
    isRevoked = () => false;
    quote = '';
    ahead = 0;
  });
  afterEach(() => {
    for (const client of clients.splice(0)) {
      client.dispose();
    }
  });

  const armError = (status: number, code: string, message: string): Answer => ({
    status,
    body: { error: { code, message } },
  });
  const tokenOf = (n: number): string => jwtOf({ exp: Math.floor(Date.now() / 1000) + 3600, n });
  const record = (transform: string, { name, created, state }: FakeJob) => {
    const { id, ...rest } = jobRecordOf(
      { state, created: `${new Date(created).toISOString().slice(0, -1)}4567Z` },
      name,
    );
    return { ...rest, id: id.replace('simpletransformsd', transform) };
  };
  const answer = (method: string, url: string, authorization: string | undefined, body: string): Answer => {
    const { pathname, searchParams } = new URL(url, server.origin());
    if (pathname === '/auth/token') {
      const isGood =
        method === 'POST' && JSON.parse(body).apiKey === apiKey && JSON.parse(body).subscriptionId === 'sub';
      return isGood ? { body: `${quote}${tokenOf(++issued)}${quote}` } : armError(401, 'Unauthorized', `No: ${body}`);
    }
    const token = authorization?.replace('Bearer ', '') ?? '';
    if (token === '' || isRevoked(token)) {
      return armError(401, 'Unauthorized', `Token ${token}`);
    }
    assert.equal(searchParams.get('api-version'), '2022-07-01');
    if (pathname === base) {
      return { body: { value: [...transforms.keys()].map((name) => ({ name })) } };
    }
    const [transform = '', , job, action] = pathname
      .slice(base.length + 1)
      .split('/')
      .map(decodeURIComponent);
    const jobs = transforms.get(transform);
    if (jobs === undefined) {
      return armError(404, 'ResourceNotFound', 'No transform');
    }
    if (job !== undefined) {
      const found = jobs.find(({ name }) => name === job);
      return found && action === undefined ? { body: record(transform, found) } : armError(404, 'NotFound', 'No job');
    }
    const filter = searchParams.get('$filter');
    if (filter?.includes('Microsoft.Media') && filter.includes('plain')) {
      return armError(400, 'BadRequest', 'No types here');
    }
    const isMeant = ({ state }: FakeJob): boolean =>
      filter === null || !filter.includes(' ne ') || state === 'Processing';
    const all = jobs.filter(isMeant);
    const skip = Number(searchParams.get('$skiptoken') ?? 0);
    const next =
      skip + pageSize < all.length
        ? { '@odata.nextLink': `${server.origin()}${pathname}?${version}&$skiptoken=${skip + pageSize}` }
        : {};
    return { body: { value: all.slice(skip, skip + pageSize).map((one) => record(transform, one)), ...next } };
  };
  const connect = (secret = apiKey): Connected => {
    const account: RavnurAccount = {
      ...{ name: 'contoso', kind: 'ravnur', endpoint: server.origin(), trustedHosts: [], ca },
      ...{ subscriptionId: 'sub', resourceGroup: 'a group', accountName: 'contoso' },
      authentication: { method: 'apiKey' },
    };
    const connected = connectTo(account, secret, { clock });
    clients.push(connected.client);
    return connected;
  };
  /** What was asked since the last time, without what every request has. */
  const asked = (): readonly string[] => {
    const urls = server.requests.map(({ url }) => decodeURIComponent(url.replace(base, '').replace(version, '')));
    server.requests.length = 0;
    return urls;
  };
  const job = (name: string, created: number, state = 'Finished'): FakeJob => ({ name, created, state });
  const firstPage = { token: null, pageSize: 4 } as const;

  it('gets its token with the API key, as bare text or in quotes, and another one when it is refused', async () => {
    const { client } = connect();
    for (const text of ['', '"']) {
      quote = text;
      client.forgetToken();
      await client.testConnection(() => undefined);
      assert.equal(server.requests.at(-1)?.headers.authorization, `Bearer ${tokenOf(issued)}`);
    }
    assert.deepEqual(JSON.parse(server.requests[0]?.body ?? ''), { subscriptionId: 'sub', apiKey });
    const revoked = tokenOf(issued);
    isRevoked = (token) => token === revoked;
    await client.testConnection(() => undefined);
    assert.equal(issued, 3);
    // It lives as long as it says.
    ahead = 3_300_000;
    await client.testConnection(() => undefined);
    assert.equal(issued, 4);
  });

  it('lists the newest jobs of all transforms, with as few requests as it takes', async () => {
    const now = Date.now();
    transforms = new Map([
      ['a', [9, 8, 3, 2].map((n) => job(`a${n}`, now + n * 1000))],
      ['b', [7, 6, 5, 4].map((n) => job(`b${n}`, now + n * 1000))],
      ['old', [1, 0].map((n) => job(`old${n}`, now + n * 1000))],
      ['none', []],
    ]);
    pageSize = 3;
    const { client } = connect();
    const names: string[] = [];
    const requests: number[] = [];
    for (let next: string | null = null; requests.length === 0 || next !== null; ) {
      server.requests.length = 0;
      const page: Awaited<ReturnType<ServiceClient['listJobs']>> = await client.listJobs(
        {},
        { ...firstPage, token: next },
      );
      requests.push(server.requests.length);
      names.push(...page.jobs.map(({ name }) => name));
      assert.equal(page.newestFirst, true);
      next = page.next;
    }
    assert.deepEqual(names, ['a9', 'a8', 'b7', 'b6', 'b5', 'b4', 'a3', 'a2', 'old1', 'old0']);
    // Token, transforms and four lists; then two pages of each but the last list, which has one.
    assert.deepEqual(requests, [6, 5]);
  });

  it('asks each transform once a poll, for the newest and the active jobs together', async () => {
    const now = Date.now();
    transforms = new Map(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [
        name,
        [job(`${name}1`, now, 'Processing'), job(`${name}0`, now - 1000)],
      ]),
    );
    const { client } = connect();
    const { signal } = new AbortController();
    const poll = async (): Promise<readonly string[]> => {
      const [page, active] = await Promise.all([client.listJobs({}, firstPage, signal), client.listActiveJobs(signal)]);
      assert.equal(page.jobs.length, 4);
      assert.equal(active.filter(({ state }) => state === 'Processing').length, 6);
      return asked();
    };
    assert.equal((await poll()).length, 8);
    for (let turn = 0; turn < 5; turn++) {
      assert.equal((await poll()).length, 6);
    }
    ahead = 4 * 60_000;
    assert.equal((await poll()).length, 7, 'and the transforms every few minutes');
  });

  it('asks quiet transforms once a minute, until a job is seen in one', async () => {
    const now = Date.now();
    transforms = new Map([
      ['busy', [job('busy', now)]],
      ['quiet', [job('quiet', now - 2 * day)]],
      ['empty', []],
      ['stuck', [job('stuck', now - 9 * day, 'Processing')]],
    ]);
    const { client } = connect();
    const poll = async (): Promise<number> => {
      const active = await client.listActiveJobs();
      assert.equal(
        active.some(({ name }) => name === 'stuck'),
        true,
      );
      return asked().length;
    };
    assert.equal(await poll(), 6);
    assert.equal(await poll(), 2);
    ahead = 61_000;
    assert.equal(await poll(), 4);
    transforms.set('empty', [job('new', now, 'Processing')]);
    assert.equal(await poll(), 2);
    assert.equal((await client.getJob('transforms/empty/jobs/new')).state, 'Processing');
    asked();
    assert.equal(await poll(), 3);
    await client.deleteJob('transforms/quiet/jobs/quiet');
    transforms.set('quiet', []);
    const { jobs } = await client.listJobs({}, { token: null, pageSize: 50 });
    assert.ok(!jobs.some(({ name }) => name === 'quiet'), 'what was deleted does not come back');
    transforms = new Map([...transforms].map(([name]) => [name, []]));
    transforms.set('stuck', [job('stuck', now - 9 * day)]);
    ahead = 10 * 60_000;
    for (let turn = 0; turn < 3; turn++) {
      await client.listActiveJobs();
      assert.ok(asked().length >= 4, 'where all are quiet, the service is asked all the same');
    }
  });

  it('lets go of a transform that is gone, and finds a new one', async () => {
    const now = Date.now();
    transforms = new Map([
      ['a', [job('a', now)]],
      ['b', [job('b', now - 1)]],
    ]);
    const { client } = connect();
    const names = async (): Promise<readonly string[]> =>
      (await client.listJobs({}, firstPage)).jobs.map(({ name }) => name);
    assert.deepEqual(await names(), ['a', 'b']);
    transforms.delete('b');
    assert.deepEqual(await names(), ['a']);
    asked();
    assert.deepEqual(await names(), ['a']);
    assert.equal(asked().length, 1, 'it is not asked for any more');
    transforms.set('c', [job('c', now + 1)]);
    assert.equal((await client.getJob('transforms/c/jobs/c')).name, 'c');
    assert.deepEqual(await names(), ['c', 'a']);
    const gone = await failure(client.getJob('transforms/b/jobs/b'), 'notFound');
    assert.equal(gone.status, undefined);
    assert.deepEqual(
      await client.listDeparted(['transforms/b/jobs/b', 'transforms/a/jobs/a']).then((jobs) => jobs.length),
      1,
    );
  });

  it('writes states by their type, and times as bare text', async () => {
    transforms = new Map([['a', [job('a', Date.now())]]]);
    const { client } = connect();
    await client.listJobs({ states: ['Error', 'Canceled'], createdFrom: Date.UTC(2026, 0, 2), name: 'x' }, firstPage);
    assert.equal(
      asked().at(-1),
      "/a/jobs?&$filter=(properties/state eq Microsoft.Media.JobState'Error' or properties/state eq Microsoft.Media.JobState'Canceled') and properties/created ge 2026-01-02T00:00:00Z&$orderby=properties/created desc",
    );
    assert.equal(client.capabilities.filter.name, false);
  });

  it('says what is wrong with the key or the account', async () => {
    const refused = await failure(connect('another-api-key').client.listActiveJobs(), 'signIn');
    assert.match(refused.message, /^The service refuses the subscription ID or the API key: No: .*<redacted>/);
    assert.equal(
      (
        await failure(
          connect('')
            .client.countJobs()
            .then(() => connect('').client.listActiveJobs()),
          'secretMissing',
        )
      ).message,
      'Sign in to enter the API key of the account: contoso',
    );
    const handler = server.handler;
    server.handler = ({ url }) => (url === '/auth/token' ? { body: 'no token' } : {});
    await failure(connect().client.listActiveJobs(), 'badReply');
    server.handler = ({ url }) =>
      url === '/auth/token' ? { body: tokenOf(1) } : armError(404, 'ResourceNotFound', 'x');
    const unknown = await failure(connect().client.listActiveJobs(), 'configuration');
    assert.match(unknown.message, /^The service has no such account\. Check/);
    assert.equal(unknown.remedy, 'editAccount');
    await failure(connect().client.getJob('transforms/a/jobs/a'), 'configuration');
    server.handler = handler;
  });

  it('shows the details of an error as errors of their own', async () => {
    const error = {
      ...{
        code: 'DownloadNotAccessible',
        message: 'The source is not there.',
        category: 'Download',
        retry: 'MayRetry',
      },
      details: [{ code: 'HttpStatusCode', message: '404' }],
    };
    const outputs = [{ label: 'x_0', state: 'Error', progress: 5, error }];
    const handler = server.handler;
    server.handler = ({ url }) =>
      url === '/auth/token' ? { body: tokenOf(1) } : { body: jobRecordOf({ state: 'Finished', outputs }) };
    const { client } = connect();
    const found = await client.getJob('transforms/simpletransformsd/jobs/job-7326300f');
    assert.equal(found.state, 'Finished');
    assert.deepEqual(found.tasks?.[0]?.errors, [
      { code: 'DownloadNotAccessible', message: 'The source is not there.', category: 'Download', retry: 'MayRetry' },
      { code: 'HttpStatusCode', message: '404' },
    ]);
    server.handler = handler;
  });

  it('lets key and token into no exchange, error or address', async () => {
    transforms = new Map([['a', []]]);
    const { client, exchanges } = connect();
    await client.listJobs({}, firstPage);
    isRevoked = () => true;
    const error = await failure(client.listJobs({}, firstPage), 'signIn');
    const search = new SecretSearch([
      { name: 'key', value: apiKey },
      ...Array.from({ length: issued }, (_, n) => ({ name: 'token', value: tokenOf(n + 1) })),
    ]);
    assert.deepEqual(search.in('error', `${error.message}\n${error.stack}`), []);
    assert.ok(exchanges.length >= 5);
    for (const exchange of exchanges) {
      assert.deepEqual(search.in(exchange.request.url, exchangeText(exchange)), []);
    }
    assert.ok(server.requests.every(({ url }) => search.in('url', url).length === 0));
  });
});
