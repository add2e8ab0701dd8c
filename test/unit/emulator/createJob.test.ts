import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import { acsToken, type BareReply, documentedHeaders, getJson, send } from '../../support/emulatorRequests.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
const encoder = 'nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56';
const verboseType = 'application/json;odata=verbose';

/** One task that reads the job's input and writes output `output`. */
function task(changes: Record<string, unknown> = {}, output = 0, input = 'JobInputAsset(0)') {
  return {
    Configuration: 'Adaptive Streaming',
    MediaProcessorId: encoder,
    TaskBody: `<?xml version="1.0" encoding="utf-8"?><taskBody><inputAsset>${input}</inputAsset><outputAsset assetName="Out">JobOutputAsset(${output})</outputAsset></taskBody>`,
    ...changes,
  };
}

describe('creating a job', () => {
  let now = start;
  let emulator: RunningEmulator;
  let token: string;
  let asset: string;

  before(async () => {
    emulator = await startEmulator({ now: () => now, arrivalsPerMinute: 0, jobs: 12, quotas: { jobs: 200 } });
    token = await acsToken(emulator);
    const { json } = await getJson(emulator, token, "Assets?$filter=Name eq 'BigBuckBunny'");
    asset = (json as { value: { Id: string }[] }).value.at(-1)?.Id ?? '';
    assert.match(asset, /^nb:cid:UUID:/);
  });
  after(() => emulator.close());

  const link = (id = asset) => `${emulator.endpoint}Assets('${encodeURIComponent(id)}')`;
  function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<BareReply> {
    return send(`${emulator.endpoint}${path}`, {
      ca: emulator.ca,
      method: 'POST',
      headers: { ...documentedHeaders(token), 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }
  const light = (changes: Record<string, unknown> = {}) => ({
    Name: 'NewTestJob',
    'InputMediaAssets@odata.bind': [link()],
    Tasks: [task()],
    ...changes,
  });
  const create = (changes: Record<string, unknown>, headers: Record<string, string> = {}) =>
    post('Jobs', light(changes), { 'x-ms-version': '2.19', ...headers });
  async function refused(status: number, changes: Record<string, unknown>, message: RegExp): Promise<void> {
    const reply = await create(changes);
    assert.equal(reply.status, status, reply.text);
    assert.match(JSON.parse(reply.text)['odata.error'].message.value, message);
  }
  async function list(path: string): Promise<Record<string, unknown>[]> {
    const reply = await getJson(emulator, token, path, { 'x-ms-version': '2.19' });
    assert.equal(reply.status, 200, reply.text);
    return (reply.json as { value: Record<string, unknown>[] }).value;
  }
  async function created(changes: Record<string, unknown>): Promise<string> {
    const reply = await create(changes);
    assert.equal(reply.status, 201, reply.text);
    return (JSON.parse(reply.text) as { Id: string }).Id;
  }

  it('in JSON light is 201 with its address, new dates and its tasks', async () => {
    const reply = await post('Jobs', light());
    assert.equal(reply.status, 201, reply.text);
    const job = JSON.parse(reply.text);
    assert.equal(reply.headers['location'], `${emulator.endpoint}Jobs('${encodeURIComponent(job.Id)}')`);
    assert.equal(job['odata.metadata'], `${emulator.endpoint}$metadata#Jobs/@Element`);
    assert.equal(job.Name, 'NewTestJob');
    assert.equal(job.State, 0);
    assert.match(job.Created, /^2026-03-01T12:00:00\.\d{7}Z$/);
    const again = await getJson(emulator, token, `Jobs('${job.Id}')`);
    assert.equal((again.json as { Created: string }).Created, '2026-03-01T12:00:00');
    const [only, ...more] = await list(`Jobs('${job.Id}')/Tasks`);
    assert.deepEqual(more, []);
    assert.equal(only?.['Configuration'], 'Adaptive Streaming');
    assert.equal(only?.['MediaProcessorId'], encoder);
    assert.equal(
      only?.['TaskBody'],
      '<?xml version="1.0" encoding="utf-16"?>\r\n<taskBody>\r\n  <inputAsset>JobInputAsset(0)</inputAsset>\r\n  <outputAsset assetCreationOptions="1" assetFormatOption="0" assetName="Out">JobOutputAsset(0)</outputAsset>\r\n</taskBody>',
    );
  });

  it('in verbose JSON needs both headers to say so', async () => {
    const body = {
      Name: 'NewTestJob',
      InputMediaAssets: [{ __metadata: { uri: link() } }],
      Tasks: [task(), task({}, 1)],
    };
    const both = await post('Jobs', body, { Accept: verboseType, 'Content-Type': verboseType });
    assert.equal(both.status, 201, both.text);
    const job = JSON.parse(both.text).d;
    assert.equal(job.__metadata.uri, both.headers['location']);
    assert.match(job.Created, /\.\d{7}Z$/);
    assert.equal((await list(`Jobs('${job.Id}')/Tasks`)).length, 2);
    for (const headers of [{ Accept: verboseType }, { 'Content-Type': verboseType }]) {
      const half = await post('Jobs', body, headers as Record<string, string>);
      assert.equal(half.status, 400);
      assert.match(half.text, /Make sure to only use property names that are defined by the type/);
    }
    const mixed = await post('Jobs', light(), { Accept: verboseType, 'Content-Type': verboseType });
    assert.equal(mixed.status, 400, 'nor does verbose know odata.bind');
  });

  it('runs: its tasks come one after the other, and its outputs can be read then', async () => {
    const id = await created({ Tasks: [task({}, 1, 'JobOutputAsset(0)'), task()] });
    const [inputs, outputs] = [
      await list(`Jobs('${id}')/InputMediaAssets`),
      await list(`Jobs('${id}')/OutputMediaAssets()`),
    ];
    assert.deepEqual(
      inputs.map((one) => one['Id']),
      [asset],
    );
    assert.equal(outputs.length, 2);
    const [second, first] = await list(`Jobs('${id}')/Tasks`);
    assert.deepEqual(
      await list(`Tasks('${second?.['Id']}')/InputMediaAssets`),
      await list(`Tasks('${first?.['Id']}')/OutputMediaAssets`),
    );
    const output = String(outputs[0]?.['Id']);
    assert.deepEqual((await list(`Assets?$filter=Id eq '${output}'`)).length, 1);
    await refused(400, { 'InputMediaAssets@odata.bind': [link(output)] }, /primary file/);
    for (let step = 0; step < 600 && emulator.simulation.find(id)?.state !== 3; step++) {
      const [after, before] = await list(`Jobs('${id}')/Tasks`);
      assert.ok(after?.['State'] === 0 || before?.['State'] === 3, 'chained');
      now += 2000;
    }
    assert.equal(emulator.simulation.find(id)?.state, 3);
    assert.match(await created({ 'InputMediaAssets@odata.bind': [link(output)] }), /jid/);
  });

  it('keeps the rules about tasks', async () => {
    await refused(400, { Tasks: [] }, /one or more Tasks/);
    await refused(400, { Tasks: undefined }, /one or more Tasks/);
    await refused(400, { Tasks: 'x' }, /list of objects/);
    await refused(400, { Tasks: [task(), task()] }, /output of more than one task/);
    await refused(400, { Tasks: [task({}, 0, 'JobInputAsset(1)')] }, /no JobInputAsset\(1\)/);
    await refused(400, { Tasks: [task({}, 0, 'JobOutputAsset(5)')] }, /no JobOutputAsset\(5\)/);
    await refused(400, { Tasks: [task({}, 0, 'JobOutputAsset(0)')] }, /circle/);
    const circle = [task({}, 0, 'JobOutputAsset(1)'), task({}, 1, 'JobOutputAsset(0)'), task({}, 2)];
    await refused(400, { Tasks: circle }, /circle/);
    await refused(400, { Tasks: [task({ Colour: 'blue' })] }, /property names that are defined/);
    await refused(400, { Tasks: [task({ TaskBody: undefined })] }, /'TaskBody' is required/);
    await refused(400, { Tasks: [task({ MediaProcessorId: undefined })] }, /'MediaProcessorId' is required/);
    await refused(400, { Tasks: [task({ MediaProcessorId: 'x' })] }, /malformed/);
    await refused(403, { Tasks: [task({ MediaProcessorId: encoder.replace('ff', '00') })] }, /media processor/);
    await refused(400, { Tasks: [task({ Options: 8 })] }, /'Options'/);
    await refused(400, { Tasks: [task({ Configuration: 'x'.repeat(100_001) })] }, /longer than 100000/);
    await refused(400, { Tasks: [task({ Priority: 1.5 })] }, /Edm\.Int32/);
    await refused(403, { Tasks: Array.from({ length: 31 }, (_, index) => task({}, index)) }, /30 tasks per job/);
    assert.ok(await created({ Tasks: Array.from({ length: 30 }, (_, index) => task({}, index)) }));
  });

  it('keeps the rules about a TaskBody', async () => {
    const body = (inner: string) => ({ Tasks: [task({ TaskBody: `<taskBody>${inner}</taskBody>` })] });
    const input = '<inputAsset>JobInputAsset(0)</inputAsset>';
    const output = '<outputAsset>JobOutputAsset(0)</outputAsset>';
    for (const inner of [
      '',
      input,
      output,
      `${input}<other/>${output}`,
      `${input}text${output}`,
      `<inputAsset>x</inputAsset>${output}`,
      `${input}<outputAsset>JobInputAsset(0)</outputAsset>`,
      `${input}<outputAsset assetCreationOptions="3">JobOutputAsset(0)</outputAsset>`,
      `${input}<outputAsset assetFormatOption="2">JobOutputAsset(0)</outputAsset>`,
      `${input}<outputAsset assetName="&nothing;">JobOutputAsset(0)</outputAsset>`,
    ]) {
      await refused(400, body(inner), /TaskBody is not valid/);
    }
    await refused(400, { Tasks: [task({ TaskBody: '<job/>' })] }, /TaskBody is not valid/);
    const id = await created({
      Name: 'Named',
      ...body(`<!-- both -->${input}\r\n<outputAsset assetName='A &amp; &#66;' storageAccountName="acct" assetFormatOption="1" assetCreationOptions="0">
        JobOutputAsset(3)</outputAsset>${output}`),
    });
    const outputs = await list(`Jobs('${id}')/OutputMediaAssets`);
    assert.deepEqual(
      outputs.map((one) => [one['Name'], one['Options'], one['FormatOption'], one['StorageAccountName']]),
      [
        ['JobOutputAsset(0)_Named', 1, 0, 'emulatorstorage'],
        ['A & B', 0, 1, 'acct'],
      ],
    );
    const [only] = await list(`Jobs('${id}')/Tasks`);
    assert.match(String(only?.['TaskBody']), /assetName="A &#38; B" storageAccountName="acct">JobOutputAsset\(3\)</);
  });

  it('keeps the rules about the job', async () => {
    await refused(400, { 'InputMediaAssets@odata.bind': [] }, /one or more InputMediaAssets/);
    await refused(400, { 'InputMediaAssets@odata.bind': undefined }, /one or more InputMediaAssets/);
    await refused(400, { 'InputMediaAssets@odata.bind': [`${emulator.endpoint}Jobs('x')`] }, /does not lead/);
    await refused(
      404,
      { 'InputMediaAssets@odata.bind': [link('nb:cid:UUID:00000000-0000-4000-8000-00000000dead')] },
      /dead/,
    );
    await refused(400, { Name: 'x'.repeat(4001) }, /longer than 4000/);
    await refused(400, { Colour: 'blue' }, /property names that are defined/);
    await refused(400, { Priority: 'high' }, /Edm\.Int32/);
    assert.equal((await post('Jobs', '{')).status, 400);
    assert.equal((await post('Jobs', '[]')).status, 400);
    assert.equal((await post('Jobs', light(), { 'Content-Type': 'text/plain' })).status, 400);
    const id = await created({ Priority: '7', State: 3, Id: 'mine' });
    const job = emulator.simulation.find(id);
    assert.deepEqual([job?.priority, job?.state], [7, 0], 'numbers as strings; what the service decides is ignored');
    const unnamed = await created({
      Name: undefined,
      Tasks: [task({ TaskBody: task().TaskBody.replace(' assetName="Out"', '') })],
    });
    const [output] = await list(`Jobs('${unnamed}')/OutputMediaAssets`);
    assert.equal(output?.['Name'], `JobOutputAsset(0)_${unnamed}`);
  });

  it('keeps notification subscriptions, those of tasks in light JSON alone', async () => {
    const NotificationEndPointId = 'nb:nepid:UUID:00000000-0000-4000-8000-000000000001';
    const ofJob = { NotificationEndPointId, TargetJobState: 2 };
    const ofTask = { IncludeTaskProgress: true, NotificationEndPointId, TargetTaskState: 1 };
    const id = await created({
      JobNotificationSubscriptions: [ofJob],
      Tasks: [task({ TaskNotificationSubscriptions: [ofTask] })],
    });
    const [job] = await list(`Jobs?$filter=Id eq '${id}'`);
    assert.deepEqual(job?.['JobNotificationSubscriptions'], [ofJob]);
    const [only] = await list(`Jobs('${id}')/Tasks`);
    assert.deepEqual(only?.['TaskNotificationSubscriptions'], [ofTask]);
    const none = [{ ...ofJob, TargetJobState: 0 }];
    await refused(400, { JobNotificationSubscriptions: none }, /TargetJobState must not be 0/);
    const verbose = {
      InputMediaAssets: [{ __metadata: { uri: link() } }],
      Tasks: [task({ TaskNotificationSubscriptions: [ofTask] })],
    };
    const both = { Accept: verboseType, 'Content-Type': verboseType };
    assert.equal((await post('Jobs', verbose, both)).status, 400);
  });

  it('from a template brings no tasks', async () => {
    const TemplateId = 'nb:jtid:UUID:00000000-0000-4000-8000-000000000001';
    await refused(400, { TemplateId }, /no Tasks of its own/);
    await refused(400, { TemplateId: 'x', Tasks: undefined }, /malformed/);
    const id = await created({ TemplateId, Tasks: undefined });
    assert.equal(emulator.simulation.find(id)?.templateId, TemplateId);
    assert.equal((await list(`Jobs('${id}')/Tasks`)).length, 1);
  });

  it('with a preset that cannot be read fails with exactly that', async () => {
    const id = await created({ Tasks: [task({ Configuration: '{"Version":' })] });
    for (let step = 0; step < 600 && emulator.simulation.find(id)?.state !== 4; step++) {
      now += 2000;
      emulator.simulation.advanceTo(now);
    }
    const [only] = await list(`Jobs('${id}')/Tasks`);
    assert.deepEqual(only?.['ErrorDetails'], [
      { Code: 'ErrorParsingConfiguration', Message: 'The preset could not be parsed.' },
    ]);
  });

  it('reaches the quotas as 403', async () => {
    const inputs = Array.from({ length: 100 }, () => link());
    await refused(403, { 'InputMediaAssets@odata.bind': inputs }, /100 assets per job/);
    const many = Array.from({ length: 50 }, () => '<inputAsset>JobInputAsset(0)</inputAsset>').join('');
    const TaskBody = `<taskBody>${many}<outputAsset>JobOutputAsset(0)</outputAsset></taskBody>`;
    await refused(403, { Tasks: [task({ TaskBody })] }, /50 assets per task/);
    const small = await startEmulator({
      now: () => now,
      arrivalsPerMinute: 0,
      jobs: 2,
      quotas: { jobs: 3, assets: 100 },
    });
    try {
      const [first] = [...small.simulation.assets()].filter((one) => one.hasPrimaryFile);
      const request = {
        ca: small.ca,
        method: 'POST',
        headers: { ...documentedHeaders(await acsToken(small)), 'Content-Type': 'application/json' },
        body: JSON.stringify(light({ 'InputMediaAssets@odata.bind': [`Assets('${first?.id}')`] })),
      };
      assert.equal((await send(`${small.endpoint}Jobs`, request)).status, 201, 'up to the quota');
      const over = await send(`${small.endpoint}Jobs`, request);
      assert.equal(over.status, 403);
      assert.match(over.text, /quota of 3 jobs/);
    } finally {
      await small.close();
    }
  });

  it('can read an asset of its own, once that has files', async () => {
    const made = await post('Assets', { Name: 'Mine', AlternateId: null });
    assert.equal(made.status, 201, made.text);
    const { Id, State } = JSON.parse(made.text) as { Id: string; State: number };
    assert.equal(State, 0);
    assert.equal(made.headers['location'], link(Id));
    await refused(400, { 'InputMediaAssets@odata.bind': [link(Id)] }, /primary file/);
    const fill = `CreateFileInfos?assetid='${encodeURIComponent(Id)}'`;
    assert.equal((await getJson(emulator, token, fill)).status, 204);
    const id = await created({ 'InputMediaAssets@odata.bind': [link(Id)] });
    const headers = documentedHeaders(token);
    const remove = () => send(link(Id), { ca: emulator.ca, method: 'DELETE', headers });
    assert.equal((await remove()).status, 204);
    assert.equal((await remove()).status, 404);
    const [gone] = await list(`Jobs('${id}')/InputMediaAssets`);
    assert.deepEqual([gone?.['Id'], gone?.['Name'], gone?.['State']], [Id, 'Nonexistent Asset', 2]);
  });
});
