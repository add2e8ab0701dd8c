import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { RunningEmulator } from '../../../src/emulator/emulator.ts';
import {
  acsToken,
  type BareReply,
  documentedHeaders,
  entraToken,
  getJson,
  send,
} from '../../support/emulatorRequests.ts';
import { startQuickEmulator } from '../../support/quickEmulator.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
const documentedId = 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1';
const unknownId = 'nb:jid:UUID:00000000-0000-4000-8000-00000000dead';

describe('through the admin interface', () => {
  let now: number;
  let emulator: RunningEmulator;
  let token: string;

  beforeEach(async () => {
    now = start;
    emulator = await startQuickEmulator({ now: () => now, arrivalsPerMinute: 0, jobs: 4 });
    token = await acsToken(emulator);
  });
  afterEach(() => emulator.close());

  async function ask(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; json: Record<string, unknown> }> {
    const reply = await send(`${emulator.admin}${path}`, {
      ca: emulator.ca,
      method,
      headers: { Authorization: `Bearer ${emulator.adminToken}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: reply.status, json: JSON.parse(reply.text) };
  }
  async function set(path: string, body: unknown): Promise<Record<string, unknown>> {
    const { status, json } = await ask('POST', path, body);
    assert.equal(status, 200, JSON.stringify(json));
    return json;
  }
  const get = (path: string, headers: Record<string, string> = {}): Promise<BareReply> =>
    send(`${emulator.endpoint}${path}`, { ca: emulator.ca, headers: { ...documentedHeaders(token), ...headers } });

  it('nothing is done without its token or with another content type', async () => {
    const attempts: [string, string][] = [
      ['POST', 'faults'],
      ['DELETE', 'faults'],
      ['POST', 'clock'],
      ['POST', 'dialects'],
      ['POST', 'jobs'],
      ['POST', 'jobs/advance'],
      ['POST', 'jobs/fail'],
    ];
    for (const [method, path] of attempts) {
      const body = method === 'POST' ? '{}' : '';
      const url = `${emulator.admin}${path}`;
      const json = { 'Content-Type': 'application/json' };
      assert.equal((await send(url, { ca: emulator.ca, method, headers: json, body })).status, 401, path);
      const headers = { Authorization: `Bearer ${emulator.adminToken}` };
      assert.equal((await send(url, { ca: emulator.ca, method, headers, body })).status, 415, path);
      const foreign = { ...headers, ...json, Host: 'attacker.example' };
      const reply = await send(url, { ca: emulator.ca, method, headers: foreign, body, serverName: 'localhost' });
      assert.equal(reply.status, 421, path);
    }
    assert.equal(emulator.simulation.size, 5);
  });

  describe('a fault', () => {
    it('answers with a status, by path, verb and count, and then no more', async () => {
      await set('faults', { path: '/Jobs', status: 503, count: 2 });
      assert.equal((await get('Tasks?$top=1')).status, 200);
      for (const path of ['Jobs?$top=1', 'Jobs()?$top=1']) {
        const reply = await get(path);
        assert.equal(reply.status, 503);
        assert.match(JSON.parse(reply.text)['odata.error'].message.value, /^Server is busy/);
      }
      assert.equal((await get('Jobs?$top=1')).status, 200);
      await set('faults', { path: "Jobs('nb:jid", method: 'DELETE', status: 500, message: 'Out of order' });
      assert.equal((await get(`Jobs('${documentedId}')`)).status, 200);
      const headers = { ...documentedHeaders(token), Accept: 'application/atom+xml' };
      const address = `${emulator.endpoint}Jobs('${encodeURIComponent(documentedId)}')`;
      const removed = await send(address, { ca: emulator.ca, method: 'DELETE', headers });
      assert.equal(removed.status, 500);
      assert.match(removed.text, /<m:message xml:lang="en-US">Out of order</);
    });

    it('waits', async () => {
      await set('faults', { path: 'Jobs', delayMs: 150 });
      const began = performance.now();
      assert.equal((await get('Jobs?$top=1')).status, 200);
      assert.ok(performance.now() - began >= 145);
    });

    it('drops the connection, and nothing is done', async () => {
      const [active] = [...emulator.simulation.activeJobs()];
      await set('faults', { path: 'CancelJob', drop: true });
      await assert.rejects(get(`CancelJob?jobid='${active?.id}'`), /socket hang up|ECONNRESET/);
      assert.equal(emulator.simulation.find(active?.id ?? '')?.state, active?.state);
      assert.equal((await get(`CancelJob?jobid='${active?.id}'`)).status, 204);
    });

    it('cuts the body in half', async () => {
      await set('faults', { path: 'Jobs', cutBody: true });
      await assert.rejects(get('Jobs'), /aborted/);
      assert.equal((await get('Jobs')).status, 200);
    });

    it('says a wrong content type', async () => {
      await set('faults', { path: 'Jobs', contentType: 'text/html' });
      const reply = await get('Jobs?$top=1');
      assert.equal(reply.headers['content-type'], 'text/html');
      assert.ok(JSON.parse(reply.text));
    });

    it('reaches the root and both sign-ins too, but not the admin interface', async () => {
      await set('faults', { status: 500, count: 3 });
      const root = await send(emulator.root, { ca: emulator.ca, headers: documentedHeaders(token) });
      assert.equal(root.status, 500);
      await assert.rejects(acsToken(emulator), /No token: 500 .*injected_fault/);
      await assert.rejects(entraToken(emulator), /No token: 500/);
      await set('faults', { path: 'oauth2', cutBody: true, delayMs: 1 });
      await assert.rejects(entraToken(emulator), /aborted/);
      await entraToken(emulator);
    });

    it('can be seen and taken back', async () => {
      await set('faults', { path: 'a', status: 500, count: 3 });
      await set('faults', { path: 'b', drop: true });
      const { json } = await ask('GET', 'faults');
      assert.deepEqual(json, {
        faults: [
          { id: 1, path: 'a', status: 500, left: 3 },
          { id: 2, path: 'b', drop: true, left: 1 },
        ],
      });
      assert.equal((await ask('GET', 'status')).json['faults'], 2);
      assert.deepEqual((await ask('DELETE', 'faults')).json, { faults: [] });
    });

    it('must be one', async () => {
      for (const body of [
        {},
        { path: 'Jobs' },
        { status: 200 },
        { status: '500' },
        { delayMs: -1 },
        { drop: 'yes' },
        { drop: true, count: 0 },
        { drop: true, colour: 1 },
        { contentType: 'a\r\nb' },
        [],
      ]) {
        assert.equal((await ask('POST', 'faults', body)).status, 400, JSON.stringify(body));
      }
    });
  });

  describe('the clock', () => {
    it('can be set, put ahead, made faster, stopped and reset', async () => {
      assert.deepEqual(await set('clock', { time: '2027-01-01T00:00:00Z' }), {
        time: '2027-01-01T00:00:00.000Z',
        speed: 1,
      });
      now += 1000;
      assert.equal((await ask('GET', 'clock')).json['time'], '2027-01-01T00:00:01.000Z');
      assert.equal((await set('clock', { aheadSeconds: 59 }))['time'], '2027-01-01T00:01:00.000Z');
      await set('clock', { speed: 60 });
      now += 1000;
      assert.equal((await ask('GET', 'clock')).json['time'], '2027-01-01T00:02:00.000Z');
      await set('clock', { speed: 0 });
      now += 1000;
      assert.equal((await ask('GET', 'clock')).json['time'], '2027-01-01T00:02:00.000Z');
      assert.deepEqual(await set('clock', {}), { time: new Date(now).toISOString(), speed: 1 });
    });

    it('is what jobs, tokens and Date go by', async () => {
      const [active] = [...emulator.simulation.activeJobs()];
      await set('clock', { aheadSeconds: 3600 });
      assert.equal(emulator.simulation.find(active?.id ?? '')?.state, 3);
      const reply = await get('Jobs?$top=1');
      assert.equal(reply.headers['date'], 'Sun, 01 Mar 2026 13:00:00 GMT');
      await set('clock', { aheadSeconds: 6 * 3600 });
      assert.equal((await get('Jobs?$top=1')).status, 401, 'six hours later the token is no good');
    });

    it('ninety days later, jobs are forgotten', async () => {
      await set('clock', { aheadSeconds: 100 * 24 * 3600 });
      assert.deepEqual(
        [...emulator.simulation.jobs()].map((job) => job.id),
        [documentedId],
      );
    });

    it('refuses what is no time', async () => {
      for (const body of [
        { time: 'soon' },
        { speed: -1 },
        { speed: '2' },
        { time: '2027-01-01', aheadSeconds: 1 },
        { to: 1 },
      ]) {
        assert.equal((await ask('POST', 'clock', body)).status, 400, JSON.stringify(body));
      }
    });
  });

  describe('a job', () => {
    it('can be added, advanced step by step or at once, and failed', async () => {
      const tasks = [{ name: 'encode', durationSeconds: 30 }, { after: 0 }];
      const { id, state } = await set('jobs', { name: 'Mine', priority: 2, tasks });
      assert.equal(state, 0);
      const seen: unknown[] = [];
      for (let step = 0; step < 10 && seen.at(-1) !== 3; step++) {
        seen.push((await set('jobs/advance', { id }))['state']);
      }
      assert.deepEqual(seen, [1, 2, 2, 2, 2, 3], 'each task is scheduled, started and finished');
      assert.equal((await ask('POST', 'jobs/advance', { id })).status, 409);
      const { value } = (await getJson(emulator, token, `Jobs('${id}')/Tasks`)).json as { value: { Name: string }[] };
      assert.deepEqual(
        value.map((task) => task.Name),
        ['encode', 'Task 1'],
      );
      const other = await set('jobs', {});
      assert.equal((await set('jobs/advance', { id: other['id'], to: 'processing' }))['state'], 2);
      assert.equal((await ask('POST', 'jobs/advance', { id: other['id'], to: 'scheduled' })).status, 409);
      assert.equal((await set('jobs/advance', { id: other['id'], to: 'finished' }))['state'], 3);
      const third = await set('jobs', {});
      assert.equal((await set('jobs/fail', { id: third['id'], code: 'TransientError', message: 'Oh' }))['state'], 4);
      const [failed] = emulator.simulation.find(String(third['id']))?.tasks() ?? [];
      assert.deepEqual(failed?.errorDetails, [{ code: 'TransientError', message: 'Oh' }]);
    });

    it('that there is not is 404, one that cannot is 409, nonsense is 400', async () => {
      for (const path of ['jobs/advance', 'jobs/fail']) {
        assert.equal((await ask('POST', path, { id: unknownId })).status, 404);
        assert.equal((await ask('POST', path, { id: documentedId })).status, 409);
        assert.equal((await ask('POST', path, {})).status, 400);
      }
      assert.equal((await ask('POST', 'jobs/advance', { id: documentedId, to: 'canceled' })).status, 400);
      for (const body of [{ tasks: [] }, { tasks: [1] }, { tasks: [{ after: 0 }] }, { name: 1 }, { colour: 1 }]) {
        assert.equal((await ask('POST', 'jobs', body)).status, 400, JSON.stringify(body));
      }
    });
  });

  it('dialects are seen and switched', async () => {
    assert.equal((await ask('GET', 'dialects')).json['or'], 'off');
    assert.equal((await get('Jobs?$filter=State%20eq%201%20or%20State%20eq%202')).status, 400);
    const changed = await set('dialects', { or: true, throttle: '503/1000', 'refused-delete': 405 });
    assert.deepEqual([changed['or'], changed['throttle'], changed['refused-delete']], ['on', '503/1000', '405']);
    assert.equal((await get('Jobs?$filter=State%20eq%201%20or%20State%20eq%202')).status, 200);
    assert.equal((await ask('POST', 'dialects', { colour: 'on' })).status, 400);
    assert.equal((await ask('POST', 'dialects', { or: {} })).status, 400);
    assert.equal((await set('dialects', { all: 'off' }))['or'], 'off');
  });

  it('memory is told', async () => {
    const { memory, assets } = (await ask('GET', 'status')).json as { memory: Record<string, number>; assets: number };
    assert.ok((memory['rssBytes'] ?? 0) > 1e7 && (memory['heapUsedBytes'] ?? 0) > 1e6);
    assert.ok(assets > 10);
  });
});
