import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Endpoint, type EndpointCache } from '../../../src/client/endpoint.ts';
import { type Handler, ScriptedServer } from '../../support/httpsServer.ts';
import { MemoryEndpointCache } from '../../support/memoryEndpointCache.ts';
import { certificates, documentedJob, failure, jobId, makeClient } from './clientFixture.ts';

/** The endpoint of an account at the global root, not on loopback. */
function globalEndpoint(cache: EndpointCache, trustedHosts: readonly string[] = []): Endpoint {
  const endpoint = 'https://media.windows.net/';
  return new Endpoint({ kind: 'ams', endpoint, trustedHosts }, cache);
}

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

  it('reads the Location as the root, relative ones against the request', async () => {
    const api = await start((request) =>
      request.url.startsWith('/moved/api/')
        ? { body: { value: [] } }
        : { status: 301, headers: { Location: '/moved/api?x=1#y' } },
    );
    const { client } = await makeClient({ endpoint: `${api.origin()}/` });
    await client.listTasks(jobId);
    assert.deepEqual(
      api.requests.map((request) => request.url),
      [`/api/Jobs('${encodeURIComponent(jobId)}')/Tasks`, `/moved/api/Jobs('${encodeURIComponent(jobId)}')/Tasks`],
    );
    client.dispose();
  });

  it('goes to no address that holds the token, which would be kept in a file', async () => {
    const api = await start((request) =>
      request.url.includes('pasted')
        ? { body: { value: [] } }
        : { status: 301, headers: { Location: '/x/pasted%2dtoken/api/' } },
    );
    const fixture = await makeClient({ endpoint: `${api.origin()}/` });
    assert.match(
      (await failure(fixture.client.getJob(jobId), 'badReply')).message,
      /^(?!.*pasted).*redirects to nowhere/,
    );
    assert.equal(api.requests.length, 1);
    assert.equal(fixture.kept, undefined);
    assert.doesNotMatch(JSON.stringify(fixture.exchanges), /pasted/);
    fixture.client.dispose();
  });

  it('follows two redirects but not three', async () => {
    const api = await start(jobs);
    const near = await start(() => ({ status: 302, headers: { Location: `${api.origin()}/api/` } }), 'localhost');
    const middle = await start(() => ({ status: 301, headers: { Location: `${near.origin()}/api/` } }), '127.0.0.2');
    const far = await start(() => ({ status: 301, headers: { Location: `${middle.origin()}/api/` } }));
    const two = await makeClient({ endpoint: middle.origin() });
    await two.client.getJob(jobId);
    assert.equal(api.requests.length, 1);
    const three = await makeClient({ endpoint: far.origin() });
    assert.match((await failure(three.client.getJob(jobId), 'untrustedRedirect')).message, /too many/);
    assert.equal(api.requests.length, 1);
    assert.equal(three.kept, undefined);
    two.client.dispose();
    three.client.dispose();
  });

  it('notices a circle, of one server and of two', async () => {
    const one = await start(() => ({ status: 301, headers: { Location: '/api/' } }));
    const single = await makeClient({ endpoint: one.origin() });
    assert.match((await failure(single.client.getJob(jobId), 'untrustedRedirect')).message, /circle/);
    assert.equal(one.requests.length, 1);
    const other = await start(() => ({ status: 301, headers: { Location: `${one.origin()}/api/` } }));
    one.handler = () => ({ status: 301, headers: { Location: `${other.origin()}/api/` } });
    assert.match((await failure(single.client.getJob(jobId), 'untrustedRedirect')).message, /circle/);
    assert.equal(one.requests.length, 2);
    assert.equal(other.requests.length, 1);
    single.client.dispose();
  });

  describe('with a host that is not trusted', () => {
    let listener: ScriptedServer;
    let plain: ScriptedServer;
    const start = async (): Promise<void> => {
      listener = await ScriptedServer.start(jobs, await certificates());
      plain = await ScriptedServer.start(jobs, null);
      servers.push(listener, plain);
    };

    /** An account that is not on loopback, whose answers are scripted: the listener then is just another host. */
    const redirected = async (location: string): Promise<void> => {
      await start();
      const endpoint = globalEndpoint({ load: () => undefined, save: () => undefined });
      const asked = new URL('Jobs()', endpoint.root);
      await failure(
        Promise.resolve().then(() => endpoint.redirectTarget(location.replace('PORT', String(listener.port)), asked)),
      );
    };

    for (const location of [
      'https://127.0.0.1:PORT/api/',
      'https://localhost:PORT/api/',
      'https://[::1]:PORT/api/',
      'https://2130706433:PORT/api/',
      '//127.0.0.1:PORT/api/',
      '\\\\127.0.0.1:PORT/api/',
      'https://media.windows.net@127.0.0.1:PORT/api/',
      'https://media.windows.net:x@127.0.0.1/',
      'https://media.windows.net:PORT/',
      'http://media.windows.net/api/',
      'javascript:alert(1)',
      'data:application/json,{}',
      'file:///etc/passwd',
      'https://',
      'https://media.windows.net.evil.example/api/',
    ]) {
      it(`goes nowhere for ${location}`, () => redirected(location));
    }

    it("sends no token to plain http, another account's host or a look-alike, from a real redirect", async () => {
      await start();
      const root = await ScriptedServer.start(
        () => ({ status: 301, headers: { Location: location } }),
        await certificates(),
      );
      servers.push(root);
      let location = '';
      const { client } = await makeClient({ endpoint: root.origin() });
      for (location of [
        `http://127.0.0.1:${plain.port}/api/`,
        `https://token@127.0.0.1:${listener.port}/api/`,
        `https://localhost.:x@127.0.0.1:${listener.port}/api/`,
        `https://evil.example:${listener.port}/api/`,
        `https://wamsbayclus001rest-hs.cloudapp.net/api/`,
      ]) {
        const error = await failure(client.getJob(jobId), 'untrustedRedirect');
        assert.ok(error.untrustedOrigin && !error.untrustedOrigin.includes('@'), location);
        assert.ok(!error.message.includes('pasted-token'));
      }
      for (location of [`https://127.0.0.1:99999/`, 'http://', '']) {
        await failure(client.getJob(jobId));
      }
      assert.equal(listener.requests.length, 0);
      assert.equal(plain.requests.length, 0);
      client.dispose();
    });
  });

  it('goes where trustedHosts allows, and not on once the entry is gone', async () => {
    const cache = new MemoryEndpointCache();
    const trustedHosts = ['wamsbayclus001rest-hs.cloudapp.net'];
    const first = globalEndpoint(cache, trustedHosts);
    const target = first.redirectTarget('https://wamsbayclus001rest-hs.cloudapp.net/api/', first.root);
    first.keep(target, first.generation);
    assert.equal(globalEndpoint(cache, trustedHosts).root.href, 'https://wamsbayclus001rest-hs.cloudapp.net/api/');
    const withdrawn = globalEndpoint(cache);
    assert.equal(withdrawn.root.href, 'https://media.windows.net/api/');
    assert.equal(cache.kept, undefined);
  });

  for (const kept of [
    'https://evil.example/api/',
    '{"configured":"https://media.windows.net/api/","root":"https://evil.example/api/"}',
    '{"configured":"https://media.windows.net/api/","root":"http://media.windows.net/api/"}',
    '{"configured":"https://other.example/api/","root":"https://contoso.restv2.westus.media.azure.net/api/"}',
    '{"configured":"https://media.windows.net/api/","root":7}',
    'null',
    '{',
    '',
  ]) {
    it(`drops what was kept where it is ${JSON.stringify(kept)}`, async () => {
      const saved: (string | undefined)[] = [];
      const endpoint = globalEndpoint({ load: () => kept, save: (value) => void saved.push(value) });
      assert.equal(endpoint.root.href, 'https://media.windows.net/api/');
      assert.deepEqual(saved, [undefined]);
    });
  }

  for (const [endpoint, expected] of [
    ['https://media.windows.net', 'https://media.windows.net/api/'],
    ['https://media.windows.net/API/', 'https://media.windows.net/API/'],
    ['https://contoso.restv2.westus.media.azure.net/api', 'https://contoso.restv2.westus.media.azure.net/api/'],
    ['https://ams.example/v2//?x#y', 'https://ams.example/v2/'],
  ] as const) {
    it(`takes ${endpoint} for ${expected}`, async () => {
      const { client } = await makeClient({ endpoint });
      assert.equal(client.endpoint, expected);
    });
  }

  for (const endpoint of [
    '',
    'media.windows.net',
    'http://media.windows.net/',
    'https://u:p@media.windows.net/',
    'ftp://x/',
  ]) {
    it(`refuses ${JSON.stringify(endpoint)} as an endpoint`, async () => {
      await failure(makeClient({ endpoint }), 'configuration');
    });
  }

  it('looks for the root again, once, within the request that finds it gone', async () => {
    const gone = await start(jobs);
    const kept = JSON.stringify({ configured: 'ROOT', root: `${gone.origin()}/api/` });
    await gone.stop();
    servers.splice(servers.indexOf(gone), 1);
    const api = await start(jobs, '127.0.0.2');
    const root = await start(() => ({ status: 301, headers: { Location: `${api.origin()}/api/` } }));
    const fixture = await makeClient({
      endpoint: root.origin(),
      kept: kept.replace('ROOT', `${root.origin()}/api/`),
    });
    await fixture.client.getJob(jobId);
    assert.equal(root.requests.length, 1);
    assert.equal(api.requests.length, 1);
    assert.equal(fixture.client.endpoint, `${api.origin()}/api/`);
    fixture.client.dispose();
  });

  it('looks for the root again for all requests that find it gone at the same time', async () => {
    const api = await start(jobs, '127.0.0.2');
    const root = await start(() => ({ status: 301, headers: { Location: `${api.origin()}/api/` } }));
    const fixture = await makeClient({
      endpoint: root.origin(),
      kept: JSON.stringify({ configured: `${root.origin()}/api/`, root: 'https://127.0.0.1:1/api/' }),
    });
    await Promise.all(Array.from({ length: 10 }, () => fixture.client.getJob(jobId)));
    assert.equal(api.requests.length, 10);
    assert.equal(fixture.client.endpoint, `${api.origin()}/api/`);
    fixture.client.dispose();
  });

  it('looks again where a stranger answers at the root, but never repeats a cancel', async () => {
    const stranger = await start(() => ({
      status: 404,
      headers: { 'Content-Type': 'text/html' },
      body: '<html>Nothing here</html>',
    }));
    const api = await start(() => ({ status: 204, headers: { DataServiceVersion: '3.0;' } }), '127.0.0.2');
    const root = await start(() => ({ status: 301, headers: { Location: `${api.origin()}/api/` } }));
    const fixture = await makeClient({
      endpoint: root.origin(),
      kept: JSON.stringify({ configured: `${root.origin()}/api/`, root: `${stranger.origin()}/api/` }),
    });
    await failure(fixture.client.cancelJob(jobId), 'notFound');
    assert.equal(root.requests.length, 0);
    await fixture.client.cancelJob(jobId);
    assert.equal(api.requests.length, 1);
    fixture.client.dispose();
  });

  it('does not look again where the service itself says 404', async () => {
    const api = await start(() => ({
      status: 404,
      body: { 'odata.error': { code: '', message: { lang: 'en-US', value: 'Resource not found' } } },
    }));
    const root = await start(jobs);
    const kept = JSON.stringify({ configured: `${root.origin()}/api/`, root: `${api.origin()}/api/` });
    const fixture = await makeClient({ endpoint: root.origin(), kept });
    assert.match((await failure(fixture.client.listTasks(jobId), 'notFound')).message, /Resource not found/);
    assert.equal(root.requests.length, 0);
    assert.equal(fixture.kept, kept);
    fixture.client.forgetEndpoint();
    assert.equal(fixture.kept, undefined);
    fixture.client.dispose();
  });

  it('does not bring back what was forgotten while it was under way', async () => {
    const api = await start(jobs);
    const root = await start(() => ({ status: 301, headers: { Location: `${api.origin()}/api/` } }));
    const fixture = await makeClient({ endpoint: root.origin() });
    api.handler = (request, response) => {
      fixture.client.forgetEndpoint();
      return jobs(request, response);
    };
    await fixture.client.getJob(jobId);
    assert.equal(fixture.kept, undefined);
    fixture.client.dispose();
  });
});
