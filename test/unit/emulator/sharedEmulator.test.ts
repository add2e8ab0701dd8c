import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { EmulatorOptions, RunningEmulator } from '../../../src/emulator/emulator.ts';
import { LockTimeoutError, withLock } from '../../../src/emulator/lock.ts';
import { type SharedStart, startShared } from '../../../src/emulator/sharedEmulator.ts';
import { readState, writeState } from '../../../src/emulator/stateFile.ts';
import { acsToken, getJson } from '../../support/emulatorRequests.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
const second = 1000;
const minute = 60 * second;
/** Of a process that certainly does not exist: beyond the largest id of any system. */
const noProcess = 2 ** 30;

type Started = Extract<SharedStart, { kind: 'started' }>;

let directory: string;
let file: string;
let now: number;
let running: Started[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emulator-state-test-'));
  file = join(directory, 'private', 'emulator.json');
  now = start;
  running = [];
});
afterEach(async () => {
  for (const { emulator } of running) {
    await emulator.close();
  }
  await rm(directory, { recursive: true });
});

async function begin(options: EmulatorOptions = {}): Promise<SharedStart> {
  const result = await startShared({ file }, { now: () => now, ...options });
  if (result.kind === 'started') {
    running.push(result);
  }
  return result;
}

async function beginNew(options: EmulatorOptions = {}): Promise<Started> {
  const result = await begin(options);
  assert.equal(result.kind, 'started');
  return result as Started;
}

/** What a client sees of all jobs and tasks. */
async function picture(emulator: RunningEmulator): Promise<unknown> {
  const token = await acsToken(emulator);
  const jobs = await getJson(emulator, token, 'Jobs');
  const tasks = await getJson(emulator, token, 'Tasks');
  return [jobs.json, tasks.json];
}

