import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import { acsToken, documentedHeaders, getJson, send } from '../../support/emulatorRequests.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
const encoder = 'nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56';
const verbose = { Accept: 'application/json;odata=verbose' };

describe('besides jobs and tasks there', () => {
  let emulator: RunningEmulator;
  let token: string;
  before(async () => {
    emulator = await startEmulator({ now: () => start, arrivalsPerMinute: 0, jobs: 8 });
    token = await acsToken(emulator);
  });
  after(() => emulator.close());

  const get = (path: string, headers?: Record<string, string>) => getJson(emulator, token, path, headers);
  async function list(path: string): Promise<Record<string, unknown>[]> {
    const reply = await get(path);
    assert.equal(reply.status, 200, `${path}: ${reply.text}`);
    return (reply.json as { value: Record<string, unknown>[] }).value;
  }

  it('are media processors', async () => {
    const [standard] = await list("MediaProcessors()?$filter=Name eq 'Media Encoder Standard'");
    assert.deepEqual(standard, {
      Id: encoder,
      Description: 'Media Encoder Standard',
      Name: 'Media Encoder Standard',
      Sku: '',
      Vendor: 'Microsoft',
      Version: '1.1',
    });
    assert.equal((await get(`MediaProcessors('${encodeURIComponent(encoder)}')`)).status, 200);
    assert.equal((await get(`MediaProcessors('${encoder.replace('ff', '00')}')`)).status, 404);
    assert.equal((await get(`MediaProcessors('${encoder}')/Name`)).status, 200);
  });

  it('are reserved units, in one entity with a GUID for a key', async () => {
    const path = "EncodingReservedUnitTypes(guid'61318ce3-0629-4400-8a1b-e716bc501314')";
    const entity = {
      AccountId: '61318ce3-0629-4400-8a1b-e716bc501314',
      ReservedUnitType: 1,
      MaxReservableUnits: 25,
      CurrentReservedUnits: 3,
    };
    assert.deepEqual(await list('EncodingReservedUnitTypes'), [entity]);
    assert.deepEqual(await list('EncodingReservedUnitTypes()?$top=1'), [entity]);
    assert.deepEqual((await get(path)).json, {
      'odata.metadata': `${emulator.endpoint}$metadata#EncodingReservedUnitTypes/@Element`,
      ...entity,
    });
    assert.deepEqual(
      (
        await get(
          path
            .toUpperCase()
            .replace(/^[A-Z]+/, 'EncodingReservedUnitTypes')
            .replace('GUID', 'guid'),
        )
      ).status,
      200,
    );
    assert.match((await get(`${path}/CurrentReservedUnits`)).text, /"value":3\}$/);
    const { text } = await get('EncodingReservedUnitTypes', verbose);
    assert.ok(text.includes(`"uri":"${emulator.endpoint}${path}"`), text);
    assert.equal((await get(path.replace('61318ce3', '00000000'))).status, 404);
    for (const malformed of [
      path.replace('guid', ''),
      path.replace('61318ce3', 'x'),
      "Jobs(guid'61318ce3-0629-4400-8a1b-e716bc501314')",
    ]) {
      assert.equal((await get(malformed)).status, 400, malformed);
    }
    for (const method of ['MERGE', 'PATCH', 'PUT']) {
      const reply = await send(emulator.endpoint + path, {
        ca: emulator.ca,
        method,
        headers: { ...documentedHeaders(token), 'Content-Type': 'application/json' },
        body: '{"CurrentReservedUnits":1}',
      });
      assert.equal(reply.status, 501);
    }
    assert.equal((await list('EncodingReservedUnitTypes'))[0]?.['CurrentReservedUnits'], 3);
    const sets = ((await get('')).json as { value: { name: string }[] }).value.map(({ name }) => name);
    assert.ok(sets.includes('EncodingReservedUnitTypes'));
  });

  it('are no reserved units by a dialect', async () => {
    const without = await startEmulator({ arrivalsPerMinute: 0, jobs: 1, dialects: { 'no-reserved-units': true } });
    const other = await acsToken(without);
    for (const path of [
      'EncodingReservedUnitTypes',
      "EncodingReservedUnitTypes(guid'61318ce3-0629-4400-8a1b-e716bc501314')",
    ]) {
      assert.equal((await getJson(without, other, path)).status, 404, path);
    }
    assert.ok(!(await getJson(without, other, '')).text.includes('EncodingReservedUnitTypes'));
    await without.close();
  });

  it('are assets of every job, each found by key and by filter, those of tasks among them', async () => {
    for (const job of await list('Jobs')) {
      const outputs = await list(`Jobs('${job['Id']}')/OutputMediaAssets`);
      const inputs = await list(`Jobs('${job['Id']}')/InputMediaAssets()`);
      const tasks = await list(`Jobs('${job['Id']}')/Tasks`);
      assert.equal(outputs.length, tasks.length);
      assert.equal(inputs.length, 1);
      const ofTasks = await Promise.all(tasks.map((task) => list(`Tasks('${task['Id']}')/OutputMediaAssets`)));
      assert.deepEqual(ofTasks.flat(), outputs);
      for (const { Id, ...asset } of [...inputs, ...outputs]) {
        const {
          'odata.metadata': _,
          Id: id,
          ...alone
        } = (await get(`Assets('${Id}')`)).json as Record<string, unknown>;
        assert.deepEqual([id, alone], [Id, asset]);
        assert.deepEqual(await list(`Assets?$filter=Id eq '${Id}'`), [{ Id, ...asset }]);
      }
    }
    const every = await list('Assets');
    assert.equal(
      (await send(`${emulator.endpoint}Assets/$count`, { ca: emulator.ca, headers: documentedHeaders(token) })).text,
      String(every.length),
    );
    assert.equal(every.length, emulator.simulation.assetCount);
    assert.equal(new Set(every.map((asset) => asset['Id'])).size, every.length);
    assert.equal((await get("Assets('nb:cid:UUID:00000000-0000-4000-8000-00000000dead')")).status, 404);
  });

  it('are verbose dates of the old kind where nothing forces version 3.0', async () => {
    const reply = await get('Assets?$top=1', verbose);
    assert.match(reply.text, /"Created":"\\\/Date\(\d+\)\\\/"/);
    assert.equal(reply.headers['dataserviceversion'], '1.0;');
    assert.match((await get('Jobs?$top=1', verbose)).text, /"Created":"2/);
  });

  it('is what came later only for those who ask for it', async () => {
    const names = async (version: string) => {
      const { json } = await get('Assets?$top=1', { 'x-ms-version': version });
      return Object.keys((json as { value: object[] }).value[0] ?? {});
    };
    const old = ['Id', 'State', 'Created', 'LastModified', 'AlternateId', 'Name', 'Options'];
    assert.deepEqual(await names('2.1'), old);
    assert.deepEqual(await names('2.19'), [...old, 'FormatOption', 'Uri', 'StorageAccountName']);
  });

  it('is metadata, whatever is accepted', async () => {
    for (const path of ['$metadata', '$metadata?api-version=2.19']) {
      const reply = await send(`${emulator.endpoint}${path}`, {
        ca: emulator.ca,
        headers: { ...documentedHeaders(token), Accept: 'application/xml', 'x-ms-version': '2.19' },
      });
      assert.equal(reply.status, 200);
      assert.match(String(reply.headers['content-type']), /^application\/xml/);
      for (const part of [
        '<EntityType Name="Job"><Key><PropertyRef Name="Id" /></Key><Property Name="Id" Type="Edm.String" Nullable="false" />',
        '<EntityType Name="EncodingReservedUnitType"><Key><PropertyRef Name="AccountId" /></Key><Property Name="AccountId" Type="Edm.Guid" Nullable="false" />',
        '<Property Name="RunningDuration" Type="Edm.Double" />',
        '<EntitySet Name="Tasks" EntityType="Microsoft.Cloud.Media.Vod.Rest.Data.Models.Task" />',
        '<NavigationProperty Name="OutputMediaAssets"',
        '<FunctionImport Name="CancelJob"',
        'Name="TaskNotificationSubscriptions"',
      ]) {
        assert.ok(reply.text.includes(part), part);
      }
      const opened = [...reply.text.matchAll(/<([A-Za-z:]+)(?=[ >])[^>]*[^/]>|<([A-Za-z:]+)>/g)].length;
      assert.equal(opened, [...reply.text.matchAll(/<\//g)].length, 'every element is closed');
    }
    assert.equal((await get('$metadata()')).status, 404);
  });

  it('are errors in XML for who accepts Atom', async () => {
    for (const [accept, type] of [
      ['application/atom+xml,application/xml', /^application\/xml/],
      ['application/atom+xml, application/json', /minimalmetadata/],
      ['image/png', /minimalmetadata/],
    ] as const) {
      const reply = await send(`${emulator.endpoint}Jobs('<&>')`, {
        ca: emulator.ca,
        headers: { ...documentedHeaders(token), Accept: accept },
      });
      assert.equal(reply.status, 400);
      assert.match(String(reply.headers['content-type']), type);
    }
    const root = await send(emulator.root, { ca: emulator.ca, headers: { Accept: 'application/atom+xml' } });
    assert.equal(root.status, 401);
    assert.match(
      root.text,
      /^<\?xml version="1\.0" encoding="utf-8"\?><m:error xmlns:m="[^"]+"><m:code \/><m:message xml:lang="en-US">Unauthorized/,
    );
  });
});
