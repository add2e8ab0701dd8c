import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isSendable } from '../../../src/client/accessToken.ts';
import { Endpoint } from '../../../src/client/endpoint.ts';
import { LearnedCapabilities } from '../../../src/client/learnedCapabilities.ts';
import { mkioProtocol } from '../../../src/client/mkio/mkioProtocol.ts';
import { personalTokenSource } from '../../../src/client/mkio/personalToken.ts';
import { readProjectName } from '../../../src/client/mkio/projectNames.ts';
import { parseJson } from '../../../src/client/odata.ts';
import { apiKeyTokenSource } from '../../../src/client/ravnur/apiKeyToken.ts';
import { Transforms } from '../../../src/client/ravnur/transforms.ts';
import type { Transport } from '../../../src/client/transport.ts';
import { isTransformName, namesOf } from '../../../src/client/v3/addresses.ts';
import { JobList } from '../../../src/client/v3/jobList.ts';
import { listWays } from '../../../src/client/v3/jobQueries.ts';
import { outputsOf, readJobAssets, readJobRecord } from '../../../src/client/v3/jobRecords.ts';
import { MergedPages } from '../../../src/client/v3/mergedPages.ts';
import { RecordLists } from '../../../src/client/v3/recordLists.ts';
import { isFromV3Api } from '../../../src/client/v3/v3Protocol.ts';
import { FakeClock } from '../fakeClock.ts';
import { type Decoder, decoder, jwt, nothing, replies, replyOf } from './decoder.ts';
import { soundRecord, soundTask, soundValue } from './sound.ts';
import { nearJson, nearJsonText, nearText } from './values.ts';

const clock = new FakeClock(Date.parse('2026-01-02T00:00:00Z'));
const account = { kind: 'mkio', endpoint: 'https://app.mk.io/', trustedHosts: [] } as const;
const noCache = { load: () => undefined, save: () => undefined };
const language = { hasTypedStates: true, hasContains: true };

/** As MK.IO's .NET SDK recorded one, with what its documents add. */
const record = {
  name: 'job-7326300f',
  id: '/subscriptions/52907a2e/resourceGroups/default/providers/Microsoft.Media/mediaservices/m/transforms/sd/jobs/job-7326300f',
  properties: {
    created: '2024-03-27T15:33:58.451407Z',
    lastModified: '2024-03-27T15:36:43.3953740Z',
    priority: 'High',
    state: 'Error',
    input: {
      '@odata.type': '#Microsoft.Media.JobInputs',
      inputs: [{ assetName: 'asset' }, { baseUri: 'https://u:p@h/', files: ['a.mp4?sig=x'] }],
    },
    outputs: [
      {
        label: 'BuiltInStandardEncoderPreset_0',
        state: 'Error',
        startTime: '2024-03-27T15:36:31.000000Z',
        progress: 37,
        assetName: 'output',
        error: {
          code: 'DownloadNotAccessible',
          category: 'Download',
          message: 'It is not there.',
          retry: 'MayRetry',
          details: [{ code: 'HttpStatusCode', message: '404' }],
        },
      },
    ],
    startTime: '2024-03-27T15:36:31.000000Z',
    endTime: '2024-03-27T15:36:36.000000Z',
  },
};
const list = {
  value: [record],
  supplemental: { pagination: { start: 0, end: 1, records: 1, total: 2 } },
  '@odata.nextLink': '%2Fapi%2Fv1%2Fprojects%2Fp%2Fmedia%2Fjobs%3F%24skiptoken%3D1',
};

function soundJob(value: unknown): void {
  const { tasks, ...rest } = readJobRecord(value, 'sd');
  soundRecord(rest);
  tasks.forEach(soundTask);
  assert.equal(tasks.length, outputsOf(value).length);
  const assets = readJobAssets(value);
  soundValue(assets);
  assert.ok(!JSON.stringify(assets).includes('sig='));
}

/** Lists of a service that answers so to the first request, and with no rows to the others. */
function listsOf(reply: Parameters<typeof replyOf>[0]): RecordLists {
  let asked = 0;
  const transport = {
    request: () => Promise.resolve(replyOf(asked++ === 0 ? reply : { body: '{"value":[]}' })),
  };
  return new RecordLists(transport as unknown as Transport, new Endpoint(account, noCache));
}

