import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type RunningEmulator, startEmulator } from '../../../../src/emulator/emulator.ts';
import { RateLimit } from '../../../../src/emulator/mkio/rateLimit.ts';
import { acsToken, postAdmin, send } from '../../../support/emulatorRequests.ts';
import { ask, mkio, pathOf, ravnurToken, type ShownJob, type ShownList } from '../../../support/v3Requests.ts';

interface Refusal {
  readonly error: { readonly code: string; readonly detail: string } | string;
  readonly status: number;
  readonly ref: string;
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

describe('access to MK.IO', () => {
  let now = Date.parse('2026-03-01T12:00:00Z');
  let emulator: RunningEmulator;
  before(async () => {
    emulator = await startEmulator({ now: () => now, arrivalsPerMinute: 0 });
  });
  after(() => emulator.close());
  beforeEach(async () => {
    emulator.settings.faults.clear();
    await postAdmin(emulator, 'dialects', { all: 'off' });
  });

  it('is by a personal API token: a JWT for a year at most', async () => {
    const { token } = emulator.mkio;
    const { iat, exp, type, aud } = claimsOf(token);
    assert.equal(iat, now / 1000);
    assert.equal(exp, now / 1000 + 365 * 24 * 3600);
    assert.deepEqual([type, aud], ['full-access', 'mk.io']);
    assert.equal((await mkio(emulator, 'jobs')).status, 200);
  });

  it('is refused with any other token, in words with a reference', async () => {
    const { endpoint, project, token } = emulator.mkio;
    const url = `${endpoint}api/v1/projects/${project}/media/jobs`;
    const [head = '', body = '', signature = ''] = token.split('.');
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const [name, bad] of Object.entries({
      'of v2': await acsToken(emulator),
      'of Ravnur': await ravnurToken(emulator),
      admin: emulator.adminToken,
      'without a signature': `${head}.${body}.`,
      unsigned: `${unsigned}.${body}.`,
      'with another body': `${head}.${Buffer.from('{"exp":9999999999,"aud":"mk.io","iss":"mk.io"}').toString('base64url')}.${signature}`,
      nonsense: 'nonsense',
    })) {
      const { status, json, headers } = await ask<Refusal>(emulator, url, bad);
      assert.equal(status, 401, name);
      assert.equal(headers['www-authenticate'], 'Bearer');
      assert.equal(json.status, 401);
      assert.match(json.ref, /^[0-9a-f-]{36}$/);
      assert.ok(typeof json.error === 'object' && json.error.code !== '' && json.error.detail !== '');
      assert.ok(!JSON.stringify(json).includes(bad), 'no secret comes back');
    }
    assert.equal((await send(url, { ca: emulator.ca })).status, 401);
    assert.equal((await send(url, { ca: emulator.ca, headers: { Authorization: token } })).status, 401);
    const other = await ask(emulator, `${endpoint}api/v1/projects/other/media/jobs`, token);
    assert.equal(other.status, 404);
  });

  it('is by the old header too, in the older family alone', async () => {
    const { endpoint, project, subscription, token } = emulator.mkio;
    const status = async (path: string, headers: Record<string, string>) =>
      (await send(`${endpoint}api/${path}`, { ca: emulator.ca, headers })).status;
    assert.equal(await status(`ams/${subscription}/jobs`, { 'x-mkio-token': token }), 200);
    assert.equal(await status(`ams/${subscription}/jobs`, { Authorization: `Bearer ${token}` }), 200);
    assert.equal(await status(`ams/${subscription}/jobs`, { 'x-mkio-token': 'x' }), 401);
    assert.equal(await status(`ams/other/jobs`, { 'x-mkio-token': token }), 404);
    assert.equal(await status(`v1/projects/${project}/media/jobs`, { 'x-mkio-token': token }), 401);
  });

  it('ends with the token, until there is another', async () => {
    const { token } = await postAdmin<{ token: string }>(emulator, 'mkio/token', { expiresInSeconds: 60 });
    const url = `${emulator.mkio.endpoint}api/v1/projects`;
    const status = async (using: string) => (await ask(emulator, url, using)).status;
    assert.equal(await status(token), 200);
    now += 59_000;
    assert.equal(await status(token), 200);
    now += 2_000;
    assert.deepEqual([await status(token), await status(emulator.mkio.token)], [401, 200]);
    await assert.rejects(postAdmin(emulator, 'mkio/token', { expiresInSeconds: 366 * 24 * 3600 }), /400/);
    await assert.rejects(postAdmin(emulator, 'mkio/token', { seconds: 1 }), /400/);
  });

  it('is to what a restricted token allows: 403 in place of what it does not', async () => {
    const { token } = await postAdmin<{ token: string }>(emulator, 'mkio/token', { restricted: true });
    assert.equal(claimsOf(token)['type'], 'restricted');
    const [job] = (await mkio<ShownList>(emulator, 'jobs?$top=1')).json.value;
    const { endpoint, project } = emulator.mkio;
    const at = (path: string) => `${endpoint}api/v1/projects/${project}/media/${path}`;
    const path = pathOf(job ?? assert.fail());
    for (const below of ['jobs', 'transforms', path, `${path}/state`]) {
      assert.equal((await ask(emulator, at(below), token)).status, 200, below);
    }
    assert.equal((await ask(emulator, `${endpoint}api/v1/projects`, token)).status, 200);
    for (const [method, below, right] of [
      ['POST', `${path}/cancelJob`, 'ams.job.create'],
      ['DELETE', path, 'ams.job.delete'],
      ['PATCH', path, 'ams.job.update'],
    ] as const) {
      const { status, json } = await ask<Refusal>(emulator, at(below), token, { method });
      assert.equal(status, 403, below);
      assert.ok(typeof json.error === 'object' && json.error.detail.includes(right));
    }
    assert.equal((await mkio<ShownJob>(emulator, path)).json.properties.state, job?.properties.state);
    await assert.rejects(postAdmin(emulator, 'mkio/token', { restricted: 'yes' }), /400/);
  });

  it('is throttled with 429, with or without a time to wait', async () => {
    await postAdmin(emulator, 'dialects', { throttle: '429/2' });
    const replies = async () => Promise.all([1, 2, 3].map(() => mkio<Refusal>(emulator, 'jobs?$top=1')));
    const refused = (await replies()).filter(({ status }) => status === 429);
    assert.equal(refused.length, 1);
    assert.equal(refused[0]?.headers['retry-after'], undefined);
    assert.equal(refused[0]?.json.status, 429);
    await postAdmin(emulator, 'dialects', { throttle: '429/1', 'retry-after': '36' });
    const [, second] = await replies();
    assert.equal(second?.headers['retry-after'], '36');
  });

  it('is limited by the minute for each project, as documented', () => {
    let time = 5;
    const limit = new RateLimit(() => time);
    const count = (scope: 'project' | 'organization', method: string) => {
      for (let requests = 0; ; requests++) {
        try {
          limit.check(scope, method);
        } catch {
          return requests;
        }
      }
    };
    assert.equal(count('project', 'GET'), 2000);
    assert.equal(count('project', 'POST'), 1000);
    assert.equal(count('project', 'DELETE'), 0, 'all that changes something counts together');
    assert.equal(count('organization', 'GET'), 2000);
    time += 59_999;
    assert.equal(count('project', 'GET'), 0);
    time += 1;
    assert.equal(count('project', 'GET'), 2000);
  });

  it('goes wrong as faults say, in the form of this service', async () => {
    await postAdmin(emulator, 'faults', { path: '/media/jobs', status: 503, count: 1 });
    const busy = await mkio<Refusal>(emulator, 'jobs');
    assert.deepEqual([busy.status, busy.json.status], [503, 503]);
    await postAdmin(emulator, 'faults', { path: '/media/jobs', drop: true });
    await assert.rejects(mkio(emulator, 'jobs'));
    await postAdmin(emulator, 'faults', { path: '/media/jobs', cutBody: true });
    await assert.rejects(mkio(emulator, 'jobs'));
    await postAdmin(emulator, 'faults', { path: '/media/jobs', contentType: 'text/html' });
    assert.equal((await mkio(emulator, 'jobs')).headers['content-type'], 'text/html');
    const { headers, status } = await mkio<ShownList>(emulator, 'jobs');
    assert.deepEqual([status, headers['content-type']], [200, 'application/json; charset=utf-8']);
    assert.equal(headers['cache-control'], 'no-store');
  });

  it('is refused in bare text, as it was once, by dialect', async () => {
    await postAdmin(emulator, 'dialects', { 'mkio-error-text': true });
    const { json } = await mkio<Refusal>(emulator, 'transforms/none');
    assert.deepEqual([json.error, json.status], ['There is no such transform.', 404]);
  });

  it('is noted with what was asked, and never with a token', async () => {
    const { endpoint, subscription, token } = emulator.mkio;
    // A request is noted when its answer has gone, of which the client may know first.
    await delay(50);
    const before = emulator.requests.count('mkio');
    await mkio(emulator, 'jobs?$top=1');
    await send(`${endpoint}api/ams/${subscription}/jobs`, { ca: emulator.ca, headers: { 'x-mkio-token': token } });
    for (let waits = 0; emulator.requests.count('mkio') < before + 2 && waits < 100; waits++) {
      await delay(10);
    }
    assert.equal(emulator.requests.count('mkio'), before + 2);
    const [current, older] = emulator.requests.latest.slice(-2);
    assert.deepEqual([current?.endpoint, current?.status, older?.endpoint, older?.status], ['mkio', 200, 'mkio', 200]);
    assert.equal(current?.tokenFingerprint, older?.tokenFingerprint);
    assert.match(current?.tokenFingerprint ?? '', /^[0-9a-f]{12}$/);
    assert.ok(!JSON.stringify(emulator.requests.latest).includes(token));
  });
});
