import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type RunningEmulator, startEmulator } from '../../../../src/emulator/emulator.ts';
import { startShared } from '../../../../src/emulator/sharedEmulator.ts';
import { acsToken, getJson, postAdmin, send } from '../../../support/emulatorRequests.ts';
import { mkio, pathOf, ravnur, ravnurToken, type ShownJob, type ShownList } from '../../../support/v3Requests.ts';

describe('a change through MK.IO', () => {
  let now = Date.parse('2026-03-01T12:00:00Z');
  let emulator: RunningEmulator;
  before(async () => {
    emulator = await startEmulator({ now: () => now, arrivalsPerMinute: 0, jobs: 0 });
  });
  after(() => emulator.close());

  /** A new job, and its ids in both worlds. */
  async function added(to?: 'processing' | 'finished'): Promise<{ id: string; path: string }> {
    const { id } = await postAdmin<{ id: string }>(emulator, 'jobs', { name: 'Added' });
    if (to) {
      await postAdmin(emulator, 'jobs/advance', { id, to });
    }
    const [job] = (await mkio<ShownList>(emulator, 'jobs?$top=1')).json.value;
    return { id, path: pathOf(job ?? assert.fail()) };
  }
  const patch = (path: string, properties: object) =>
    mkio<ShownJob>(emulator, path, { method: 'PATCH', body: { properties } });
  const whole = { input: {}, outputs: [] };

  it('cancels a job for all: it is Canceling in each face, then Canceled', async () => {
    const { id, path } = await added('processing');
    const reply = await mkio(emulator, `${path}/cancelJob`, { method: 'POST' });
    assert.deepEqual([reply.status, reply.text], [200, '']);
    const v2 = await acsToken(emulator);
    const token = await ravnurToken(emulator);
    const states = async () => [
      (await mkio<ShownJob>(emulator, path)).json.properties.state,
      (await ravnur<ShownJob>(emulator, token, path)).json.properties.state,
      ((await getJson(emulator, v2, `Jobs('${id}')`)).json as { State: number }).State,
    ];
    assert.deepEqual(await states(), ['Canceling', 'Canceling', 6]);
    assert.equal((await mkio(emulator, `${path}/cancelJob`, { method: 'POST' })).status, 409);
    now += 10_000;
    assert.deepEqual(await states(), ['Canceled', 'Canceled', 5]);
    assert.equal((await mkio(emulator, `${path}/cancelJob`, { method: 'POST' })).status, 409);
  });

  it('deletes a final job once, and refuses to delete one that runs', async () => {
    const running = await added('processing');
    assert.equal((await mkio(emulator, running.path, { method: 'DELETE' })).status, 409);
    const { id, path } = await added('finished');
    const remove = () => mkio(emulator, path, { method: 'DELETE' });
    assert.equal((await remove()).status, 200);
    assert.equal((await remove()).status, 204);
    assert.equal((await mkio(emulator, path)).status, 404);
    assert.equal(emulator.simulation.find(id), undefined);
  });

  it('sets the priority of a queued job by its three names, and leaves that of others', async () => {
    const { id, path } = await added();
    for (const [name, number] of [
      ['High', 1],
      ['Low', -1],
      ['Normal', 0],
    ] as const) {
      const reply = await patch(path, { ...whole, priority: name });
      assert.deepEqual([reply.status, reply.json.properties.priority], [200, name]);
      assert.equal(emulator.simulation.find(id)?.priority, number);
    }
    emulator.simulation.prioritize(id, 7);
    assert.equal((await patch(path, { ...whole, priority: 'High' })).json.properties.priority, 'High');
    assert.equal(emulator.simulation.find(id)?.priority, 7, 'what has the name already stays');
    await postAdmin(emulator, 'jobs/advance', { id, to: 'processing' });
    assert.equal((await patch(path, { ...whole, priority: 'Low' })).json.properties.priority, 'High');
  });

  it('writes description and correlation data beside a job, also a final one', async () => {
    const { path } = await added('finished');
    const before = (await mkio<ShownJob>(emulator, path)).json.properties;
    assert.equal(before.correlationData, undefined);
    now += 5000;
    const { json } = await patch(path, { ...whole, description: 'Mine', correlationData: { a: 'b' } });
    assert.equal(json.properties.description, 'Mine');
    assert.deepEqual(json.properties.correlationData, { a: 'b' });
    assert.ok(json.properties.lastModified > before.lastModified);
    assert.equal((await patch(path, { ...whole, description: null })).json.properties.description, null);
    assert.deepEqual((await mkio<ShownJob>(emulator, path)).json.properties.correlationData, { a: 'b' });
  });

  it('is refused where the body is not what a job looks like', async () => {
    const { id, path } = await added();
    for (const properties of [
      { priority: 'High' },
      { ...whole, outputs: undefined, priority: 'High' },
      { ...whole, priority: 'high' },
      { ...whole, priority: 1 },
      { ...whole, priority: 'constructor' },
      { ...whole, description: 'x'.repeat(1025) },
      { ...whole, description: 5 },
      { ...whole, correlationData: [] },
    ]) {
      assert.equal((await patch(path, properties)).status, 400, JSON.stringify(properties).slice(0, 60));
    }
    const { endpoint, project, token } = emulator.mkio;
    const url = `${endpoint}api/v1/projects/${project}/media/${path}`;
    const headers = { Authorization: `Bearer ${token}` };
    for (const [body, status] of [
      ['', 400],
      ['[]', 400],
      ['{"properties":7}', 400],
      ['{', 400],
      ['x'.repeat(70_000), 413],
    ] as const) {
      assert.equal((await send(url, { ca: emulator.ca, method: 'PATCH', headers, body })).status, status);
    }
    assert.equal(emulator.simulation.find(id)?.priority, 0);
  });

  it('of what is not there is 404, and what cannot be done 405', async () => {
    const { path } = await added();
    const gone = `${path.slice(0, -12)}000000000000`;
    assert.equal((await mkio(emulator, `${gone}/cancelJob`, { method: 'POST' })).status, 404);
    assert.equal((await mkio(emulator, gone, { method: 'PATCH', body: { properties: whole } })).status, 404);
    assert.equal((await mkio(emulator, gone, { method: 'DELETE' })).status, 204);
    for (const [method, below] of [
      ['PUT', path],
      ['POST', path],
      ['GET', `${path}/cancelJob`],
      ['POST', `${path}/state`],
      ['DELETE', 'jobs'],
      ['DELETE', path.replace(/\/jobs\/.*/, '')],
    ] as const) {
      assert.equal((await mkio(emulator, below, { method })).status, 405, `${method} ${below}`);
    }
    for (const below of ['', 'jobs/x', 'assets', `${path}/state/x`, `${path}/start`, '%zz']) {
      assert.equal((await mkio(emulator, below)).status, below === '%zz' ? 400 : 404, below);
    }
  });

  it('outlives a restart, as the token and the keys do', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'emulator-mkio-'));
    const options = { jobs: 3, arrivalsPerMinute: 0 };
    const begin = async () => {
      const started = await startShared({ file: join(directory, 'state.json') }, options);
      return started.kind === 'started' ? started : assert.fail(started.kind);
    };
    try {
      const first = await begin();
      const [job] = (await mkio<ShownList>(first.emulator, 'jobs')).json.value;
      const path = pathOf(job ?? assert.fail());
      const body = { properties: { ...whole, description: 'Kept' } };
      const changed = (await mkio<ShownJob>(first.emulator, path, { method: 'PATCH', body })).json;
      const v3Token = await ravnurToken(first.emulator);
      await first.end(false);
      const second = await begin();
      assert.deepEqual(second.emulator.mkio, first.emulator.mkio);
      assert.deepEqual(second.emulator.ravnur, first.emulator.ravnur);
      assert.deepEqual(second.emulator.ports, first.emulator.ports);
      const { properties } = (await mkio<ShownJob>(second.emulator, path)).json;
      assert.equal(properties.description, 'Kept');
      assert.equal(properties.lastModified >= changed.properties.lastModified, true);
      assert.equal((await ravnur(second.emulator, v3Token, path)).status, 200);
      await second.end(true);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
