import assert from 'node:assert/strict';
import { globalAgent } from 'node:https';
import { after, before, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { HttpSender } from '../../../src/client/httpSender.ts';
import { systemClock } from '../../../src/jobs/clock.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { type Answer, type Handler, ScriptedServer } from '../../support/httpsServer.ts';
import { processorMs } from '../../support/processorTime.ts';
import { MemoryLogin, ScriptedPrompts } from '../../support/signInPrompts.ts';
import { certificates, documentedJob, type Fixture, failure, jobId, makeClient } from './clientFixture.ts';

const found: Answer = { body: { value: [documentedJob] } };

describe('the way a request goes', () => {
  let api: ScriptedServer;
  let fixture: Fixture;

  before(async () => {
    api = await ScriptedServer.start(() => found, await certificates());
  });
  beforeEach(async () => {
    api.requests.length = 0;
    api.handler = () => found;
    fixture?.client.dispose();
    fixture = await makeClient({ endpoint: `${api.origin()}/api/` });
  });
  after(async () => {
    fixture.client.dispose();
    await api.stop();
  });

  it('sends the headers of the documented exchange', async () => {
    await fixture.client.getJob(jobId);
    await fixture.client.getJob(jobId);
    const [first, second] = api.requests.map((request) => request.headers);
    assert.equal(first?.['dataserviceversion'], '1.0;NetFx');
    assert.equal(first?.['maxdataserviceversion'], '3.0;NetFx');
    assert.equal(first?.accept, 'application/json');
    assert.equal(first?.['accept-charset'], 'UTF-8');
    assert.equal(first?.authorization, 'Bearer pasted-token');
    assert.equal(first?.['x-ms-version'], '2.19');
    assert.equal(first?.['user-agent'], 'media-services-jobs');
    assert.match(String(first?.['x-ms-client-request-id']), /^[0-9a-f-]{36}$/);
    assert.notEqual(first?.['x-ms-client-request-id'], second?.['x-ms-client-request-id']);
  });

  it('reports the exchange without the token, even where the service echoes it', async () => {
    api.handler = () => ({
      status: 400,
      headers: {
        'x-echo': 'pasted-token',
        'Set-Cookie': 'ARRAffinity=planted',
        'x-ms-request-id': '91d2be35',
        'Content-Type': 'text/plain',
      },
      body: 'Do not like Bearer pasted-token',
    });
    const error = await failure(fixture.client.getJob(jobId), 'badRequest');
    assert.match(error.message, /Do not like Bearer <redacted>/);
    assert.equal(error.status, 400);
    assert.equal(error.requestId, '91d2be35');
    const [exchange] = fixture.exchanges;
    assert.equal(exchange?.account, 'contoso');
    assert.equal(exchange?.jobId, jobId);
    assert.equal(exchange?.response?.status, 400);
    assert.equal(exchange?.response?.body, 'Do not like Bearer <redacted>');
    assert.deepEqual(
      exchange?.request.headers.find(([name]) => name === 'Authorization'),
      ['Authorization', 'Bearer <redacted>'],
    );
    assert.equal(/pasted-token|planted/.test(JSON.stringify(fixture.exchanges)), false);
  });

  it('reports the headers of the response in the order and spelling of the wire', async () => {
    const wire = {
      'X-Zebra': 'z',
      'x-ms-request-id': '91d2be35',
      Server: 'Microsoft-IIS/8.5',
      DataServiceVersion: '3.0;',
    };
    api.handler = () => ({ ...found, headers: wire });
    await Promise.all([fixture.client.getJob(jobId), fixture.client.getJob(jobId)]);
    assert.equal(fixture.exchanges.length, 2);
    for (const { response } of fixture.exchanges) {
      const names = (response?.headers ?? []).map(([name]) => name);
      assert.deepEqual(names.slice(0, 5), ['Content-Type', ...Object.keys(wire)]);
      assert.equal(response?.headers.find(([name]) => name === 'Server')?.[1], 'Microsoft-IIS/8.5');
    }
  });

  it('takes secrets out of a body only when someone reads it, and shows no more than its beginning', async () => {
    const echo = 'pasted-token '.repeat(10);
    api.handler = () => ({ ...found, body: { ...(found.body as object), echo } });
    await fixture.client.getJob(jobId);
    const message = fixture.exchanges[0]?.response;
    assert.equal(typeof Object.getOwnPropertyDescriptor(message, 'body')?.get, 'function');
    assert.equal(message?.body, JSON.stringify({ value: [documentedJob], echo: '<redacted> '.repeat(10) }));
    assert.equal(message?.body, message?.body);
    assert.equal(message?.headers, message?.headers, 'worked out once');
    assert.deepEqual(Object.keys(message ?? {}).sort(), ['body', 'headers', 'status', 'statusText']);
    const mebibyte = 1024 * 1024;
    api.handler = () => ({ body: { value: [documentedJob], echo: `${'x'.repeat(mebibyte)}pasted-token` } });
    await fixture.client.getJob(jobId);
    const body = fixture.exchanges.at(-1)?.response?.body ?? '';
    assert.equal(body.length, mebibyte + 1);
    assert.ok(body.endsWith('x…'));
  });

  it('uses its connections again', async () => {
    const sockets = new Set<unknown>();
    api.handler = (_request, response) => {
      sockets.add(response.socket);
      return found;
    };
    for (let count = 0; count < 5; count++) {
      await fixture.client.getJob(jobId);
    }
    assert.equal(sockets.size, 1);
  });

  it("uses connections again without an agent of its own, as every account's service is asked", async () => {
    const sockets = new Set<unknown>();
    api.handler = (_request, response) => {
      sockets.add(response.socket);
      return found;
    };
    globalAgent.options.ca = (await certificates()).ca;
    const sender = new HttpSender({ account: 'a', clock: systemClock, onExchange: () => undefined });
    for (let count = 0; count < 5; count++) {
      const { reply } = await sender.send({ method: 'GET', url: new URL(api.origin()), headers: [] });
      assert.equal(reply?.status, 200);
    }
    assert.equal(sockets.size, 1);
    sender.dispose();
    delete globalAgent.options.ca;
    globalAgent.destroy();
  });

  it('does not mind a listener that throws', async () => {
    const { client } = await makeClient({
      endpoint: `${api.origin()}/api/`,
      onExchange: () => {
        throw new Error('planted');
      },
    });
    assert.equal((await client.getJob(jobId)).id, jobId);
    client.dispose();
  });

  for (const [status, kind, requests] of [
    [400, 'badRequest', 1],
    [401, 'signIn', 1],
    [403, 'permission', 1],
    [404, 'notFound', 1],
    [405, 'badRequest', 1],
    [407, 'unreachable', 1],
    [408, 'unreachable', 3],
    [409, 'conflict', 1],
    [410, 'notFound', 1],
    [418, 'badRequest', 1],
    [429, 'throttled', 1],
    [500, 'unreachable', 3],
    [501, 'unreachable', 1],
    [502, 'unreachable', 3],
    [503, 'throttled', 1],
    [504, 'unreachable', 3],
    [204, 'badReply', 1],
    [303, 'badReply', 1],
    [304, 'badReply', 1],
  ] as const) {
    it(`takes ${status} for ${kind} after ${requests} request${requests > 1 ? 's' : ''}, and sends a cancel once`, async () => {
      const clock = new FakeClock();
      const { client } = await makeClient({ endpoint: `${api.origin()}/api/`, clock });
      api.handler = () => ({ status, headers: { 'x-ms-request-id': 'r1', 'Content-Type': 'text/html' }, body: '' });
      const pending = failure(client.getJob(jobId), kind);
      let done = false;
      void pending.finally(() => {
        done = true;
      });
      while (!done) {
        // Only the back-off runs on this clock; time-outs are longer than all of it.
        await clock.advance(100);
      }
      const error = await pending;
      assert.equal(error.status, status);
      assert.equal(api.requests.length, requests);
      assert.equal(clock.pendingTimers, 0);
      api.requests.length = 0;
      if (status !== 204) {
        await failure(client.cancelJob(jobId));
        assert.equal(api.requests.length, 1);
      }
      client.dispose();
    });
  }

  it('gives a passing failure 200 to 400 ms, then 400 to 800 ms', async () => {
    for (const [random, first, second] of [
      [0, 200, 400],
      [0.999999, 400, 800],
    ] as const) {
      const clock = new FakeClock();
      const { client } = await makeClient({ endpoint: `${api.origin()}/api/`, clock, random: () => random });
      api.requests.length = 0;
      api.handler = () => (api.requests.length < 3 ? { status: 502, body: '' } : found);
      const pending = client.getJob(jobId);
      const waits: number[] = [];
      for (const request of [1, 2]) {
        while (api.requests.length < request || (clock.nextTimerIn ?? 30_000) >= 30_000) {
          await clock.advance(0);
        }
        waits.push(Math.round(clock.nextTimerIn ?? 0));
        await clock.advance(clock.nextTimerIn ?? 0);
      }
      assert.deepEqual(waits, [first, second]);
      assert.equal((await pending).id, jobId);
      client.dispose();
    }
  });

  it('reads Retry-After in seconds and as a date', async () => {
    const date = 'Thu, 01 Jan 2015 00:00:00 GMT';
    for (const [value, expected] of [
      ['7', 7000],
      ['Thu, 01 Jan 2015 00:02:00 GMT', 120_000],
      ['Wed, 31 Dec 2014 00:00:00 GMT', 0],
      ['soon', undefined],
      ['-1', undefined],
      ['1e3', undefined],
    ] as const) {
      api.handler = () => ({ status: 503, headers: { 'Retry-After': value, Date: date }, body: 'Server is busy.' });
      const error = await failure(fixture.client.getJob(jobId), 'throttled');
      assert.equal(error.retryAfterMs, expected, value);
      assert.match(error.message, /Server is busy\./);
    }
  });

  it("finds the service's message in every form of error", async () => {
    const message = 'Parsing request content failed';
    for (const [type, body] of [
      [
        'application/json;odata=verbose;charset=utf-8',
        `{"error":{"code":"","message":{"lang":"en-US","value":"${message}"}}}`,
      ],
      [
        'application/json;odata=minimalmetadata',
        `{"odata.error":{"code":"","message":{"lang":"en-US","value":"${message}"}}}`,
      ],
      ['application/json', `{"error":{"code":"x","message":"${message}"}}`],
      [
        'application/xml',
        `<?xml version="1.0"?><m:error xmlns:m="x"><m:code /><m:message xml:lang="en-US">${message}</m:message></m:error>`,
      ],
      ['application/atom+xml', `<error><message>${message}</message></error>`],
      ['text/html', `<!DOCTYPE html><html><head><title>${message}</title></head><body>more</body></html>`],
      ['text/html', `<html><body><h2>${message}</h2></body></html>`],
      ['text/plain', `${message}\u0000\u001b[31m\n\u202e`],
    ] as const) {
      api.handler = () => ({ status: 400, headers: { 'Content-Type': type }, body });
      const error = await failure(fixture.client.getJob(jobId), 'badRequest');
      assert.ok(
        error.message.startsWith(`The service does not accept the request: ${message}`),
        `${body} ${error.message}`,
      );
      assert.equal(/[\p{Cc}\u202e]/u.test(error.message), false);
    }
    for (const body of [
      '',
      '{',
      '{}',
      '{"error":7}',
      '<m:error/>',
      'x'.repeat(100_000),
      '<'.repeat(100_000),
      '<message>'.repeat(20_000),
    ]) {
      api.handler = () => ({ status: 400, headers: { 'Content-Type': 'text/plain' }, body });
      const took = await processorMs(async () => {
        assert.ok((await failure(fixture.client.getJob(jobId), 'badRequest')).message.length < 600);
      });
      assert.ok(took < 1000, `${took} ms`);
    }
  });

  it('recognises an answer that is not from Media Services', async () => {
    for (const answer of [
      { headers: { 'Content-Type': 'text/html' }, body: '<html>Sign in to the guest network</html>' },
      { headers: { 'Content-Type': 'application/json' }, body: '{"value":[' },
      { headers: { 'Content-Type': 'application/json' }, body: '' },
      { headers: { 'Content-Type': 'application/json' }, body: '[]' },
      { headers: { 'Content-Type': 'application/jsonp' }, body: '{"value":[]}' },
    ]) {
      api.handler = () => answer;
      await failure(fixture.client.getJob(jobId), 'badReply');
    }
  });

  it('repeats after a lost connection, and reports a body cut short each time', async () => {
    const { client } = await makeClient({ endpoint: `${api.origin()}/api/` });
    const drop: Handler = (_request, response) => {
      response.socket?.destroy();
      return undefined;
    };
    api.handler = (request, response) => (api.requests.length < 3 ? drop(request, response) : found);
    assert.equal((await client.getJob(jobId)).id, jobId);
    api.requests.length = 0;
    api.handler = drop;
    assert.match((await failure(client.getJob(jobId), 'unreachable')).message, /closed before an answer/);
    assert.equal(api.requests.length, 3);
    api.requests.length = 0;
    await failure(client.cancelJob(jobId), 'unreachable');
    assert.equal(api.requests.length, 1);
    api.requests.length = 0;
    api.handler = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
      response.write('{"value":[');
      setTimeout(() => response.socket?.destroy(), 10);
      return undefined;
    };
    assert.match((await failure(client.getJob(jobId), 'badReply')).message, /too early/);
    assert.equal(api.requests.length, 3);
    client.dispose();
  });

  it('stops reading a body that is too large, also one that is small before it is decompressed', async () => {
    const limits = { headMs: 30_000, wholeMs: 30_000, bodyBytes: 100_000 };
    const { client } = await makeClient({ endpoint: `${api.origin()}/api/`, limits });
    let written = 0;
    api.handler = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(10_000))) {
          written += 10_000;
        }
      };
      response.on('drain', more);
      more();
      return undefined;
    };
    assert.match((await failure(client.getJob(jobId), 'badReply')).message, /too large/);
    assert.ok(written < 50_000_000);
    api.handler = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(5_000_000, 'x')));
      return undefined;
    };
    assert.match((await failure(client.getJob(jobId), 'badReply')).message, /too large/);
    assert.equal(api.requests.length, 2);
    client.dispose();
  });

  it('does not wait for ever, neither for the head nor for the body', async () => {
    const clock = new FakeClock();
    const { client } = await makeClient({ endpoint: `${api.origin()}/api/`, clock });
    const stalls = async (handler: Handler, afterMs: number): Promise<void> => {
      api.requests.length = 0;
      api.handler = handler;
      const pending = failure(client.getJob(jobId), 'unreachable');
      while (api.requests.length === 0 || clock.pendingTimers === 0) {
        await clock.advance(0);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      await clock.advance(afterMs);
      assert.match((await pending).message, /in time/);
      assert.equal(api.requests.length, 1);
      assert.equal(clock.pendingTimers, 0);
    };
    await stalls(() => undefined, 30_000);
    await stalls((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write('{');
      return undefined;
    }, 90_000);
    client.dispose();
  });

  it('stops at once when the caller gives up or the client is disposed of', async () => {
    api.handler = () => undefined;
    const controller = new AbortController();
    const given = failure(fixture.client.getJob(jobId, controller.signal), 'aborted');
    const closed = failure(fixture.client.listTasks(jobId), 'aborted');
    while (api.requests.length < 2) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    controller.abort();
    await given;
    fixture.client.dispose();
    await closed;
    await failure(fixture.client.getJob(jobId), 'aborted');
    await failure(fixture.client.getJob(jobId, AbortSignal.abort()), 'aborted');
    assert.equal(api.requests.length, 2);
  });

  it('stops waiting for a repetition when the caller gives up', async () => {
    api.handler = () => ({ status: 500, body: '' });
    const clock = new FakeClock();
    const { client } = await makeClient({ endpoint: `${api.origin()}/api/`, clock });
    const controller = new AbortController();
    const pending = failure(client.getJob(jobId, controller.signal), 'aborted');
    while (clock.pendingTimers !== 1) {
      await clock.advance(0);
    }
    controller.abort();
    await pending;
    assert.equal(clock.pendingTimers, 0);
    client.dispose();
  });

  it('says what is wrong with the connection', async () => {
    const plain = await ScriptedServer.start(() => found, null);
    for (const [endpoint, expected] of [
      ['https://127.0.0.1:1/', /refused.*: 127\.0\.0\.1:1$/],
      [`https://127.0.0.1:${plain.port}/`, /No secure connection/],
      [`https://127.0.0.3:${api.port}/`, /refused|another host/],
      ['https://no-such-host.invalid/', /host/],
    ] as const) {
      const { client } = await makeClient({ endpoint });
      const error = await failure(client.getJob(jobId), 'unreachable');
      assert.match(error.message, expected);
      client.dispose();
    }
    await plain.stop();
    const { createMediaServicesClient } = await import('../../../src/client/clientBundle.ts');
    const untrusting = createMediaServicesClient({
      account: {
        name: 'a',
        kind: 'ams',
        endpoint: api.origin(),
        authentication: { method: 'token' },
        trustedHosts: [],
      },
      clock: systemClock,
      env: {},
      getSecret: async () => 'pasted-token',
      prompts: new ScriptedPrompts(),
      memory: new MemoryLogin(),
      loadIdentity: () => Promise.reject(new Error('not needed')),
      endpointCache: { load: () => undefined, save: () => undefined },
      onExchange: () => undefined,
    });
    assert.match(
      (await failure(untrusting.getJob(jobId), 'unreachable')).message,
      /certificate of the server is not trusted/,
    );
    assert.equal(api.requests.length, 0);
    assert.ok(ServiceError.is(await untrusting.getJob('x').catch((error: unknown) => error)));
    untrusting.dispose();
  });
});
