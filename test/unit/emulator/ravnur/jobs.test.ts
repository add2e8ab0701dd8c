import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type RunningEmulator, startEmulator } from '../../../../src/emulator/emulator.ts';
import { postAdmin } from '../../../support/emulatorRequests.ts';
import { ask, mkio, pathOf, ravnur, ravnurToken, type ShownJob, type ShownList } from '../../../support/v3Requests.ts';

const typed = (operator: string, state: string) => `properties/state ${operator} Microsoft.Media.JobState'${state}'`;

describe('the jobs of Ravnur', () => {
  let now = Date.parse('2026-03-01T12:00:00Z');
  let emulator: RunningEmulator;
  let token: string;
  before(async () => {
    emulator = await startEmulator({ now: () => now, arrivalsPerMinute: 0, jobs: 60, tokenLifetimeSeconds: 86_400 });
    token = await ravnurToken(emulator);
  });
  after(() => emulator.close());
  beforeEach(() => postAdmin(emulator, 'dialects', { all: 'off' }));

  const get = <T>(path: string) => ravnur<T>(emulator, token, path);
  const transform = 'AdaptiveStreaming';
  const list = (options: Record<string, string> = {}, of = transform) =>
    get<ShownList>(
      `transforms/${of}/jobs?${Object.entries(options)
        .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
        .join('&')}`,
    );
  const filtered = async ($filter: string) => {
    const { status, text, json } = await list({ $filter });
    assert.equal(status, 200, `${$filter}: ${text}`);
    return json.value;
  };

  it('are those of MK.IO, transform by transform, with the properties of AMS v3', async () => {
    const transforms = (await get<ShownList<{ name: string }>>('transforms')).json.value;
    const seen: ShownJob[] = [];
    for (const { name } of transforms) {
      seen.push(...(await list({}, name)).json.value);
    }
    const others = (await mkio<ShownList>(emulator, 'jobs')).json.value;
    const states = (jobs: readonly ShownJob[]) => jobs.map((job) => `${pathOf(job)} ${job.properties.state}`).sort();
    assert.deepEqual(states(seen), states(others));
    const job = seen.find(({ properties }) => properties.state === 'Finished') ?? assert.fail();
    assert.deepEqual(Object.keys(job), ['name', 'id', 'type', 'properties', 'systemData']);
    assert.deepEqual(job.properties.correlationData, {});
    const { subscriptionId, resourceGroup, accountName } = emulator.ravnur;
    const account = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Media/mediaservices/${accountName}`;
    assert.equal(job.id, `${account}/${decodeURIComponent(pathOf(job))}`);
    for (const { properties } of seen) {
      assert.match(properties.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,6}[1-9])?Z$/);
    }
    assert.deepEqual((await get<ShownJob>(pathOf(job))).json, job);
  });

  it('say in detail why an output failed', async () => {
    const { id } = await postAdmin<{ id: string }>(emulator, 'jobs', {});
    await postAdmin(emulator, 'jobs/fail', { id, code: 'ErrorParsingConfiguration', message: 'Bitrate is no number.' });
    const [job] = (await mkio<ShownList>(emulator, 'jobs?$top=1')).json.value;
    const { properties } = (await get<ShownJob>(pathOf(job ?? assert.fail()))).json;
    const { error } = properties.outputs[0] ?? assert.fail();
    assert.deepEqual(error, {
      code: 'ConfigurationUnsupported',
      message: 'The input and the settings of the transform do not fit each other.',
      category: 'Configuration',
      retry: 'DoNotRetry',
      details: [{ code: 'ErrorParsingConfiguration', message: 'Bitrate is no number.' }],
    });
  });

  it('are filtered by state, creation and name as AMS v3 was', async () => {
    const all = (await list()).json.value;
    const ids = (jobs: readonly ShownJob[]) => jobs.map(({ id }) => id);
    const inState = (...states: string[]) => all.filter(({ properties }) => states.includes(properties.state));
    assert.ok(inState('Finished').length > 0 && inState('Error').length > 0 && inState('Processing').length > 0);
    assert.deepEqual(ids(await filtered(typed('eq', 'Finished'))), ids(inState('Finished')));
    assert.deepEqual(
      ids(await filtered(typed('eq', 'error').replace('properties/state', 'Properties/State'))),
      ids(inState('Error')),
    );
    assert.deepEqual(
      ids(await filtered(`${typed('eq', 'Queued')} or ${typed('eq', 'Processing')} or ${typed('eq', 'Scheduled')}`)),
      ids(inState('Queued', 'Processing', 'Scheduled')),
    );
    assert.deepEqual(
      ids(await filtered(typed('ne', 'Finished'))),
      ids(all.filter(({ properties }) => properties.state !== 'Finished')),
    );
    const middle = all[3]?.properties.created ?? '';
    for (const [operator, expected] of [
      ['gt', all.slice(0, 3)],
      ['ge', all.slice(0, 4)],
      ['lt', all.slice(4)],
      ['le', all.slice(3)],
    ] as const) {
      assert.deepEqual(ids(await filtered(`properties/created ${operator} ${middle}`)), ids(expected), operator);
    }
    // `and` binds closer than `or`.
    const mixed = `name eq '${all[0]?.name}' or ${typed('eq', 'Error')} and properties/created lt 2000-01-01T00:00:00Z`;
    assert.deepEqual(ids(await filtered(mixed)), [all[0]?.id]);
    assert.deepEqual(ids(await filtered(mixed.replace(/^(.*) and/, '($1) and'))), []);
  });

  it('are not filtered or ordered by anything else', async () => {
    for (const $filter of [
      "properties/state eq 'Finished'",
      "properties/state eq Microsoft.Media.Other'Finished'",
      typed('gt', 'Finished'),
      "contains(name,'a')",
      "name ne 'a'",
      'properties/created eq 2026-01-01T00:00:00Z',
      "transform eq 'a'",
    ]) {
      assert.equal((await list({ $filter })).status, 400, $filter);
    }
    for (const $orderby of ['properties/state', 'id']) {
      assert.equal((await list({ $orderby })).status, 400, $orderby);
    }
    assert.equal((await list({ $top: '5' })).status, 400, 'the size of a page cannot be set');
    await postAdmin(emulator, 'dialects', { 'ravnur-filter': 'plain' });
    assert.equal((await list({ $filter: "properties/state eq 'Finished'" })).status, 200);
    assert.equal((await list({ $filter: typed('eq', 'Finished') })).status, 400);
    await postAdmin(emulator, 'dialects', { 'ravnur-filter': 'none' });
    assert.equal((await list({ $filter: "properties/state eq 'Finished'" })).status, 400);
    assert.equal((await list()).status, 200);
  });

  it('are ordered, and go on at links with the host in them, to their end', async () => {
    await postAdmin(emulator, 'dialects', { 'v3-page': '3' });
    const seen: ShownJob[] = [];
    let page = await list({ $orderby: 'properties/created asc', $filter: typed('ne', 'Queued') });
    for (;;) {
      seen.push(...page.json.value);
      const next = page.json['@odata.nextLink'];
      if (next === undefined) {
        break;
      }
      assert.equal(page.json.value.length, 3);
      assert.ok(next.startsWith(emulator.ravnur.endpoint) && next.includes('api-version=2022-07-01'));
      page = await ask<ShownList>(emulator, next, token);
      assert.equal(page.status, 200);
    }
    await postAdmin(emulator, 'dialects', { all: 'off' });
    const whole = (await list({ $filter: typed('ne', 'Queued') })).json.value;
    assert.deepEqual(seen, whole.toReversed());
    const names = (await list({ $orderby: 'name desc' })).json.value.map(({ name }) => name);
    assert.deepEqual(
      names,
      names.toSorted((left, right) => (left > right ? -1 : 1)),
    );
  });

  it('have transforms that can be read, ordered and found by name', async () => {
    const { value } = (await get<ShownList<{ name: string }>>('transforms?$orderby=name%20desc')).json;
    const names = value.map(({ name }) => name);
    assert.deepEqual(names, names.toSorted().toReversed());
    assert.deepEqual((await get(`transforms/${names[0]}`)).json, value[0]);
    const found = await get<ShownList<{ name: string }>>(`transforms?$filter=name%20eq%20'${names[1]}'`);
    assert.deepEqual(found.json.value, [value[1]]);
  });

  it('can be canceled, deleted and given a priority', async () => {
    const { id } = await postAdmin<{ id: string }>(emulator, 'jobs', { tasks: [{ name: 'a' }, { name: 'b' }] });
    const path = pathOf((await mkio<ShownList>(emulator, 'jobs?$top=1')).json.value[0] ?? assert.fail());
    const call = (method: string, below = '', body?: object) =>
      ravnur<ShownJob>(emulator, token, `${path}${below}`, { method, ...(body ? { body } : {}) });
    const patched = await call('PATCH', '', { properties: { priority: 'High', description: 'Mine' } });
    assert.deepEqual([patched.json.properties.priority, patched.json.properties.description], ['High', 'Mine']);
    assert.equal(emulator.simulation.find(id)?.priority, 1);
    assert.equal((await mkio<ShownJob>(emulator, path)).json.properties.description, 'Mine');
    assert.equal((await call('PATCH', '', { properties: { priority: 'Highest' } })).status, 400);
    await postAdmin(emulator, 'jobs/advance', { id, to: 'processing' });
    assert.equal((await call('DELETE')).status, 409);
    const canceled = await call('POST', '/CANCELJOB');
    assert.deepEqual([canceled.status, canceled.text], [200, '']);
    const state = async () => (await mkio<ShownJob>(emulator, path)).json.properties.state;
    assert.equal(await state(), 'Canceling');
    assert.equal((await call('POST', '/cancelJob')).status, 409);
    now += 10_000;
    assert.equal(await state(), 'Canceled');
    assert.deepEqual([(await call('DELETE')).status, (await call('DELETE')).status], [200, 204]);
    assert.deepEqual([(await call('GET')).status, (await call('POST', '/cancelJob')).status], [404, 404]);
    assert.equal((await call('PUT', '', {})).status, 405);
  });
});
