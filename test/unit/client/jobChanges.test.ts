import assert from 'node:assert/strict';
import { afterEach, before, describe, it } from 'node:test';
import type { ServiceClient } from '../../../src/client/serviceClient.ts';
import { type Answer, type Handler, ScriptedServer } from '../../support/httpsServer.ts';
import { certificates, documentedJob, failure, jobId, makeClient } from './clientFixture.ts';

const encodedId = encodeURIComponent(jobId);
const job = `/api/Jobs('${encodedId}')`;
const done: Answer = { status: 204, headers: { DataServiceVersion: '1.0;' } };
const refusal = (status: number, words: string): Answer => ({
  status,
  headers: { DataServiceVersion: '3.0;', 'x-ms-request-id': 'r1' },
  body: { 'odata.error': { code: '', message: { lang: 'en-US', value: words } } },
});

/** What is sent, and the refusal in words. */
const changes = [
  {
    name: 'deleteJob',
    method: 'DELETE',
    body: '',
    sentence: /^The job cannot be deleted in its present state\. /,
    run: (client: ServiceClient) => client.deleteJob(jobId),
  },
  {
    name: 'changePriority',
    method: 'MERGE',
    body: '{"Priority":7}',
    sentence: /^The priority cannot be changed in the present state of the job\. /,
    run: (client: ServiceClient) => client.changePriority(jobId, 7),
  },
] as const;

