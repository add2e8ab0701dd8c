import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type RunningEmulator, startEmulator } from '../../../../src/emulator/emulator.ts';
import { acsToken, documentedHeaders, postAdmin, send } from '../../../support/emulatorRequests.ts';
import { ask, mkio, pathOf, type ShownJob, type ShownList } from '../../../support/v3Requests.ts';
import { recordedAssetInput, recordedJob } from './recordedJob.ts';

/** Text in which every digit and letter of names counts as any other, so that forms can be compared. */
function form(time: string): string {
  return time.replace(/\d/g, '0');
}

/** The names of all properties, in order, below each other; of lists the first item. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.slice(0, 1).map(shape);
  }
  return typeof value === 'object' && value !== null
    ? Object.entries(value).map(([name, inner]) => [name, shape(inner)])
    : typeof value;
}

describe('a job of MK.IO', () => {
  let now = Date.parse('2026-03-01T12:00:00Z');
  let emulator: RunningEmulator;
  before(async () => {
    emulator = await startEmulator({ now: () => now, arrivalsPerMinute: 0 });
  });
  after(() => emulator.close());

  const list = async (query = '') => (await mkio<ShownList>(emulator, `jobs${query}`)).json.value;

  it('has what the recorded one has, in its order and its forms', async () => {
    const finished = (await list("?$filter=properties/state%20eq%20'Finished'"))[0];
    assert.ok(finished);
    const { json } = await mkio<ShownJob>(emulator, pathOf(finished));
    assert.deepEqual(shape(json), shape(recordedJob));
    assert.equal(form(json.properties.created), form(recordedJob.properties.created));
    assert.equal(form(json.properties.endTime ?? ''), form(recordedJob.properties.endTime));
    const ids = [json.id, recordedJob.id].map((id) => id.replace(/[^/]*[0-9a-f]{4,}[^/]*/g, '*').split('/'));
    assert.deepEqual(ids[0]?.slice(0, 8), ids[1]?.slice(0, 8));
    assert.match(json.name, /^[^^'<>%&:\\?/*+]{1,260}$/);
    assert.deepEqual(json.properties.input, {
      files: [(json.properties.input as { files: string[] }).files[0]],
      '@odata.type': '#Microsoft.Media.JobInputHttp',
    });
    const { supplemental: _, ...rest } = json as ShownJob & { supplemental: object };
    assert.deepEqual(rest, finished, 'the list shows it likewise');
  });

  it('reads the asset that a client named, or an output of another job', async () => {
    const token = await acsToken(emulator);
    const headers = { ...documentedHeaders(token), 'Content-Type': 'application/json' };
    const post = async (path: string, body: object) => {
      const call = { ca: emulator.ca, method: 'POST', headers, body: JSON.stringify(body) };
      return JSON.parse((await send(`${emulator.endpoint}${path}`, call)).text) as { Id: string };
    };
    const { Id: asset } = await post('Assets', { Name: 'mine' });
    await send(`${emulator.endpoint}CreateFileInfos?assetid='${encodeURIComponent(asset)}'`, {
      ca: emulator.ca,
      headers,
    });
    const taskBody =
      '<taskBody><inputAsset>JobInputAsset(0)</inputAsset><outputAsset>JobOutputAsset(0)</outputAsset></taskBody>';
    await post('Jobs', {
      Name: 'Of <mine> / 100 % & more?',
      'InputMediaAssets@odata.bind': [`${emulator.endpoint}Assets('${encodeURIComponent(asset)}')`],
      Tasks: [
        {
          Configuration: '<?xml version="1.0"?><Preset/>',
          MediaProcessorId: 'nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56',
          TaskBody: taskBody,
        },
      ],
    });
    const job = (await list())[0];
    assert.equal(job?.properties.description, 'Of <mine> / 100 % & more?');
    assert.match(job.name, /^Of-mine-100-more-[0-9a-f]{12}$/);
    assert.match(job.id, /\/transforms\/CustomPreset\/jobs\//);
    assert.deepEqual(Object.keys(job.properties.input).sort(), Object.keys(recordedAssetInput).sort());
    assert.equal(job.properties.outputs[0]?.label, 'CustomPreset_0');
    assert.equal((await mkio<ShownJob>(emulator, pathOf(job))).json.name, job.name);
    await postAdmin(emulator, 'jobs/fail', { id: job.id });
  });

  it('is found under the names of people too, and under no other transform', async () => {
    const names = ['Café Müller – Probe', '日本語の動画', '🎬', "'--'", '../../secret', 'x'.repeat(3000)];
    for (const name of names) {
      await postAdmin(emulator, 'jobs', { name });
      const job = (await list('?$top=1'))[0];
      assert.equal(job?.properties.description, name);
      assert.match(job.name, /^[^^'<>%&:\\?/*+\s]{1,260}$/);
      assert.equal((await mkio<ShownJob>(emulator, pathOf(job))).json.id, job.id, name);
      const elsewhere = pathOf(job).replace(/transforms\/[^/]+/, 'transforms/H264SingleBitrate1080p');
      assert.equal((await mkio(emulator, elsewhere)).status, 404);
      assert.equal((await mkio(emulator, `${pathOf(job).slice(0, -12)}000000000000`)).status, 404);
      await postAdmin(emulator, 'jobs/fail', { id: job.name });
    }
  });

  it('moves through its states, with whole percents, as its state alone and in the older family too', async () => {
    const added = await postAdmin<{ id: string }>(emulator, 'jobs', {
      name: 'Followed',
      priority: 9,
      tasks: [
        { name: 'a', durationSeconds: 60 },
        { name: 'b', durationSeconds: 60, after: 0 },
      ],
    });
    const path = pathOf((await list("?$filter=contains(name,'Followed')"))[0] ?? assert.fail());
    const { endpoint, subscription, token } = emulator.mkio;
    const seen = new Set<string>();
    const percents: number[] = [];
    for (let step = 0; step < 400 && !seen.has('Finished'); step++) {
      now += 1000;
      const { json } = await ask<ShownJob>(emulator, `${endpoint}api/ams/${subscription}/${path}`, token);
      const state = (await mkio<{ status: { state: string } }>(emulator, `${path}/state`)).json;
      assert.deepEqual(state, { status: { state: json.properties.state } });
      seen.add(json.properties.state);
      percents.push(json.properties.outputs[0]?.progress ?? -1);
      const { properties } = json;
      assert.equal('startTime' in properties, /^(Processing|Finished)$/.test(properties.state), properties.state);
      assert.equal('endTime' in properties, properties.state === 'Finished');
    }
    assert.deepEqual([...seen], ['Queued', 'Scheduled', 'Processing', 'Finished']);
    assert.ok(percents.every((percent, index) => Number.isInteger(percent) && percent >= (percents[index - 1] ?? 0)));
    assert.ok(new Set(percents).size > 20);
    assert.equal(emulator.simulation.find(added.id)?.state, 3);
  });

  it('that failed says why on the output that did, in the codes of AMS v3', async () => {
    for (const [code, expected] of [
      ['ErrorDownloadingInputAssetMalformedContent', 'ContentMalformed/Content/DoNotRetry'],
      ['ErrorDownloadingInputAssetServiceFailure', 'DownloadTransientError/Download/MayRetry'],
      ['ErrorParsingConfiguration', 'ConfigurationUnsupported/Configuration/DoNotRetry'],
      ['ErrorExecutingTaskMalformedContent', 'ContentMalformed/Content/DoNotRetry'],
      ['ErrorExecutingTaskUnsupportedFormat', 'ContentUnsupported/Content/DoNotRetry'],
      ['ErrorUploadingOutputAsset', 'UploadNotAccessible/Upload/MayRetry'],
      ['ErrorProcessingTask', 'ServiceError/Service/DoNotRetry'],
      ['toString', 'ServiceError/Service/DoNotRetry'],
    ] as const) {
      const { id } = await postAdmin<{ id: string }>(emulator, 'jobs', { name: code });
      await postAdmin(emulator, 'jobs/fail', { id, code, message: `It was ${code}.` });
      const { properties } = (await list('?$top=1'))[0] ?? assert.fail();
      const { error } = properties.outputs[0] ?? assert.fail();
      assert.equal(properties.state, 'Error');
      assert.deepEqual(Object.keys(error ?? {}), ['code', 'message', 'category', 'retry']);
      assert.equal(`${error?.code}/${error?.category}/${error?.retry}`, expected);
      assert.equal(error?.message, `It was ${code}.`);
    }
    const seeded = await list(
      "?$filter=properties/state%20eq%20'Error'%20and%20properties/created%20lt%202026-03-01T11:00:00Z",
    );
    assert.ok(seeded.length > 0, 'one failed before the emulator started');
  });
});

describe('a job of MK.IO as it was never recorded', () => {
  it('has no start, a null progress, a state that nobody knows, or a failed output although it is Finished', async () => {
    const emulator = await startEmulator({ arrivalsPerMinute: 0 });
    try {
      const all = async () => (await mkio<ShownList>(emulator, 'jobs')).json.value;
      const outputs = async () => (await all()).flatMap(({ properties }) => properties.outputs);
      const before = await all();
      const failing = (jobs: readonly ShownJob[], state: string) =>
        jobs.filter(
          ({ properties }) =>
            properties.state === state && properties.outputs.some((output) => output.state === 'Error'),
        ).length;
      assert.ok(before.some(({ properties }) => properties.startTime !== undefined));
      await postAdmin(emulator, 'dialects', { 'v3-no-start-time': true });
      assert.ok((await all()).every(({ properties }) => properties.startTime === undefined));
      assert.ok((await outputs()).every((output) => output.startTime === undefined));
      await postAdmin(emulator, 'dialects', { 'v3-null-progress': true });
      const progress = (await outputs()).map((output) => [output.state, output.progress] as const);
      assert.ok(progress.some(([state]) => state === 'Processing'));
      assert.ok(progress.every(([state, value]) => (value === null) === /^(Queued|Scheduled|Processing)$/.test(state)));
      await postAdmin(emulator, 'dialects', { 'v3-unknown-state': true });
      const states = (await all()).map(({ properties }) => properties.state);
      assert.ok(states.includes('Paused') && !states.includes('Queued'));
      assert.equal(failing(before, 'Finished'), 0);
      assert.ok(failing(before, 'Error') > 0);
      await postAdmin(emulator, 'dialects', { 'v3-continue-job': true });
      const found = (await mkio<ShownList>(emulator, "jobs?$filter=properties/state%20eq%20'Finished'")).json.value;
      assert.ok(failing(found, 'Finished') > 0);
    } finally {
      await emulator.close();
    }
  });
});
