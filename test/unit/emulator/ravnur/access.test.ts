import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type RunningEmulator, startEmulator } from '../../../../src/emulator/emulator.ts';
import { acsToken, postAdmin, send } from '../../../support/emulatorRequests.ts';
import { ask, ravnur, ravnurRoot, ravnurToken, type ShownList, version } from '../../../support/v3Requests.ts';

interface Refusal {
  readonly error: { readonly code: string; readonly message: string };
}

describe('access to Ravnur', () => {
  let now = Date.parse('2026-03-01T12:00:00Z');
  let emulator: RunningEmulator;
  before(async () => {
    emulator = await startEmulator({ now: () => now, arrivalsPerMinute: 0 });
  });
  after(() => emulator.close());

  it('is by a token for subscription and API key, which is bare text', async () => {
    const token = await ravnurToken(emulator);
    assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
    assert.notEqual(token, await ravnurToken(emulator));
    assert.equal((await ravnur<ShownList>(emulator, token, 'transforms')).status, 200);
    const upper = emulator.ravnur.subscriptionId.toUpperCase();
    assert.ok(await ravnurToken(emulator, { subscriptionId: upper }));
  });

  it('is not by a key or a subscription that is not good, nor by anything else', async () => {
    const url = `${emulator.ravnur.endpoint}auth/token`;
    const { subscriptionId, apiKey } = emulator.ravnur;
    const post = async (body: string, headers: Record<string, string> = {}) =>
      send(url, { ca: emulator.ca, method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body });
    const good = JSON.stringify({ subscriptionId, apiKey });
    for (const [body, status] of [
      [JSON.stringify({ subscriptionId, apiKey: `${apiKey}x` }), 401],
      [JSON.stringify({ subscriptionId: 'x', apiKey }), 401],
      [JSON.stringify({ subscriptionId, apiKey: emulator.accountKey }), 401],
      [JSON.stringify({ subscriptionId, apiKey: [apiKey] }), 401],
      ['{}', 401],
      ['', 400],
      ['[]', 400],
      [`{"x":"${'x'.repeat(70_000)}"}`, 413],
    ] as const) {
      const reply = await post(body);
      assert.equal(reply.status, status, body.slice(0, 60));
      assert.ok(!reply.text.includes(apiKey));
    }
    assert.equal((await post(good, { Origin: 'https://evil.example' })).status, 403);
    assert.equal((await send(url, { ca: emulator.ca })).status, 405);
    assert.equal((await post(good)).status, 200);
  });

  it('is refused without a token of this service, in the form of Azure Resource Manager', async () => {
    const { token } = emulator.mkio;
    for (const bad of [token, await acsToken(emulator), emulator.ravnur.apiKey, emulator.adminToken, 'x']) {
      const { status, json, headers } = await ravnur<Refusal>(emulator, bad, 'transforms');
      assert.deepEqual([status, json.error.code, headers['www-authenticate']], [401, 'Unauthorized', 'Bearer']);
      assert.ok(json.error.message.length > 0);
    }
    assert.equal((await send(`${ravnurRoot(emulator)}transforms?${version}`, { ca: emulator.ca })).status, 401);
  });

  it('ends with the token, until a new one is asked for', async () => {
    const token = await ravnurToken(emulator);
    const { exp, iat } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      exp: number;
      iat: number;
    };
    assert.equal(exp - iat, 3600);
    now += 3599_000;
    assert.equal((await ravnur(emulator, token, 'transforms')).status, 200);
    now += 2000;
    assert.equal((await ravnur(emulator, token, 'transforms')).status, 401);
    assert.equal((await ravnur(emulator, await ravnurToken(emulator), 'transforms')).status, 200);
  });

  it('needs the version of the API, and finds fixed words and the account in any case', async () => {
    const token = await ravnurToken(emulator);
    const { endpoint, subscriptionId, resourceGroup, accountName } = emulator.ravnur;
    const get = (path: string) => ask<Refusal>(emulator, `${endpoint}${path}`, token);
    const path = `subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Media/mediaServices/${accountName}/transforms`;
    for (const query of ['', '?api-version=2021-06-01', '?api-version=', '?api-version=2.19']) {
      const { status, json } = await get(`${path}${query}`);
      assert.deepEqual([status, json.error.code], [400, 'BadRequest'], query);
    }
    for (const variant of [path, path.toLowerCase(), path.toUpperCase()]) {
      assert.equal((await get(`${variant}?${version}`)).status, 200, variant);
    }
    for (const [from, to] of [
      [accountName, 'other'],
      [resourceGroup, 'other'],
      [subscriptionId, '00000000-0000-0000-0000-000000000000'],
      ['Microsoft.Media', 'Microsoft.Storage'],
      ['/transforms', '/jobs'],
      ['/transforms', '/transforms/none'],
      ['/transforms', '/transforms/none/jobs'],
      ['/transforms', '/assets'],
      ['/transforms', ''],
    ] as const) {
      const { status, json } = await get(`${path.replace(from, to)}?${version}`);
      assert.deepEqual([status, json.error.code], [404, 'ResourceNotFound'], to);
    }
  });

  it('is throttled in the words of Azure, and goes wrong as faults say', async () => {
    const token = await ravnurToken(emulator);
    await postAdmin(emulator, 'dialects', { throttle: '429/1', 'retry-after': '36' });
    const replies = await Promise.all([1, 2].map(() => ravnur<Refusal>(emulator, token, 'transforms')));
    const refused = replies.find(({ status }) => status === 429);
    assert.deepEqual([refused?.json.error.code, refused?.headers['retry-after']], ['TooManyRequests', '36']);
    await postAdmin(emulator, 'dialects', { all: 'off' });
    await postAdmin(emulator, 'faults', { path: '/transforms', status: 500, message: 'Broken.' });
    const broken = await ravnur<Refusal>(emulator, token, 'transforms');
    assert.deepEqual(broken.json, { error: { code: 'InternalServerError', message: 'Broken.' } });
    await postAdmin(emulator, 'faults', { path: '/auth/token', drop: true });
    await assert.rejects(ravnurToken(emulator));
    assert.ok(!JSON.stringify(emulator.requests.latest).includes(emulator.ravnur.apiKey));
    assert.ok(emulator.requests.count('ravnur', /transforms/) > 0);
  });
});