for (const { name, method, body, sentence, run } of changes) {
  describe(name, () => {
    const servers: ScriptedServer[] = [];
    const clients: ServiceClient[] = [];
    const start = async (handler: Handler, host?: string): Promise<ScriptedServer> => {
      const server = await ScriptedServer.start(handler, await certificates(), host);
      servers.push(server);
      return server;
    };
    const connect = async (options: Parameters<typeof makeClient>[0]) => {
      const fixture = await makeClient(options);
      clients.push(fixture.client);
      return fixture;
    };
    const sent = (server: ScriptedServer): string[] =>
      server.requests.map((request) => `${request.method} ${request.url.replaceAll('%27', "'")} ${request.body}`);

    before(certificates);
    afterEach(async () => {
      for (const client of clients.splice(0)) {
        client.dispose();
      }
      await Promise.all(servers.splice(0).map((server) => server.stop()));
    });

    it('is sent once, and takes 204 for done', async () => {
      const api = await start(() => done);
      const { client, exchanges } = await connect({ endpoint: `${api.origin()}/api/` });
      assert.equal(await run(client), undefined);
      assert.deepEqual(sent(api), [`${method} ${job} ${body}`]);
      const [request] = api.requests;
      assert.equal(request?.headers['content-type'], body === '' ? undefined : 'application/json');
      assert.equal(request?.headers['x-ms-version'], '2.19');
      assert.deepEqual(
        exchanges.map((exchange) => [exchange.jobId, exchange.request.method, exchange.request.body]),
        [[jobId, method, body]],
      );
    });

    for (const status of [400, 409]) {
      it(`takes ${status} for a conflict, in the words of the service`, async () => {
        const api = await start(() => refusal(status, 'Only then <b>and</b> no sooner'));
        const { client } = await connect({ endpoint: `${api.origin()}/api/` });
        const error = await failure(run(client), 'conflict');
        assert.match(error.message, sentence);
        assert.ok(error.message.endsWith('Only then <b>and</b> no sooner'), error.message);
        assert.deepEqual([error.status, error.requestId], [status, 'r1']);
        assert.equal(api.requests.length, 1);
      });
    }

    for (const [status, kind] of [
      [403, 'permission'],
      [404, 'notFound'],
      [429, 'throttled'],
      [500, 'unreachable'],
      [503, 'throttled'],
    ] as const) {
      it(`takes ${status} for ${kind}, without asking again`, async () => {
        const api = await start(() => refusal(status, 'No.'));
        const { client } = await connect({ endpoint: `${api.origin()}/api/` });
        const error = await failure(run(client), kind);
        assert.equal(error.status, status);
        assert.equal(api.requests.length, 1);
      });
    }

    it('is not repeated after a lost connection, nor after an answer cut short', async () => {
      const api = await start((_request, response) => {
        response.socket?.destroy();
        return undefined;
      });
      const { client } = await connect({ endpoint: `${api.origin()}/api/` });
      await failure(run(client), 'unreachable');
      assert.equal(api.requests.length, 1);
      api.handler = (_request, response) => {
        response.writeHead(200, { 'Content-Length': '100' });
        response.write('x');
        setTimeout(() => response.socket?.destroy(), 10);
        return undefined;
      };
      await failure(run(client));
      assert.equal(api.requests.length, 2);
    });

    for (const status of [301, 307]) {
      it(`follows ${status} to the API root, the same and with the token`, async () => {
        const api = await start(() => done, '127.0.0.2');
        const root = await start(() => ({ status, headers: { Location: `${api.origin()}/api/` } }));
        const { client } = await connect({ endpoint: root.origin() });
        await run(client);
        assert.deepEqual(sent(root), [`${method} ${job} ${body}`]);
        assert.deepEqual(sent(api), [`${method} ${job} ${body}`]);
        assert.deepEqual([root.tokens, api.tokens], [['pasted-token'], ['pasted-token']]);
        assert.equal(client.endpoint, `${api.origin()}/api/`);
        await run(client);
        assert.deepEqual([root.requests.length, api.requests.length], [1, 2]);
      });
    }

    it('sends nothing to a host that is not trusted', async () => {
      const root = await start(() => ({ status: 301, headers: { Location: 'https://evil.example/api/' } }));
      const { client } = await connect({ endpoint: root.origin() });
      const error = await failure(run(client), 'untrustedRedirect');
      assert.equal(error.untrustedOrigin, 'https://evil.example');
      assert.equal(root.requests.length, 1);
    });

    it('is not sent to another root where the one in use does not answer any more', async () => {
      const stranger = await start(() => ({ status: 404, headers: { 'Content-Type': 'text/html' }, body: '<html>' }));
      const api = await start(() => done, '127.0.0.2');
      const root = await start(() => ({ status: 301, headers: { Location: `${api.origin()}/api/` } }));
      const kept = JSON.stringify({ configured: `${root.origin()}/api/`, root: `${stranger.origin()}/api/` });
      const { client } = await connect({ endpoint: root.origin(), kept });
      await failure(run(client), 'notFound');
      assert.deepEqual([stranger.requests.length, root.requests.length, api.requests.length], [1, 0, 0]);
      await run(client);
      assert.deepEqual([stranger.requests.length, root.requests.length, api.requests.length], [1, 1, 1]);
    });

    it('renews the token once after a 401', async () => {
      let issued = 0;
      const acs = await start(() => ({
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ token_type: 'bearer', access_token: `t${++issued}`, expires_in: '3600' }),
      }));
      const api = await start((request) => (request.headers.authorization === 'Bearer t2' ? done : { status: 401 }));
      const { client } = await connect({
        endpoint: `${api.origin()}/api/`,
        authentication: { method: 'acs', accountName: 'contoso', acsTokenUrl: `${acs.origin()}/v2/OAuth2-13` },
      });
      await run(client);
      assert.deepEqual(api.tokens, ['t1', 't2']);
      assert.deepEqual(new Set(sent(api)), new Set([`${method} ${job} ${body}`]));
      api.handler = () => ({ status: 401 });
      await failure(run(client), 'signIn');
      assert.deepEqual(api.tokens, ['t1', 't2', 't2', 't3']);
    });

    it('ends with its signal', async () => {
      const api = await start((_request, response) => {
        setTimeout(() => response.end(), 60_000).unref();
        return undefined;
      });
      const { client } = await connect({ endpoint: `${api.origin()}/api/` });
      const controller = new AbortController();
      const pending = failure(
        name === 'deleteJob'
          ? client.deleteJob(jobId, controller.signal)
          : client.changePriority(jobId, 7, controller.signal),
        'aborted',
      );
      while (api.requests.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      controller.abort();
      await pending;
    });
  });
}

describe('before anything is sent', () => {
  it('malformed ids and priorities that the service cannot hold are refused', async () => {
    const api = await ScriptedServer.start(
      ({ method }) => (method === 'MERGE' ? done : { body: { value: [documentedJob] } }),
      await certificates(),
    );
    const { client } = await makeClient({ endpoint: `${api.origin()}/api/` });
    for (const id of ['', 'x', `${jobId}')/Tasks('`, jobId.replace('jid', 'tid')]) {
      for (const asked of [
        client.deleteJob(id),
        client.changePriority(id, 1),
        client.getJobDetails(id),
        client.listJobAssets(id),
      ]) {
        await failure(asked, 'badRequest');
      }
    }
    for (const priority of [2 ** 31, -(2 ** 31) - 1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      await failure(client.changePriority(jobId, priority), 'badRequest');
    }
    assert.equal(api.requests.length, 0);
    for (const priority of [2 ** 31 - 1, -(2 ** 31), 0]) {
      await client.changePriority(jobId, priority);
    }
    assert.deepEqual(
      api.requests.map(({ body }) => body),
      ['{"Priority":2147483647}', '{"Priority":-2147483648}', '{"Priority":0}'],
    );
    client.dispose();
    await api.stop();
  });
});
