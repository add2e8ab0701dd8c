import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Answer, ScriptedServer } from '../../support/httpsServer.ts';
import { certificates, documentedJob, type Fixture, failure, jobId, makeClient } from './clientFixture.ts';

const encodedId = encodeURIComponent(jobId);
const jobOf = (n: number): object => ({
  ...documentedJob,
  Id: `nb:jid:UUID:00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
});
const page = (...rows: object[]): Answer => ({ body: { value: rows } });
const verbose = (results: object[], next?: string): Answer => ({
  headers: { 'Content-Type': 'application/json;odata=verbose;charset=utf-8' },
  body: { d: { results, ...(next === undefined ? {} : { __next: next }) } },
});

describe('MediaServicesClient', () => {
  let api: ScriptedServer;
  let fixture: Fixture;
  const asked = (): string[] => api.requests.map((request) => request.url.replaceAll('%27', "'"));

  before(async () => {
    api = await ScriptedServer.start(() => ({}), await certificates());
  });
  beforeEach(async () => {
    api.requests.length = 0;
    fixture?.client.dispose();
    fixture = await makeClient({ endpoint: `${api.origin()}/api/` });
  });
  after(async () => {
    fixture.client.dispose();
    await api.stop();
  });

  describe('getJob', () => {
    it('asks by filter, as documented', async () => {
      api.handler = () => page(documentedJob);
      assert.equal((await fixture.client.getJob(jobId)).name, documentedJob.Name);
      assert.deepEqual(asked(), [`/api/Jobs()?$filter=Id%20eq%20'${encodedId}'&$top=1`]);
      assert.equal(fixture.exchanges[0]?.jobId, jobId);
    });

    it('reads the verbose form as well', async () => {
      api.handler = () => verbose([{ ...documentedJob, __metadata: {}, Tasks: { __deferred: { uri: 'x' } } }]);
      assert.equal((await fixture.client.getJob(jobId)).state, 'Processing');
    });

    it('takes an empty answer for not found, and another job for a bad reply', async () => {
      api.handler = () => page();
      await failure(fixture.client.getJob(jobId), 'notFound');
      api.handler = () => page(jobOf(1));
      await failure(fixture.client.getJob(jobId), 'badReply');
    });
  });

  it('refuses a malformed id before any request', async () => {
    for (const id of [
      '',
      'x',
      jobId.slice(0, -1),
      `${jobId}' or '1' eq '1`,
      `Jobs('${jobId}')`,
      jobId.replace('jid', 'tid'),
      'nb:jid:UUID:------------------------------------',
    ]) {
      await failure(fixture.client.getJob(id), 'badRequest');
      await failure(fixture.client.listTasks(id), 'badRequest');
      await failure(fixture.client.cancelJob(id), 'badRequest');
    }
    assert.equal(api.requests.length, 0);
  });

  describe('listJobs', () => {
    it('pages by $top and $skip until a page is not full', async () => {
      api.handler = (request) => (request.url.includes('$skip') ? page(jobOf(3)) : page(jobOf(1), jobOf(2)));
      const first = await fixture.client.listJobs({}, { token: null, pageSize: 2 });
      assert.equal(first.jobs.length, 2);
      const second = await fixture.client.listJobs({}, { token: first.next, pageSize: 2 });
      assert.equal(second.jobs.length, 1);
      assert.equal(second.next, null);
      assert.deepEqual(asked(), ['/api/Jobs()?$top=2', '/api/Jobs()?$top=2&$skip=2']);
    });

    it('filters by the number of a state', async () => {
      api.handler = () => page();
      await fixture.client.listJobs({ states: ['Canceling'] }, { token: null, pageSize: 5000 });
      assert.deepEqual(asked(), ['/api/Jobs()?$filter=State%20eq%206&$top=1000']);
    });

    it('follows a next link, absolute or relative, in either form', async () => {
      for (const [answer, expected] of [
        [{ body: { value: [jobOf(1)], 'odata.nextLink': 'Jobs()?$skiptoken=a' } }, '/api/Jobs()?$skiptoken=a'],
        [verbose([jobOf(1)], `${api.origin()}/api/Jobs()?$skiptoken=b`), '/api/Jobs()?$skiptoken=b'],
        [verbose([jobOf(1)], `${api.origin()}/API/Jobs()?$skiptoken=c`), '/api/Jobs()?$skiptoken=c'],
        [verbose([jobOf(1)], `${api.origin('localhost')}/other/Jobs()?$skiptoken=d`), '/other/Jobs()?$skiptoken=d'],
      ] as const) {
        api.requests.length = 0;
        api.handler = () => answer;
        const first = await fixture.client.listJobs({}, { token: null, pageSize: 50 });
        api.handler = () => page(jobOf(2));
        const second = await fixture.client.listJobs({}, { token: first.next, pageSize: 50 });
        assert.equal(second.next, null);
        assert.equal(asked()[1], expected);
        assert.equal(api.tokens.length, 2);
      }
    });

    it('takes no next link to a host that is not trusted, nor a made-up page token', async () => {
      for (const link of [
        'https://evil.example/api/Jobs()',
        'http://127.0.0.1/api/Jobs()',
        '//evil.example/x',
        'https://u@127.0.0.1/',
      ]) {
        api.handler = () => ({ body: { value: [], 'odata.nextLink': link } });
        await failure(fixture.client.listJobs({}, { token: null, pageSize: 1 }), 'untrustedRedirect');
      }
      api.requests.length = 0;
      const token = (link: unknown, skip: unknown = 0): string => JSON.stringify({ query: 'Jobs()?', skip, link });
      const evil = token({ resource: 'https://evil.example/', left: 1 });
      await failure(fixture.client.listJobs({}, { token: evil, pageSize: 1 }), 'untrustedRedirect');
      for (const other of [
        '',
        'x',
        'null',
        '[]',
        token(null, -1),
        token(null, '1'),
        token(undefined),
        token({ resource: 7, left: 1 }),
        token({ resource: 'Jobs()?' }),
        JSON.stringify({ query: 'CancelJob?', skip: 0, link: null }),
      ]) {
        await failure(fixture.client.listJobs({}, { token: other, pageSize: 1 }), 'badRequest');
      }
      assert.equal(api.requests.length, 0);
    });

    it('fails with one typed error where a row is no job', async () => {
      api.handler = () => page(jobOf(1), {});
      await failure(fixture.client.listJobs({}, { token: null, pageSize: 5 }), 'badReply');
    });
  });

  describe('listTasks', () => {
    const task = (n: number): object => ({
      Id: `nb:tid:UUID:${n}`,
      Name: `task ${n}`,
      State: 2,
      Progress: n,
      ErrorDetails: [],
    });

    it('reads all pages', async () => {
      api.handler = (request) =>
        request.url.includes('skiptoken')
          ? page(task(2))
          : { body: { value: [task(1)], 'odata.nextLink': `Tasks?$skiptoken=1` } };
      const tasks = await fixture.client.listTasks(jobId);
      assert.deepEqual(
        tasks.map((each) => each.progress),
        [1, 2],
      );
      assert.deepEqual(asked(), [`/api/Jobs('${encodedId}')/Tasks`, `/api/Jobs('${encodedId}')/Tasks?$skiptoken=1`]);
    });

    it('does not follow pages without end', async () => {
      api.handler = () => ({ body: { value: [], 'odata.nextLink': 'Tasks?again' } });
      await failure(fixture.client.listTasks(jobId), 'badReply');
      assert.ok(api.requests.length <= 100);
    });
  });

  describe('cancelJob', () => {
    it('asks once, as documented', async () => {
      api.handler = () => ({ status: 204 });
      await fixture.client.cancelJob(jobId);
      assert.deepEqual(asked(), [`/api/CancelJob?jobid='${encodedId}'`]);
      assert.equal(api.requests[0]?.method, 'GET');
    });

    it('takes 400 for a state that does not allow it', async () => {
      api.handler = () => ({
        status: 400,
        body: { 'odata.error': { code: '', message: { value: 'Job is Finished' } } },
      });
      const error = await failure(fixture.client.cancelJob(jobId), 'conflict');
      assert.match(error.message, /cannot be canceled.*Job is Finished/);
      assert.equal(error.status, 400);
    });
  });

  it('walks through a connection test step by step', async () => {
    const steps: string[] = [];
    api.handler = () => page();
    assert.deepEqual(await fixture.client.testConnection((step) => steps.push(step)), {
      endpoint: `${api.origin()}/api/`,
    });
    assert.deepEqual(steps, ['signIn', 'query']);
    assert.deepEqual(asked(), ['/api/Jobs()?$top=1']);
  });
});
