import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type RunningEmulator, startEmulator } from '../../../../src/emulator/emulator.ts';
import { acsToken, getJson, postAdmin } from '../../../support/emulatorRequests.ts';
import { ask, mkio, type ShownJob, type ShownList } from '../../../support/v3Requests.ts';

const start = Date.parse('2026-03-01T12:00:00Z');

describe('the lists of MK.IO', () => {
  let emulator: RunningEmulator;
  before(async () => {
    emulator = await startEmulator({ now: () => start, arrivalsPerMinute: 0 });
  });
  after(() => emulator.close());
  beforeEach(() => postAdmin(emulator, 'dialects', { all: 'off' }));

  const query = (options: Record<string, string>) =>
    `?${Object.entries(options)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&')}`;
  const list = (options: Record<string, string> = {}, path = 'jobs') =>
    mkio<ShownList>(emulator, `${path}${query(options)}`);
  const filtered = async ($filter: string) => {
    const { status, text, json } = await list({ $filter });
    assert.equal(status, 200, `${$filter}: ${text}`);
    return json.value;
  };

  it('have all jobs of the account, the newest first, as many as v2 has', async () => {
    const { json } = await list();
    const v2 = (await getJson(emulator, await acsToken(emulator), 'Jobs?$top=1000')).json as {
      value: { Name: string }[];
    };
    assert.deepEqual(
      json.value.map(({ properties }) => properties.description),
      v2.value.map(({ Name }) => Name),
    );
    const { subscriptionId: id } = emulator.secrets;
    assert.deepEqual(json.supplemental, {
      ...{ kind: 'jobs', count: 25, operation: 'list' },
      pagination: { start: 0, end: 25, records: 25, total: 25 },
      subscription: { id, name: emulator.mkio.project },
    });
    assert.equal(json['@odata.nextLink'], undefined);
    assert.equal(new Set(json.value.map(({ name }) => name)).size, 25);
  });

  it('have a project, its transforms and the jobs of each, together all', async () => {
    const { endpoint, project, token } = emulator.mkio;
    const projects = await ask<{ value: { name: string; id: string }[] }>(
      emulator,
      `${endpoint}api/v1/projects`,
      token,
    );
    assert.deepEqual(
      projects.json.value.map(({ name }) => name),
      [project],
    );
    const { value } = (await mkio<ShownList<{ name: string }>>(emulator, 'transforms')).json;
    assert.ok(value.length >= 6);
    const seen: string[] = [];
    for (const { name } of value) {
      const transform = await mkio<{ name: string }>(emulator, `transforms/${name}`);
      assert.equal(transform.json.name, name);
      const { json } = await list({}, `transforms/${name}/jobs`);
      assert.ok(json.value.every(({ id }) => id.includes(`/transforms/${name}/jobs/`)));
      seen.push(...json.value.map(({ id }) => id));
    }
    assert.deepEqual(seen.sort(), (await list()).json.value.map(({ id }) => id).sort());
    assert.equal((await mkio(emulator, 'transforms/none')).status, 404);
    assert.equal((await mkio(emulator, 'transforms/none/jobs')).status, 404);
  });

  for (const [form, resolve] of [
    ['own', (link) => new URL(link, emulator.mkio.endpoint).href],
    ['relative', (link) => new URL(link, emulator.mkio.endpoint).href],
    ['absolute', (link) => link],
    ['encoded', (link) => new URL(decodeURIComponent(link), emulator.mkio.endpoint).href],
  ] as const satisfies readonly (readonly [string, (link: string) => string])[]) {
    it(`go on at links to their end, which keep the query (${form})`, async () => {
      await postAdmin(emulator, 'dialects', { 'v3-links': form, 'v3-page': '4' });
      const options = {
        $filter: "properties/state ge 'A' and contains(name,'-') and properties/created gt 2000-01-01T00:00:00+00:00",
        $orderby: 'properties/created desc, name asc',
        $top: '3',
      };
      const seen: string[] = [];
      const sizes: number[] = [];
      let page = await list(options);
      for (;;) {
        const { value, supplemental, '@odata.nextLink': next } = page.json;
        assert.equal(supplemental?.pagination.start, seen.length);
        seen.push(...value.map(({ id }) => id));
        sizes.push(value.length);
        assert.equal(supplemental?.pagination.end, seen.length);
        assert.equal(supplemental?.pagination.total, 25);
        if (next === undefined) {
          break;
        }
        assert.match(next, { own: /^\/api/, relative: /^\/api/, absolute: /^https:/, encoded: /^%2Fapi/ }[form]);
        page = await ask<ShownList>(emulator, resolve(next), emulator.mkio.token);
        assert.equal(page.status, 200, next);
      }
      assert.deepEqual(sizes, [3, 3, 3, 3, 3, 3, 3, 3, 1]);
      assert.equal(new Set(seen).size, 25);
    });
  }

  it('have pages of the size that the service likes, a token past the end none', async () => {
    await postAdmin(emulator, 'dialects', { 'v3-page': '4' });
    assert.equal((await list({ $top: '1000' })).json.value.length, 4);
    assert.equal((await list()).json.value.length, 4);
    const past = (await list({ $skiptoken: '25' })).json;
    assert.deepEqual([past.value.length, past['@odata.nextLink']], [0, undefined]);
  });

  it('are filtered by what is seen in production', async () => {
    const all = (await list()).json.value;
    const ids = (jobs: readonly ShownJob[]) => jobs.map(({ id }) => id);
    for (const state of ['Queued', 'Processing', 'Finished', 'Error', 'Canceled', 'Nonsense']) {
      const expected = all.filter(({ properties }) => properties.state === state);
      assert.deepEqual(ids(await filtered(`properties/state eq '${state}'`)), ids(expected), state);
    }
    const from = all[20]?.properties.created ?? '';
    const to = all[5]?.properties.created ?? '';
    const within = all.filter(({ properties }) => properties.created >= from && properties.created <= to);
    const range = `properties/created ge ${from} and properties/created le ${to}`;
    assert.ok(within.length > 0);
    assert.deepEqual(ids(await filtered(range)), ids(within));
    assert.deepEqual(
      ids(await filtered(`contains(name,'Adaptive') and ${range} and properties/state eq 'Finished'`)),
      ids(within.filter(({ name, properties }) => name.includes('Adaptive') && properties.state === 'Finished')),
    );
    assert.deepEqual(ids(await filtered(`created gt ${from} and updated lt 2100-01-01T00:00:00Z`)).length > 0, true);
    for (const name of ['name', 'id'] as const) {
      assert.deepEqual(ids(await filtered(`${name} eq '${all[3]?.[name]}'`)), [all[3]?.id]);
    }
    assert.equal((await filtered("transform eq 'AdaptiveStreaming'")).length, 5);
    assert.equal(
      (await filtered("createdBy eq 'user@domain.com' and (updatedByName eq 'user@domain.com')")).length,
      25,
    );
  });

  it('refuse what no one has seen work, unless it is said to', async () => {
    const or = "properties/state eq 'Queued' or properties/state eq 'Processing'";
    const ne = "properties/state ne 'Finished'";
    const has = "contains(name,'a')";
    const statuses = async () => Promise.all([or, ne, has].map(async ($filter) => (await list({ $filter })).status));
    assert.deepEqual(await statuses(), [400, 400, 200]);
    await postAdmin(emulator, 'dialects', { 'mkio-filter': 'full' });
    assert.deepEqual(await statuses(), [200, 200, 200]);
    const active = await filtered(or);
    assert.ok(active.length > 0 && active.every(({ properties }) => /Queued|Processing/.test(properties.state)));
    assert.equal((await filtered(ne)).length + (await filtered("properties/state eq 'Finished'")).length, 25);
    await postAdmin(emulator, 'dialects', { 'mkio-filter': 'bare' });
    assert.deepEqual(await statuses(), [400, 400, 400]);
  });

  it('are ordered by one or more fields', async () => {
    const names = async ($orderby: string) => (await list({ $orderby })).json.value;
    const byName = (await names('name')).map(({ name }) => name);
    assert.deepEqual(
      byName,
      byName.toSorted((left, right) => (left < right ? -1 : 1)),
    );
    assert.deepEqual(
      (await names('name desc')).map(({ name }) => name),
      byName.toReversed(),
    );
    const byState = (await names('properties/state,properties/created desc')).map(
      ({ properties }) => [properties.state, properties.created] as const,
    );
    const expected = byState.toSorted((left, right) =>
      left[0] < right[0] ? -1 : left[0] > right[0] ? 1 : left[1] < right[1] ? 1 : -1,
    );
    assert.deepEqual(byState, expected);
  });

  it('refuse what is malformed with 400 and a reference', async () => {
    for (const options of [
      ...[
        "properties/state eq Microsoft.Media.JobState'Finished'",
        "State eq 'Finished'",
        'properties/state eq Finished',
        "properties/state eq 'Finished",
        "properties/state eq 'Finished' and",
        "properties/created gt '2026-01-01'",
        'properties/created gt 2026-99-99T00:00:00Z',
        "contains(properties/created,'2')",
        "contains(name,'a'",
        "startswith(name,'a')",
        "toString eq 'a'",
        "name toString 'a'",
        ')',
        '',
        '('.repeat(3000),
        "name eq 'a' ; drop",
      ].map(($filter) => ({ $filter })),
      ...['', 'transform', 'name up', 'name,', 'constructor'].map(($orderby) => ({ $orderby })),
      ...[{ $top: '0' }, { $top: '-1' }, { $top: 'x' }, { $skiptoken: 'x' }, { $skip: '1' }, { $select: 'name' }],
    ]) {
      const { status, json } = await mkio<{ status: number; ref: string; error: { code: string; detail: string } }>(
        emulator,
        `jobs${query(options as Record<string, string>)}`,
      );
      assert.equal(status, 400, JSON.stringify(options).slice(0, 80));
      assert.equal(json.status, 400);
      assert.match(json.ref, /^[0-9a-f-]{36}$/);
      assert.ok(json.error.code.length > 0 && json.error.detail.length > 0);
    }
    assert.equal((await mkio(emulator, 'jobs?$top=1&$top=2')).status, 400);
  });

  it('are 404 where they would be empty, by dialect', async () => {
    const nothing = { $filter: "name eq 'nothing'" };
    const { json, status } = await list(nothing);
    assert.deepEqual([status, json.value, json.supplemental?.pagination.total], [200, [], 0]);
    await postAdmin(emulator, 'dialects', { 'mkio-empty-404': true });
    assert.equal((await list(nothing)).status, 404);
    assert.equal((await list()).status, 200);
  });
});
