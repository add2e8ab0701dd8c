import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { type Handler, ScriptedServer } from '../../support/httpsServer.ts';
import { certificates, documentedJob, failure, jobId, makeClient } from './clientFixture.ts';

const jobs: Handler = () => ({ body: { value: [documentedJob] } });

describe('finding the API root', () => {
  const servers: ScriptedServer[] = [];
  const start = async (handler: Handler, host?: string, secure = true): Promise<ScriptedServer> => {
    const server = await ScriptedServer.start(handler, secure ? await certificates() : null, host);
    servers.push(server);
    return server;
  };
  before(certificates);
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  after(() => assert.equal(servers.length, 0));

  it('asks once where the configured endpoint is right', async () => {
    const api = await start(jobs);
    const { client } = await makeClient({ endpoint: `${api.origin()}/api/` });
    const job = await client.getJob(jobId);
    assert.equal(job.state, 'Processing');
    assert.equal(api.requests.length, 1);
    client.dispose();
  });

  for (const status of [301, 302, 307, 308]) {
    it(`follows ${status} to another host, sends the token again, and remembers the root`, async () => {
      const api = await start(jobs, '127.0.0.2');
      const root = await start(() => ({ status, headers: { Location: `${api.origin()}/api/` } }));
      const fixture = await makeClient({ endpoint: `${root.origin('localhost')}/` });
      await fixture.client.getJob(jobId);
      assert.deepEqual(root.tokens, ['pasted-token']);
      assert.deepEqual(api.tokens, ['pasted-token']);
      await fixture.client.getJob(jobId);
      assert.equal(root.requests.length, 1);
      assert.equal(api.requests.length, 2);
      assert.equal(root.requests[0]?.url.startsWith('/api/Jobs()?$filter='), true);
      assert.equal(fixture.client.endpoint, `${api.origin()}/api/`);

      const restarted = await makeClient({ endpoint: `${root.origin('localhost')}/`, kept: fixture.kept ?? '' });
      await restarted.client.getJob(jobId);
      assert.equal(root.requests.length, 1);
      fixture.client.dispose();
      restarted.client.dispose();
    });
  }

  it('refuses an untrusted host before anything goes there', async () => {
    const root = await start(() => ({ status: 301, headers: { Location: 'https://evil.example/api/' } }));
    const { client } = await makeClient({ endpoint: root.origin() });
    const error = await failure(client.getJob(jobId), 'untrustedRedirect');
    assert.equal(error.untrustedOrigin, 'https://evil.example');
    client.dispose();
  });
});
