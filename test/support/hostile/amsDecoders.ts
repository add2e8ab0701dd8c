import assert from 'node:assert/strict';
import { Collections } from '../../../src/client/ams/collections.ts';
import {
  readAsset,
  readJob,
  readReservedUnits,
  readRunningTask,
  readTask,
  readTaskEvents,
} from '../../../src/client/ams/jobEntities.ts';
import { JobPages } from '../../../src/client/ams/jobPages.ts';
import { Endpoint } from '../../../src/client/endpoint.ts';
import { LearnedCapabilities } from '../../../src/client/learnedCapabilities.ts';
import {
  parseJson,
  readCollection,
  readEntity,
  readNested,
  readNumber,
  readProperty,
  readTime,
} from '../../../src/client/odata.ts';
import type { Transport } from '../../../src/client/transport.ts';
import { jobForModel, listForModel } from '../../../src/commands/jobForModel.ts';
import { jobUri } from '../../../src/commands/jobUri.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { jobToJson } from '../../../src/jobs/jobJson.ts';
import { jobRecord } from '../jobs.ts';
import { type Decoder, decoder, nothing, replies, replyOf } from './decoder.ts';
import { account, job, noCache, now, task } from './samples.ts';
import { soundRecord, soundRunningTask, soundTask, soundValue } from './sound.ts';
import { nearJson, nearJsonText, nearText } from './values.ts';

const verboseTask = { ...task, ErrorDetails: { results: task.ErrorDetails }, HistoricalEvents: { results: [] } };
const verboseJob = {
  __metadata: { uri: 'https://h/api/Jobs' },
  ...job,
  State: '4',
  Tasks: { __deferred: { uri: 'x' } },
};

/** What any job of ours goes through once it is shown or handed on. */
function soundEverywhere(record: ReturnType<typeof readJob>, tasks: readonly ReturnType<typeof readTask>[]): void {
  const whole: Job = { ...record, account: 'a', tasks, progress: null, pace: null };
  soundValue(jobToJson(whole, now));
  soundValue(jobForModel('a', { job: whole, asOf: now }, now));
  soundValue(listForModel('a', { jobs: [whole], asOf: now, hasMore: false }, now));
  assert.ok(URL.canParse(jobUri(whole, 'vscode')));
}

/** The decoders of Azure Media Services v2. */
export const ofAms: readonly Decoder[] = [
  decoder(
    'a page of jobs',
    ['client/odata.ts', 'client/ams/jobEntities.ts', 'jobs/jobJson.ts'],
    nearJsonText(
      { value: [job], 'odata.nextLink': 'Jobs?$skiptoken=1' },
      { d: { results: [verboseJob], __next: 'https://h/' } },
      { d: [job] },
    ),
    (text) => {
      for (const row of readCollection(parseJson(text)).rows) {
        const record = readJob(row);
        soundRecord(record);
        soundEverywhere(record, []);
      }
    },
  ),
  decoder('a job', ['client/odata.ts', 'client/ams/jobEntities.ts'], nearJson(job, { d: verboseJob }), (document) => {
    const record = readJob(readEntity(document));
    soundRecord(record);
    soundEverywhere(record, []);
  }),
  decoder(
    'a task',
    ['client/odata.ts', 'client/ams/jobEntities.ts'],
    nearJson(task, { d: verboseTask }),
    (document) => {
      const entity = readEntity(document);
      for (const { code, message, at } of readTaskEvents(entity)) {
        soundValue([code, message, at]);
      }
      readNested(document);
      const running = readRunningTask(entity);
      soundRunningTask(running);
      const read = readTask(entity);
      soundTask(read);
      soundEverywhere(jobRecord(1), [read]);
    },
  ),
  decoder(
    'an asset, a property and a number',
    ['client/ams/jobEntities.ts'],
    nearJson({ Id: 'nb:cid:UUID:x', Name: 'A', CurrentReservedUnits: 3 }, { value: 2 }, { d: { State: 2 } }),
    (document) => {
      const units = readReservedUnits(document);
      assert.ok(units === null || (Number.isInteger(units) && units >= 0));
      soundValue([readNumber(readProperty(document, 'State'))]);
      soundValue(readAsset(document));
    },
  ),
  decoder(
    'a time',
    ['client/odata.ts'],
    nearText('2015-02-11T01:46:08.897Z', '/Date(1587084991763)/', '2015-02-11T01:46:08+14:00', '0001-01-01T00:00:00'),
    (text) => {
      const time = readTime(text);
      assert.ok(time === null || Math.abs(time) <= 8.64e15, `${time}`);
    },
    nothing,
  ),
  decoder(
    'a page of a collection',
    ['client/ams/collections.ts'],
    replies(
      nearJsonText(
        { value: [job], 'odata.nextLink': 'https://contoso.restv2.westeurope.media.azure.net/api/Jobs?$skip=1' },
        { d: { results: [], __next: 'Jobs()?$skip=9' } },
      ),
    ),
    async (reply) => {
      let asked = 0;
      const transport = {
        request: () => Promise.resolve(asked++ === 0 ? replyOf(reply) : replyOf({ body: '{"value":[]}' })),
      };
      const collections = new Collections(transport as unknown as Transport, new Endpoint(account, noCache));
      const { items, answeredAt } = await collections.all('Jobs()?', readJob, undefined);
      items.forEach(soundRecord);
      soundValue(answeredAt);
    },
  ),
  decoder(
    'the token of a page',
    ['client/ams/jobPages.ts', 'client/pages.ts'],
    nearJsonText(
      { query: 'Jobs()?', skip: 50, newestFirst: true, oldest: now, link: null },
      {
        query: 'Jobs()?$filter=x',
        skip: 0,
        newestFirst: true,
        oldest: null,
        link: { resource: 'https://h/api/Jobs', left: 5 },
      },
    ),
    async (token) => {
      const endpoint = new Endpoint(account, noCache);
      const transport = { request: () => Promise.resolve(replyOf({ body: '{"value":[]}' })) };
      const pages = new JobPages(
        new Collections(transport as unknown as Transport, endpoint),
        new LearnedCapabilities(endpoint),
      );
      const { jobs, next } = await pages.list({}, { token, pageSize: 50 }, undefined);
      soundValue([jobs, next]);
    },
  ),
];