describe('a shared emulator', () => {
  it('keeps its state where only its owner can read it', async () => {
    const { emulator } = await beginNew();
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await stat(join(directory, 'private'))).mode & 0o777, 0o700);
    const state = JSON.parse(await readFile(file, 'utf8'));
    assert.deepEqual(state.connection, emulator.connection);
    assert.equal(state.pid, process.pid);
    assert.deepEqual((await readdir(join(directory, 'private'))).sort(), ['emulator-certificate', 'emulator.json']);
  });

  it('is found by the next one that asks', async () => {
    const first = await beginNew();
    const next = await begin({ seed: 99 });
    assert.equal(next.kind, 'existing');
    assert.deepEqual(next.kind === 'existing' && next.connection, first.emulator.connection);
  });

  it('is one, however many ask at once', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => begin()));
    assert.equal(results.filter(({ kind }) => kind === 'started').length, 1);
    const roots = results.map((result) => {
      assert.notEqual(result.kind, 'nothing to resume');
      return result.kind === 'started' ? result.emulator.root : result.kind === 'existing' && result.connection.root;
    });
    assert.equal(new Set(roots).size, 1);
  });

  it('is joined or gone on with where one is asked to do only that, and never begun', async () => {
    const resume = () => startShared({ file, resumeOnly: true }, { now: () => now });
    assert.equal((await resume()).kind, 'nothing to resume');
    const first = await beginNew();
    assert.equal((await resume()).kind, 'existing');
    await first.end(false);
    now += 6 * minute;
    assert.equal((await resume()).kind, 'nothing to resume');
  });

  it('goes on where it ended: ports, secrets, certificate, and jobs where they would be by now', async () => {
    const first = await beginNew({ seed: 5, speed: 2, arrivalsPerMinute: 3, jobs: 12 });
    now += 40 * second;
    const token = await acsToken(first.emulator);
    const { json } = await getJson(first.emulator, token, 'Jobs?$filter=State eq 2&$top=1');
    const [job] = (json as { value: { Id: string }[] }).value;
    assert.equal((await getJson(first.emulator, token, `CancelJob?jobid='${job?.Id}'`)).status, 204);
    await first.end(false);
    now += 4 * minute;
    const resumed = await beginNew({ seed: 6 });
    assert.deepEqual(resumed.emulator.connection, first.emulator.connection);
    assert.equal(resumed.emulator.ca, first.emulator.ca);
    assert.equal(resumed.emulator.startedAt, start);
    assert.equal((await getJson(resumed.emulator, token, 'Jobs')).status, 200, 'tokens stay good');
    const seen = await picture(resumed.emulator);
    first.emulator.simulation.advanceTo(now);
    const expected = [...first.emulator.simulation.jobs()].map((one) => [one.id, one.state]);
    const { value } = (seen as [{ value: { Id: string; State: number }[] }])[0];
    assert.deepEqual(
      value.map((one) => [one.Id, one.State]),
      expected,
    );
    assert.equal(value.find((one) => one.Id === job?.Id)?.State, 5);
    assert.ok(value.length > 20, 'jobs arrived meanwhile');
  });

  it('goes on although it was killed, as long as that was not long ago', async () => {
    const first = await beginNew();
    const left = await readFile(file, 'utf8');
    await first.emulator.close();
    assert.equal(await readFile(file, 'utf8'), left, 'it had no chance to say so');
    now += 4 * minute;
    const resumed = await beginNew();
    assert.deepEqual(resumed.emulator.connection, first.emulator.connection);
  });

  it('starts afresh five minutes after it ended', async () => {
    const first = await beginNew();
    await first.end(false);
    now += 5 * minute;
    const fresh = await beginNew();
    assert.equal(fresh.emulator.startedAt, now);
    assert.notEqual(fresh.emulator.clientSecret, first.emulator.clientSecret);
    assert.notEqual(fresh.emulator.tenantId, first.emulator.tenantId);
  });

  it('counts the five minutes from its end, not from its start', async () => {
    const first = await beginNew();
    now += 60 * minute;
    await first.end(false);
    now += 4 * minute;
    assert.equal((await beginNew()).emulator.startedAt, start);
  });

  it('starts afresh where it was stopped for good', async () => {
    const first = await beginNew();
    await first.end(true);
    await assert.rejects(stat(file), /ENOENT/);
    assert.notEqual((await beginNew()).emulator.adminToken, first.emulator.adminToken);
  });

  it('takes other ports where its own are taken meanwhile', async () => {
    const first = await beginNew();
    await first.end(false);
    const { ports } = first.emulator;
    const squatter: Server = createServer();
    await new Promise<void>((resolve) => squatter.listen(ports.root, '127.0.0.1', resolve));
    try {
      const resumed = await beginNew();
      assert.notEqual(resumed.emulator.ports.root, ports.root);
      assert.equal(resumed.emulator.ports.api, ports.api);
      assert.equal(resumed.emulator.ports.authority, ports.authority);
      assert.equal(resumed.emulator.clientSecret, first.emulator.clientSecret);
      assert.equal(readState(file)?.connection.root, resumed.emulator.root);
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
    }
  });

  it('is not believed by its process id or its port alone', async () => {
    const first = await beginNew();
    const state = readState(file);
    assert.ok(state);
    // The same process and ports, but an emulator that does not know the token is another one.
    writeState(file, { ...state, connection: { ...state.connection, adminToken: 'of an earlier one' } });
    const next = await begin();
    assert.equal(next.kind, 'started');
    assert.notEqual(next.kind === 'started' && next.emulator.root, first.emulator.root);
  });

  it('leaves the file alone once another one has taken over', async () => {
    const first = await beginNew();
    const state = readState(file);
    assert.ok(state);
    writeState(file, { ...state, instance: 'another' });
    first.emulator.simulation.add({ name: 'x', tasks: [{ name: 'x', durationMs: second }] });
    await first.end(true);
    assert.equal(readState(file)?.instance, 'another');
    assert.deepEqual(readState(file)?.mutations, []);
  });

  it('is not stopped by a damaged file', async () => {
    await begin();
    await running.pop()?.end(false);
    for (const damage of ['', '{', '[]', 'null', '{"format":2}', '{"format":1}']) {
      await writeFile(file, damage);
      const { emulator, end } = await beginNew({ jobs: 0 });
      assert.equal(readState(file)?.connection.root, emulator.root);
      await end(false);
    }
  });

  it('leaves no half-written files', async () => {
    const { emulator, end } = await beginNew({ jobs: 0 });
    for (let count = 0; count < 20; count++) {
      emulator.simulation.add({ name: `${count}`, tasks: [{ name: 'x', durationMs: second }] });
      assert.equal(readState(file)?.mutations.length, count + 1);
    }
    await end(false);
    assert.deepEqual((await readdir(join(directory, 'private'))).sort(), ['emulator-certificate', 'emulator.json']);
  });
});

describe('what a killed emulator leaves', () => {
  it('is cleared away by the next start: it holds secrets', async () => {
    const folder = join(directory, 'private');
    await (await beginNew({ jobs: 0 })).end(false);
    const id = '0e5a4f8a-93f1-4f4f-8c0b-6f1d3b5a7c21';
    const left = [`emulator.json.${id}.tmp`, `emulator.json.lock.${id}`];
    const kept = ['emulator.json.backup', `other.json.${id}.tmp`, `emulator.json.${id.replace('0e', '1e')}.tmp`];
    for (const name of [...left, ...kept]) {
      await writeFile(join(folder, name), '{}');
    }
    const longAgo = new Date(Date.now() - 61_000);
    for (const name of [...left, ...kept.slice(0, 2)]) {
      await utimes(join(folder, name), longAgo, longAgo);
    }
    const { emulator } = await beginNew({ jobs: 0 });
    const found = (await readdir(folder)).sort();
    assert.deepEqual(found, ['emulator-certificate', 'emulator.json', ...kept].sort(), 'but what may still be written');
    await emulator.close();
  });
});