/** The decoders of the services that have the job records of Azure Media Services v3. */
export const ofV3: readonly Decoder[] = [
  decoder('a job of v3', ['client/v3/jobRecords.ts'], nearJson(record), soundJob),
  decoder(
    'a page of jobs of v3',
    ['client/v3/recordLists.ts', 'client/v3/jobList.ts', 'client/v3/mergedPages.ts', 'client/v3/strand.ts'],
    replies(nearJsonText(list, { ...list, '@odata.nextLink': 'https://app.mk.io/api/v1/x?$skiptoken=1' }, [record])),
    async (reply) => {
      const jobs = new JobList(listsOf(reply), new LearnedCapabilities(new Endpoint(account, noCache)), {
        ...{ key: '', resource: 'jobs?', transform: null, takesTop: true },
        onMissing: () => Promise.resolve(),
      });
      const learned = new LearnedCapabilities(new Endpoint(account, noCache));
      const pages = new MergedPages(() => Promise.resolve([jobs]), learned, language);
      const page = await pages.list({}, { token: null, pageSize: 50 }, undefined);
      soundValue(page);
      if (page.next !== null) {
        soundValue(await pages.list({}, { token: page.next, pageSize: 50 }, undefined));
      }
    },
  ),
  decoder(
    'the token of merged pages',
    ['client/v3/mergedPages.ts', 'client/v3/strand.ts', 'client/pages.ts'],
    nearJsonText({
      places: [{ key: '', resource: 'jobs?$top=50', skip: 3, latest: 1_700_000_000_000, mark: 'jobs?', pages: 4 }],
      newestFirst: true,
      oldest: 1_700_000_000_000,
    }),
    async (token) => {
      const learned = new LearnedCapabilities(new Endpoint(account, noCache));
      const lists = listsOf({ body: JSON.stringify(list) });
      const jobs = new JobList(lists, learned, {
        ...{ key: '', resource: 'jobs?', transform: null, takesTop: true },
        onMissing: () => Promise.resolve(),
      });
      const pages = new MergedPages(() => Promise.resolve([jobs]), learned, language);
      soundValue(await pages.list({}, { token, pageSize: 50 }, undefined));
    },
  ),
  decoder(
    'a filter that holds what somebody typed',
    ['client/v3/jobQueries.ts'],
    nearText("it's", 'Ünï côde', 'a and b', '%2Fa+b'),
    (text) => {
      for (const { options } of listWays({ name: text, states: [`Unknown(${text})`] }, language, () => false)) {
        for (const option of options) {
          assert.match(option, /^(?:\$filter=[^\s&+#]*)?(?:&?\$orderby=properties\/created%20desc)?$/);
        }
      }
    },
    nothing,
  ),
  decoder(
    'names in addresses',
    ['client/v3/addresses.ts'],
    nearText('transforms/sd/jobs/job-1', 'transforms/../jobs/..', 'sd'),
    (text) => {
      assert.equal(typeof isTransformName(text), 'boolean');
      const { transform, job } = namesOf(text);
      assert.equal(
        new URL(`https://h/${encodeURIComponent(transform)}/${encodeURIComponent(job)}/x`).pathname.split('/').length,
        4,
      );
    },
  ),
  decoder(
    'the list of projects and of transforms',
    ['client/mkio/projectNames.ts', 'client/ravnur/transforms.ts'],
    replies(nearJsonText({ value: [{ name: 'p', id: 'x' }] }, [{ name: 'p' }])),
    async (reply) => {
      for (const name of await new Transforms(listsOf(reply), 'transforms?', clock).names(undefined)) {
        assert.ok(isTransformName(name));
      }
      const rows = await listsOf(reply).all('projects', undefined);
      soundValue(rows?.map(readProjectName));
    },
  ),
  decoder(
    'a personal API token',
    ['client/mkio/personalToken.ts'],
    fc.oneof(nearJsonText({ exp: 1_800_000_000 }, { exp: 1 }).map(jwt), nearText(`Bearer ${jwt('{}')}`)),
    async (text) => {
      const source = personalTokenSource({ name: 'n' }, () => Promise.resolve(text), clock);
      const { token, lifetimeMs } = await source(new AbortController().signal, null, false);
      assert.ok(isSendable(token) && (lifetimeMs === null || (Number.isFinite(lifetimeMs) && lifetimeMs > 0)));
    },
  ),
  decoder(
    'the token for an API key',
    ['client/ravnur/apiKeyToken.ts'],
    replies(fc.oneof(nearJsonText({ exp: 1_800_000_000 }).map(jwt), nearText(`"${jwt('{}')}"`, 'Forbidden'))),
    async (reply) => {
      const sender = { send: () => Promise.resolve({ reply: replyOf(reply) }) };
      const where = { name: 'n', endpoint: 'https://h/x//?q#f', subscriptionId: 's' };
      const source = apiKeyTokenSource(where, () => Promise.resolve('key-1'), sender as never, clock);
      const { token, lifetimeMs } = await source(new AbortController().signal, null, false);
      assert.ok(isSendable(token));
      assert.ok(lifetimeMs === null || (Number.isFinite(lifetimeMs) && lifetimeMs > 0), `${lifetimeMs}`);
    },
  ),
  decoder(
    'whether an answer comes from the API',
    ['client/v3/v3Protocol.ts', 'client/mkio/mkioProtocol.ts'],
    replies(
      nearJsonText(
        { error: { code: 'not_found', detail: 'No job', extraDetail: {} }, status: 404, ref: 'r' },
        { error: { code: 'NotFound', message: 'm', details: [] } },
      ),
    ),
    (reply) => {
      const answer = replyOf(reply);
      assert.equal(mkioProtocol.isFromApi(answer), isFromV3Api(answer));
      parseJson(reply.body);
    },
  ),
];
