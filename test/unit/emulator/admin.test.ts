import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import { acsToken, getJson, send } from '../../support/emulatorRequests.ts';

const json = { 'Content-Type': 'application/json' };

function bearer(emulator: RunningEmulator): Record<string, string> {
  return { Authorization: `Bearer ${emulator.adminToken}` };
}

/** Opens a lease and waits for its first line. */
async function lease(emulator: RunningEmulator): Promise<ClientRequest> {
  const sent = request(`${emulator.admin}lease`, { ca: emulator.ca, agent: false, headers: bearer(emulator) });
  sent.on('error', () => {});
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  assert.equal(response.statusCode, 200);
  response.on('error', () => {});
  const [line] = await once(response, 'data');
  assert.equal(String(line), '\n');
  return sent;
}

describe('the admin interface', () => {
  let emulator: RunningEmulator;
  before(async () => {
    emulator = await startEmulator({ arrivalsPerMinute: 0 });
  });
  after(() => emulator.close());

  it('refuses whoever does not bring its token, tokens of the API included', async () => {
    const wrong = [
      undefined,
      'Bearer ',
      'Bearer wrong',
      `Basic ${emulator.adminToken}`,
      `Bearer ${await acsToken(emulator)}`,
    ];
    for (const authorization of wrong) {
      const headers: Record<string, string> = authorization === undefined ? {} : { Authorization: authorization };
      for (const path of ['status', 'lease', 'nothing']) {
        assert.equal((await send(`${emulator.admin}${path}`, { ca: emulator.ca, headers })).status, 401);
      }
      const stop = { ca: emulator.ca, method: 'POST', headers: { ...headers, ...json }, body: '{}' };
      assert.equal((await send(`${emulator.admin}stop`, stop)).status, 401);
    }
    assert.equal(
      (await getJson(emulator, emulator.adminToken, 'Jobs')).status,
      401,
      'nor is the admin token one of the API',
    );
  });

  it('wants JSON on a POST', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp']) {
      const headers = { ...bearer(emulator), 'Content-Type': type };
      const reply = await send(`${emulator.admin}stop`, { ca: emulator.ca, method: 'POST', headers, body: '{}' });
      assert.equal(reply.status, 415, type);
    }
    const reply = await send(`${emulator.admin}stop`, { ca: emulator.ca, method: 'POST', headers: bearer(emulator) });
    assert.equal(reply.status, 415);
  });

  it('tells how the jobs stand, how many requests there were, and no secrets', async () => {
    const before = emulator.requests.count('api');
    await getJson(emulator, await acsToken(emulator), 'Jobs?$top=1');
    const reply = await send(`${emulator.admin}status`, { ca: emulator.ca, headers: bearer(emulator) });
    const status = JSON.parse(reply.text);
    assert.equal(status.pid, process.pid);
    assert.equal(status.requests.api, before + 1);
    assert.ok(status.uptimeSeconds >= 0);
    const count = Object.values(status.jobs as Record<string, number>).reduce((sum, one) => sum + one, 0);
    assert.equal(count, emulator.simulation.size);
    assert.ok(status.jobs.finished >= 8 && status.jobs.processing >= 3);
    for (const secret of [emulator.adminToken, emulator.clientSecret, emulator.accountKey]) {
      assert.ok(!reply.text.includes(secret));
    }
  });

  it('has nothing else', async () => {
    assert.equal((await send(`${emulator.admin}nothing`, { ca: emulator.ca, headers: bearer(emulator) })).status, 404);
    assert.equal((await send(`${emulator.admin}stop`, { ca: emulator.ca, headers: bearer(emulator) })).status, 404);
  });

  it('notes requests by endpoint and path, with tokens told apart but not kept', async () => {
    const token = await acsToken(emulator);
    await getJson(emulator, token, 'Jobs?$top=7');
    assert.equal(emulator.requests.count('api', /\$top=7$/), 1);
    const noted = emulator.requests.latest.findLast((one) => one.endpoint === 'api');
    assert.equal(noted?.status, 200);
    assert.match(noted?.tokenFingerprint ?? '', /^[0-9a-f]{12}$/);
    assert.ok(!JSON.stringify(emulator.requests.latest).includes(token));
  });

  it('stops it', async () => {
    const stopped = await startEmulator({ arrivalsPerMinute: 0, jobs: 0 });
    const options = { ca: stopped.ca, method: 'POST', headers: { ...bearer(stopped), ...json }, body: '{}' };
    assert.equal((await send(`${stopped.admin}stop`, options)).status, 200);
    assert.equal(await stopped.ended, 'stopped');
    await stopped.close();
    await assert.rejects(send(stopped.root, { ca: stopped.ca }), /ECONNREFUSED/);
  });
});

describe('a lease', () => {
  it('keeps it alive, and its end is the end after the grace period', async () => {
    const emulator = await startEmulator({ arrivalsPerMinute: 0, jobs: 0, leaseGraceSeconds: 0.1 });
    try {
      const held = await lease(emulator);
      const closedAt = performance.now();
      held.destroy();
      assert.equal(await emulator.ended, 'leases ended');
      assert.ok(performance.now() - closedAt >= 95);
    } finally {
      await emulator.close();
    }
  });

  it('ends with the emulator', async () => {
    const emulator = await startEmulator({ arrivalsPerMinute: 0, jobs: 0, leaseGraceSeconds: 60 });
    const held = await lease(emulator);
    const closed = once(held, 'close');
    await emulator.close();
    await closed;
    assert.equal(await emulator.ended, 'closed');
  });

  it('must be taken in time', async () => {
    const emulator = await startEmulator({
      arrivalsPerMinute: 0,
      jobs: 0,
      leaseGraceSeconds: 60,
      firstLeaseWithinSeconds: 0.05,
    });
    try {
      assert.equal(await emulator.ended, 'leases ended');
    } finally {
      await emulator.close();
    }
  });
});
