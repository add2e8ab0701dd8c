import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import { acsToken, documentedHeaders, getJson, send } from '../../support/emulatorRequests.ts';
import { processorMs } from '../../support/processorTime.ts';

const documentedId = 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1';
const unknownId = 'nb:jid:UUID:00000000-0000-4000-8000-00000000dead';
const verbose = { Accept: 'application/json;odata=verbose' };
const start = Date.parse('2026-03-01T12:00:00Z');
const second = 1000;

interface WireEntity {
  readonly Id: string;
  readonly Name: string;
  readonly State: number;
  readonly [property: string]: unknown;
}

describe('the API', () => {
  let now = start;
  let emulator: RunningEmulator;
  let token: string;
  let id: string;

  before(async () => {
    emulator = await startEmulator({ now: () => now, arrivalsPerMinute: 0 });
    token = await acsToken(emulator);
    emulator.simulation.advanceTo(now);
    id = emulator.simulation.add({
      name: 'It\'s "quoted" & <ümläut>',
      tasks: [
        { name: 'encode', durationMs: 40 * second },
        { name: 'clip', durationMs: 20 * second, after: 0 },
      ],
    });
  });
  after(() => emulator.close());

  const get = (path: string, headers?: Record<string, string>) => getJson(emulator, token, path, headers);
  async function list(path: string): Promise<WireEntity[]> {
    const reply = await get(path);
    assert.equal(reply.status, 200, `${path}: ${reply.text}`);
    return (reply.json as { value: WireEntity[] }).value;
  }
  async function messageOf(path: string, status: number, headers?: Record<string, string>): Promise<string> {
    const reply = await get(path, headers);
    assert.equal(reply.status, status, `${path}: ${reply.text}`);
    return (reply.json as { 'odata.error': { message: { value: string } } })['odata.error'].message.value;
  }

  describe('addresses', () => {
    it('are the same with and without parentheses, for /api and /API, with raw and encoded keys', async () => {
      const jobs = (await get('Jobs')).text;
      assert.equal((await get('Jobs()')).text, jobs);
      const upper = await send(`${emulator.endpoint.replace(/api\/$/, 'API/')}Jobs`, {
        ca: emulator.ca,
        headers: documentedHeaders(token),
      });
      assert.equal(upper.text, jobs);
      const job = await get(`Jobs('${documentedId}')`);
      assert.equal(job.status, 200);
      for (const key of [
        encodeURIComponent(documentedId),
        documentedId.replaceAll(':', '%3a'),
        documentedId.toUpperCase().replace('NB:JID', 'nb:jid'),
      ]) {
        assert.equal((await get(`Jobs('${key}')`)).text, job.text, key);
      }
      assert.equal((await get(`Jobs(%27${documentedId}%27)`)).text, job.text);
    });

    it('that name nothing are 404, malformed ones 400', async () => {
      for (const path of [
        'Nothing',
        'jobs',
        `Jobs('${documentedId}')/Nothing`,
        `Jobs('${documentedId}')/Tasks/x`,
        'Jobs/x',
      ]) {
        assert.match(await messageOf(path, 404), /^Resource not found for the segment/, path);
      }
      assert.match(await messageOf('Jobs(', 400), /syntax/);
      assert.match(await messageOf("Jobs('%zz')", 400), /percent-encoded/);
      const outside = await send(emulator.endpoint.replace(/api\/$/, 'other/Jobs'), {
        ca: emulator.ca,
        headers: documentedHeaders(token),
      });
      assert.equal(outside.status, 404);
    });

    it('with an unknown id are 404, with a malformed one 400', async () => {
      for (const path of [`Jobs('${unknownId}')`, `Jobs('${unknownId}')/Tasks`, `Jobs('${unknownId}')/State`]) {
        assert.match(await messageOf(path, 404), /dead/, path);
      }
      assert.match(await messageOf(`Tasks('${unknownId.replace('jid', 'tid')}')`, 404), /dead/);
      for (const key of [
        '',
        'x',
        'f3c43f94-327f-2347-90bb-3bf79f8559f1',
        `${documentedId}0`,
        documentedId.replace('jid', 'tid'),
      ]) {
        assert.match(await messageOf(`Jobs('${key}')`, 400), /malformed: nb:jid:UUID:<guid> is expected/, key);
      }
      assert.match(await messageOf(`Tasks('${documentedId}')`, 400), /nb:tid:UUID/);
    });

    it('offer the sets at the root', async () => {
      const reply = await get('');
      assert.deepEqual(reply.json, {
        'odata.metadata': `${emulator.endpoint}$metadata`,
        value: [
          { name: 'Assets', url: 'Assets' },
          { name: 'Tasks', url: 'Tasks' },
          { name: 'Jobs', url: 'Jobs' },
          { name: 'MediaProcessors', url: 'MediaProcessors' },
          { name: 'EncodingReservedUnitTypes', url: 'EncodingReservedUnitTypes' },
        ],
      });
    });
  });

  describe('a request', () => {
    it('without a version, or with one that never was, is 400', async () => {
      const { 'x-ms-version': _, ...headers } = documentedHeaders(token);
      const reply = await send(`${emulator.endpoint}Jobs`, { ca: emulator.ca, headers });
      assert.equal(reply.status, 400);
      assert.deepEqual(JSON.parse(reply.text), {
        'odata.error': { code: '', message: { lang: 'en-US', value: 'The x-ms-version header is missing.' } },
      });
      assert.equal((await send(emulator.root, { ca: emulator.ca, headers })).status, 400, 'at the root too');
      for (const version of ['3.0', '2.20', '1.9', '2', 'x', '2.1.1']) {
        assert.match(await messageOf('Jobs', 400, { 'x-ms-version': version }), /not supported/, version);
      }
      for (const version of ['2.0', '2.1', '2.2', '2.9', '2.19']) {
        assert.equal((await get('Jobs?$top=1', { 'x-ms-version': version })).status, 200, version);
      }
      const inAddress = await send(`${emulator.endpoint}Jobs?api-version=2.19&$top=1`, { ca: emulator.ca, headers });
      assert.equal(inAddress.status, 200);
    });

    it('with a verb that its address does not have is 400', async () => {
      for (const [method, path] of [
        ['POST', `Jobs('${id}')`],
        ['DELETE', 'Jobs'],
        ['MERGE', 'Jobs'],
        ['PUT', `Tasks('${id.replace('jid', 'tid')}')`],
        ['POST', 'Tasks'],
        ['DELETE', `Jobs('${id}')/State`],
        ['POST', 'MediaProcessors'],
        ['POST', 'CancelJob'],
        ['OPTIONS', 'Jobs'],
      ]) {
        const reply = await send(`${emulator.endpoint}${path}`, {
          ca: emulator.ca,
          method: method ?? '',
          headers: documentedHeaders(token),
        });
        assert.equal(reply.status, 400, `${method} ${path}`);
      }
    });

    it('for another representation is 415', async () => {
      const atom = await send(`${emulator.endpoint}Jobs`, {
        ca: emulator.ca,
        headers: { ...documentedHeaders(token), Accept: 'application/atom+xml,application/xml' },
      });
      assert.equal(atom.status, 415);
      assert.match(atom.text, /<m:code \/><m:message xml:lang="en-US">A supported MIME type could not be found/);
      assert.equal((await get('Jobs', { Accept: 'application/json;odata=nometadata' })).status, 415);
    });

    it('gets the representation it prefers', async () => {
      const typeFor = async (accept: string) => (await get('Jobs?$top=1', { Accept: accept })).headers['content-type'];
      const minimal = 'application/json;odata=minimalmetadata;streaming=true;charset=utf-8';
      const full = 'application/json;odata=verbose;charset=utf-8';
      assert.equal(await typeFor('*/*'), minimal);
      assert.equal(await typeFor('application/json; odata=minimalmetadata; streaming=true'), minimal);
      assert.equal(await typeFor('application/json;odata=verbose'), full);
      assert.equal(await typeFor('application/atom+xml, application/json;odata=verbose'), full);
      assert.equal(await typeFor('application/json;q=0.5, application/json;odata=verbose'), full);
    });

    it('under a name that is not its own is refused', async () => {
      const headers = { ...documentedHeaders(token), Host: `attacker.example:${emulator.ports.api}` };
      for (const url of [emulator.root, emulator.endpoint, emulator.authorityHost, `${emulator.admin}status`]) {
        const reply = await send(url, { ca: emulator.ca, headers, serverName: 'localhost' });
        assert.equal(reply.status, 421, url);
        assert.ok(!reply.text.includes('odata'));
      }
    });
  });

  describe('minimal JSON', () => {
    it('has a single job at top level, its properties in wire order', async () => {
      const { text } = await get(`Jobs('${documentedId}')`);
      assert.equal(
        text,
        `{"odata.metadata":"${emulator.endpoint}$metadata#Jobs/@Element","Id":"${documentedId}","Name":"Encoding BigBuckBunny into to H264 Adaptive Bitrate MP4 Set 720p","Created":"2015-02-11T01:46:08.897","LastModified":"2015-02-11T01:46:08.897","EndTime":null,"Priority":0,"RunningDuration":0.0,"StartTime":"2015-02-11T01:46:16.58","State":2,"TemplateId":null,"JobNotificationSubscriptions":[]}`,
      );
    });

    it('has tasks in wire order, with doubles', async () => {
      const { text } = await get(`Jobs('${documentedId}')/Tasks`, { 'x-ms-version': '2.19' });
      const [first] = (JSON.parse(text) as { value: WireEntity[] }).value;
      assert.ok(
        text.startsWith(`{"odata.metadata":"${emulator.endpoint}$metadata#Tasks","value":[{"Id":"nb:tid:UUID:`),
      );
      assert.deepEqual(Object.keys(first ?? {}), [
        'Id',
        'Configuration',
        'EndTime',
        'ErrorDetails',
        'HistoricalEvents',
        'MediaProcessorId',
        'Name',
        'PerfMessage',
        'Priority',
        'Progress',
        'RunningDuration',
        'StartTime',
        'State',
        'TaskBody',
        'Options',
        'EncryptionKeyId',
        'EncryptionScheme',
        'EncryptionVersion',
        'InitializationVector',
        'TaskNotificationSubscriptions',
      ]);
      assert.match(
        text,
        /"HistoricalEvents":\[\{"Code":"WaitingForFreeResources","Message":"","TimeStamp":"2015-02-11T01:46:08.897"\}/,
      );
      assert.match(text, /"Progress":71\.5,"RunningDuration":0\.0,"StartTime":"2015-02-11T01:46:16\.58","State":2,/);
      assert.match(text, /"TaskBody":"<\?xml version=\\"1\.0\\" encoding=\\"utf-16\\"\?>\\r\\n<taskBody>/);
      const older = await get(`Jobs('${documentedId}')/Tasks`, { 'x-ms-version': '2.12' });
      assert.ok(!older.text.includes('TaskNotificationSubscriptions'));
    });

    it('writes names so that they come back, and counts bytes', async () => {
      const reply = await get(`Jobs('${id}')`);
      assert.equal((reply.json as WireEntity).Name, 'It\'s "quoted" & <ümläut>');
      assert.equal(reply.headers['content-length'], String(reply.body.length));
      assert.ok(reply.body.length > reply.text.length);
    });

    it('has a lone property', async () => {
      const reply = await get(`Jobs('${documentedId}')/State`);
      assert.equal(reply.text, `{"odata.metadata":"${emulator.endpoint}$metadata#Edm.Int32","value":2}`);
    });
  });

  describe('verbose JSON', () => {
    it('has a job as recorded', async () => {
      const reply = await get(`Jobs('${documentedId}')`, verbose);
      const address = `${emulator.endpoint}Jobs('${encodeURIComponent(documentedId)}')`;
      const model = 'Microsoft.Cloud.Media.Vod.Rest.Data.Models';
      assert.equal(
        reply.text,
        `{"d":{"__metadata":{"id":"${address}","uri":"${address}","type":"${model}.Job"},"Tasks":{"__deferred":{"uri":"${address}/Tasks"}},"OutputMediaAssets":{"__deferred":{"uri":"${address}/OutputMediaAssets"}},"InputMediaAssets":{"__deferred":{"uri":"${address}/InputMediaAssets"}},"Id":"${documentedId}","Name":"Encoding BigBuckBunny into to H264 Adaptive Bitrate MP4 Set 720p","Created":"2015-02-11T01:46:08.897","LastModified":"2015-02-11T01:46:08.897","EndTime":null,"Priority":0,"RunningDuration":0,"StartTime":"2015-02-11T01:46:16.58","State":2,"TemplateId":null,"JobNotificationSubscriptions":{"__metadata":{"type":"Collection(${model}.JobNotificationSubscription)"},"results":[]}}}`,
      );
      assert.equal(reply.headers['dataserviceversion'], '3.0;');
      const followed = await send(address, { ca: emulator.ca, headers: { ...documentedHeaders(token), ...verbose } });
      assert.equal(followed.text, reply.text, 'its address leads back to it');
    });

    it('has tasks in results, with a zone on start and end alone', async () => {
      const { text, json } = await get(`Jobs('${documentedId}')/Tasks`, verbose);
      const { results } = (json as { d: { results: Record<string, unknown>[] } }).d;
      assert.equal(results.length, 2);
      assert.match(
        text,
        /"ErrorDetails":\{"__metadata":\{"type":"Collection\(Microsoft\.Cloud\.Media\.Vod\.Rest\.Data\.Models\.ErrorDetail\)"\},"results":\[\]\}/,
      );
      assert.match(text, /"TimeStamp":"2015-02-11T01:46:08\.897"\}/);
      assert.match(text, /"Progress":71\.5,"RunningDuration":0,"StartTime":"2015-02-11T01:46:16\.58Z","State":2/);
    });

    it('has a lone property at version 1.0, dates included', async () => {
      const state = await get(`Jobs('${documentedId}')/State`, verbose);
      assert.equal(state.text, '{"d":{"State":2}}');
      assert.equal(state.headers['dataserviceversion'], '1.0;');
      const created = await get(`Jobs('${documentedId}')/Created`, verbose);
      assert.equal(created.text, `{"d":{"Created":"\\/Date(${Date.parse('2015-02-11T01:46:08.897Z')})\\/"}}`);
      assert.equal((await get(`Jobs('${documentedId}')/EndTime`, verbose)).text, '{"d":{"EndTime":null}}');
    });

    it('has errors in its own form', async () => {
      const reply = await get('Jobs?$expand=Tasks', verbose);
      assert.equal(reply.status, 400);
      assert.deepEqual(reply.json, {
        error: { code: '', message: { lang: 'en-US', value: "The query option '$expand' is not supported." } },
      });
      assert.equal(reply.headers['content-type'], 'application/json;odata=verbose;charset=utf-8');
    });
  });

  describe('queries', () => {
    it('page with $top and $skip without gap or overlap', async () => {
      const all = (await list('Jobs')).map((job) => job.Id);
      const paged: string[] = [];
      for (let skip = 0; ; skip += 10) {
        const page = await list(`Jobs?$skip=${skip}&$top=10`);
        paged.push(...page.map((job) => job.Id));
        if (page.length < 10) {
          break;
        }
      }
      assert.equal(all.length, 26);
      assert.deepEqual(paged, all);
      assert.deepEqual(await list('Jobs?$top=0'), []);
      assert.deepEqual(await list('Jobs?$skip=1000'), []);
    });

    it('filter by Id, State and Name, combined with and', async () => {
      const [job] = await list(`Jobs?$filter=Id eq '${encodeURIComponent(id)}'`);
      assert.equal(job?.Id, id);
      assert.deepEqual(await list(`Jobs?$filter=Id eq '${unknownId}'`), []);
      assert.deepEqual(await list(`Jobs?$filter=Id eq '${id}' and State eq 5`), []);
      const finished = await list('Jobs?$filter=State eq 3');
      assert.ok(finished.length >= 8 && finished.every((one) => one.State === 3));
      const rest = await list('Jobs?$filter=not (State eq 3)');
      assert.equal(finished.length + rest.length, 26);
      const name = encodeURIComponent('It\'\'s "quoted" & <ümläut>');
      assert.deepEqual(
        (await list(`Jobs?$filter=Name eq '${name}'`)).map((one) => one.Id),
        [id],
      );
      assert.equal((await list(`Jobs?$filter=not (Name eq '${name}')`)).length, 25);
      assert.equal((await list('Jobs?$filter=State eq 3&$skip=2&$top=3')).length, 3);
    });

    it('select properties, in wire order', async () => {
      const reply = await get('Jobs?$select=State, Id&$top=1');
      const { value, ...rest } = reply.json as { value: object[] };
      assert.deepEqual(rest, { 'odata.metadata': `${emulator.endpoint}$metadata#Jobs&$select=State,Id` });
      assert.deepEqual(
        value.map((one) => Object.keys(one)),
        [['Id', 'State']],
      );
      const single = await get(`Jobs('${documentedId}')?$select=State`);
      assert.deepEqual(single.json, {
        'odata.metadata': `${emulator.endpoint}$metadata#Jobs/@Element&$select=State`,
        State: 2,
      });
      assert.match(await messageOf('Jobs?$select=Colour', 400), /'Colour'/);
    });

    it('count', async () => {
      const count = await send(`${emulator.endpoint}Jobs()/$count?$filter=State eq 2`.replaceAll(' ', '%20'), {
        ca: emulator.ca,
        headers: documentedHeaders(token),
      });
      assert.equal(count.text, String((await list('Jobs?$filter=State eq 2')).length));
      assert.match(String(count.headers['content-type']), /^text\/plain/);
    });

    it('that are not supported are 400', async () => {
      for (const query of [
        '$expand=Tasks',
        '$orderby=Created',
        '$inlinecount=allpages',
        '$skiptoken=x',
        '$format=json',
        '$foo=1',
      ]) {
        assert.match(await messageOf(`Jobs?${query}`, 400), /is not supported/, query);
      }
      for (const query of ['$top=-1', '$top=x', '$skip=1.5', '$top=', '$top=99999999999']) {
        assert.match(await messageOf(`Jobs?${query}`, 400), /Incorrect format/, query);
      }
      assert.match(await messageOf('Jobs?$top=1&$top=2', 400), /exactly once/);
      assert.match(await messageOf('Jobs?$filter=State eq 2 or State eq 3', 400), /'or' is not supported/);
      assert.match(await messageOf(`Jobs('${documentedId}')?$top=1`, 400), /cannot be applied/);
      assert.match(await messageOf(`Jobs('${documentedId}')/State?$filter=State eq 2`, 400), /cannot be applied/);
    });
  });

  describe('tasks', () => {
    it('are found by job, by key, and in their own set', async () => {
      const tasks = await list(`Jobs('${id}')/Tasks()`);
      assert.deepEqual(
        tasks.map((task) => task.Name),
        ['encode', 'clip'],
      );
      for (const task of tasks) {
        const alone = (await get(`Tasks('${encodeURIComponent(task.Id)}')`)).json as WireEntity;
        assert.equal(alone.Name, task.Name);
        assert.deepEqual(
          (await list(`Tasks?$filter=Id eq '${task.Id}'`)).map((one) => one.Name),
          [task.Name],
        );
        assert.equal(((await get(`Tasks('${task.Id}')/State`)).json as { value: number }).value, task.State);
      }
      const every = (await list('Tasks')).map((task) => task.Id);
      assert.ok(tasks.every((task) => every.includes(task.Id)));
      assert.equal(new Set(every).size, every.length);
    });

    it('filtered by state are those of all jobs, whatever the state', async () => {
      now = start + 30 * second;
      const every = await list('Tasks');
      for (const state of [0, 1, 2, 3, 4, 5, 6]) {
        const found = await list(`Tasks?$filter=State eq ${state}`);
        const expected = every.filter((task) => task.State === state).map((task) => task.Id);
        assert.deepEqual(
          found.map((task) => task.Id),
          expected,
          `state ${state}`,
        );
      }
      assert.ok((await list('Tasks?$filter=State eq 2')).length >= 3);
      assert.ok(
        (await list('Tasks?$filter=State eq 4')).some((task) => (task['ErrorDetails'] as unknown[]).length === 1),
      );
    });
  });

  describe('CancelJob', () => {
    const cancel = (job: string) => get(`CancelJob?jobid='${encodeURIComponent(job)}'`);

    it('is 204 without a body, and then 400 while and after it is canceled', async () => {
      const [running] = await list('Jobs?$filter=State eq 2&$top=1');
      const reply = await cancel(running?.Id ?? '');
      assert.equal(reply.status, 204);
      assert.equal(reply.body.length, 0);
      assert.equal(((await get(`Jobs('${running?.Id}')/State`)).json as { value: number }).value, 6);
      assert.equal((await cancel(running?.Id ?? '')).status, 400);
      now += 10 * second;
      assert.equal(((await get(`Jobs('${running?.Id}')/State`)).json as { value: number }).value, 5);
      assert.equal((await cancel(running?.Id ?? '')).status, 400);
    });

    it('is 400 for jobs that are Finished or failed', async () => {
      for (const state of [3, 4]) {
        const [job] = await list(`Jobs?$filter=State eq ${state}&$top=1`);
        assert.match(await messageOf(`CancelJob?jobid='${job?.Id}'`, 400), /cannot be canceled/);
      }
    });

    it('is 404 for an unknown id, 400 for a malformed or unquoted one', async () => {
      assert.equal((await cancel(unknownId)).status, 404);
      assert.equal((await cancel('x')).status, 400);
      assert.equal((await get(`CancelJob?jobid=${documentedId}`)).status, 400);
      assert.equal((await get('CancelJob')).status, 400);
    });
  });
});

describe('a large account', () => {
  it('never gives more than 1000 at once, and pages without a pause', async () => {
    const emulator = await startEmulator({ now: () => start, jobs: 50_000, arrivalsPerMinute: 0 });
    try {
      const token = await acsToken(emulator);
      const count = async (path: string) => {
        let rows: unknown[] = [];
        const took = await processorMs(async () => {
          rows = ((await getJson(emulator, token, path)).json as { value: unknown[] }).value;
        });
        assert.ok(took < 2000, `${path}: ${took} ms`);
        return rows.length;
      };
      assert.equal(await count('Jobs'), 1000);
      assert.equal(await count('Jobs?$top=5000'), 1000);
      assert.equal(await count('Jobs?$skip=49500&$top=1000'), 501);
      assert.equal(await count('Tasks'), 1000);
      assert.equal(await count('Tasks?$filter=State eq 2'), 5);
      assert.equal(await count('Jobs?$filter=State eq 4&$top=1000'), 1000);
    } finally {
      await emulator.close();
    }
  });
});