describe('the lock', () => {
  const lock = () => join(directory, 'a.lock');

  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 6 }, () =>
        withLock(lock(), 60_000, async () => {
          most = Math.max(most, ++inside);
          await new Promise((resolve) => setImmediate(resolve));
          inside--;
        }),
      ),
    );
    assert.equal(most, 1);
    assert.deepEqual(await readdir(directory), []);
  });

  it('is given back after a failure', async () => {
    await assert.rejects(
      withLock(lock(), 60_000, () => Promise.reject(new Error('inside'))),
      /inside/,
    );
    assert.equal(await withLock(lock(), 60_000, async () => 'in'), 'in');
  });

  it('is taken from a process that died with it, by one of those that want it', async () => {
    await writeFile(lock(), JSON.stringify({ pid: noProcess, token: 'dead' }));
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 6 }, () =>
        withLock(lock(), 60_000, async () => {
          most = Math.max(most, ++inside);
          await new Promise((resolve) => setImmediate(resolve));
          inside--;
        }),
      ),
    );
    assert.equal(most, 1);
    assert.deepEqual(await readdir(directory), []);
  });

  it('is taken where it is far too old, or has been empty for long', async () => {
    await writeFile(lock(), JSON.stringify({ pid: process.pid, token: 'mine' }));
    const old = (Date.now() - 120_000) / 1000;
    await utimes(lock(), old, old);
    assert.equal(await withLock(lock(), 60_000, async () => 'in'), 'in');
    await writeFile(lock(), '');
    await utimes(lock(), old, old);
    assert.equal(await withLock(lock(), 60_000, async () => 'in'), 'in');
  });

  it('is not taken from a live process, nor while it is being written', async () => {
    for (const content of [JSON.stringify({ pid: process.pid, token: 'mine' }), '']) {
      await writeFile(lock(), content);
      await assert.rejects(
        withLock(lock(), 150, async () => 'in'),
        LockTimeoutError,
      );
      assert.equal(await readFile(lock(), 'utf8'), content);
    }
    await chmod(lock(), 0o600);
  });
});

describe('what was set through the admin interface', () => {
  it('is there again, and what was created, changed and deleted stays so', async () => {
    const first = await beginNew({ arrivalsPerMinute: 0, jobs: 12 });
    const { simulation, settings } = first.emulator;
    settings.setClock({ time: now + 30 * minute, speed: 2 });
    settings.change({ or: true, throttle: { status: 503, perSecond: 1000 } });
    simulation.advanceTo(settings.clock.now());
    const [finished] = [...simulation.jobs()].filter((job) => job.state === 3);
    assert.equal(simulation.delete(finished?.id ?? ''), 'accepted');
    const asset = simulation.addAsset({
      name: 'mine',
      alternateId: null,
      options: 0,
      formatOption: 0,
      storageAccountName: null,
    });
    simulation.fillAsset(asset);
    const id = simulation.add({
      name: 'mine',
      inputAssets: [asset],
      tasks: [{ name: 'a' }, { name: 'b', after: [0] }],
    });
    assert.equal(simulation.prioritize(id, 9), 'accepted');
    assert.equal(simulation.force(id, 2), 'accepted');
    now += minute;
    const before = await picture(first.emulator);
    await first.end(false);
    const second = await beginNew();
    assert.deepEqual(await picture(second.emulator), before);
    assert.equal(second.emulator.settings.clock.now(), start + 32 * minute);
    assert.equal(second.emulator.settings.dialects.or, true);
    assert.equal(second.emulator.simulation.find(id)?.priority, 9);
    assert.deepEqual(second.emulator.simulation.find(id)?.assets().inputs, [asset]);
  });

  it('may be missing in a file of an earlier version', async () => {
    const first = await beginNew({ arrivalsPerMinute: 0 });
    const before = await picture(first.emulator);
    await first.end(false);
    const state = readState(file);
    assert.ok(state);
    const { clock: _clock, dialects: _dialects, ...earlier } = state;
    writeState(file, earlier);
    const second = await beginNew({ dialects: { ne: true } });
    assert.deepEqual(await picture(second.emulator), before);
    assert.equal(second.emulator.settings.dialects.ne, true);
  });
});
