import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { ServiceErrorKind } from '../../../src/jobs/serviceError.ts';
import { type Answer, type ReceivedRequest, ScriptedServer } from '../../support/httpsServer.ts';
import { certificates, documentedJob, type Fixture, failure, jobId, makeClient } from './clientFixture.ts';

const encodedId = encodeURIComponent(jobId);
const taskId = (n: number): string => `nb:tid:UUID:00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const assetId = (n: number): string => `nb:cid:UUID:00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const taskOf = (n: number, changes: object = {}): Record<string, unknown> => ({
  Id: taskId(n),
  Name: `Task ${n}`,
  State: 2,
  Progress: 10.5,
  StartTime: '2015-02-11T01:46:16.58',
  EndTime: null,
  RunningDuration: 0,
  ErrorDetails: [],
  HistoricalEvents: [],
  ...changes,
});
const event = (code: unknown, at: unknown, message: unknown = ''): object => ({
  Code: code,
  Message: message,
  TimeStamp: at,
});
const page = (...rows: unknown[]): Answer => ({ body: { value: rows } });
const verbose = (results: unknown[], next?: string): Answer => ({
  headers: { 'Content-Type': 'application/json;odata=verbose;charset=utf-8' },
  body: { d: { results, ...(next === undefined ? {} : { __next: next }) } },
});
const refusal = (status: number, words: string): Answer => ({
  status,
  body: { 'odata.error': { code: '', message: { lang: 'en-US', value: words } } },
});

/** Asked for in place of what is refused, to see whether the service answers at all. */
const plainest = '/api/Jobs()?$top=1';
const units = '/api/EncodingReservedUnitTypes';

describe('the details of a job', () => {
  let api: ScriptedServer;
  let fixture: Fixture;
  const asked = (): string[] => api.requests.map((request) => request.url.replaceAll('%27', "'"));
  const isForTasks = ({ url }: ReceivedRequest): boolean => url.includes('/Tasks');
  const lacking = (): readonly string[] =>
    fixture.kept === undefined ? [] : ((JSON.parse(fixture.kept) as { lacking?: string[] }).lacking ?? []);

  before(async () => {
    api = await ScriptedServer.start(() => ({}), await certificates());
  });
  beforeEach(async () => {
    api.requests.length = 0;
    fixture?.client.dispose();
    fixture = await makeClient({ endpoint: `${api.origin()}/api/` });
  });
  after(async () => {
    fixture.client.dispose();
    await api.stop();
  });

  describe('getJobDetails', () => {
    const detailsOf = async (...tasks: unknown[]) => {
      api.handler = (request) => (isForTasks(request) ? page(...tasks) : page(documentedJob));
      return await fixture.client.getJobDetails(jobId);
    };
    const codesOf = async (events: unknown): Promise<readonly string[]> => {
      const details = await detailsOf(taskOf(1, { HistoricalEvents: events }));
      return (details.events.get(taskId(1)) ?? []).map(({ code }) => code);
    };

    it('asks for the job as documented and for its tasks, and keeps the exchange of the job', async () => {
      const { job, tasks } = await detailsOf(taskOf(1), taskOf(2));
      assert.equal(job.name, documentedJob.Name);
      assert.deepEqual(
        tasks.map(({ name, progress }) => [name, progress]),
        [
          ['Task 1', 10.5],
          ['Task 2', 10.5],
        ],
      );
      assert.deepEqual(asked().sort(), [
        `/api/Jobs('${encodedId}')/Tasks`,
        `/api/Jobs()?$filter=Id%20eq%20'${encodedId}'&$top=1`,
      ]);
      const kept = fixture.exchanges.filter((exchange) => exchange.jobId !== null);
      assert.deepEqual(
        kept.map(({ request }) => request.url.includes('$filter')),
        [true],
      );
    });

    it('hands on the records as they came', async () => {
      const job = { ...documentedJob, Surprise: { a: [1, null, 'x'] } };
      const task = taskOf(1, { PerfMessage: 'fast', __proto__: null, toString: 'mine' });
      api.handler = (request) => (isForTasks(request) ? page(task) : page(job));
      const { raw } = await fixture.client.getJobDetails(jobId);
      assert.deepEqual(raw, JSON.parse(JSON.stringify({ job, tasks: [task] })));
    });

    it('reads the verbose form', async () => {
      const task = taskOf(1, {
        ErrorDetails: { __metadata: {}, results: [{ Code: 'Bad', Message: 'No video.' }] },
        HistoricalEvents: { __metadata: {}, results: [event('Scheduled', '2015-02-11T01:46:10Z', 'Soon.')] },
      });
      api.handler = (request) => (isForTasks(request) ? verbose([task]) : verbose([documentedJob]));
      const { job, tasks, events } = await fixture.client.getJobDetails(jobId);
      assert.equal(job.state, 'Processing');
      assert.deepEqual(tasks[0]?.errors, [{ code: 'Bad', message: 'No video.' }]);
      assert.deepEqual(events.get(taskId(1)), [
        { code: 'Scheduled', message: 'Soon.', at: Date.parse('2015-02-11T01:46:10Z') },
      ]);
    });

    it('puts events in the order of time, and leaves those of one moment or of none where they are', async () => {
      const at = (second: number): string => `2015-02-11T01:46:${String(second).padStart(2, '0')}`;
      assert.deepEqual(await codesOf([event('a', at(1)), event('b', at(2)), event('c', at(3))]), ['a', 'b', 'c']);
      assert.deepEqual(await codesOf([event('c', at(3)), event('a', at(1)), event('b', at(2))]), ['a', 'b', 'c']);
      assert.deepEqual(await codesOf([event('a', at(1)), event('b', at(1)), event('c', at(1))]), ['a', 'b', 'c']);
      assert.deepEqual(
        await codesOf([event('first', null), event('c', at(3)), event('after c', null), event('a', at(1))]),
        ['first', 'a', 'c', 'after c'],
      );
    });

    it('drops what is no event, and takes a task without events for one that has none', async () => {
      const good = event('good', 'yesterday', 7);
      assert.deepEqual(await codesOf([null, 'x', 7, [], {}, event('', null), event(3, null), good]), ['good']);
      for (const none of [undefined, null, 'text', 5, {}, { results: 'x' }, { results: { length: 3 } }]) {
        assert.deepEqual(await codesOf(none), []);
      }
      const { events } = await detailsOf(taskOf(1, { HistoricalEvents: [good] }), taskOf(2));
      assert.deepEqual(events.get(taskId(1)), [{ code: 'good', message: '', at: null }]);
      assert.deepEqual(events.get(taskId(2)), []);
    });

    it('reads tasks page by page, in either form', async () => {
      for (const link of [true, false]) {
        api.handler = (request) => {
          if (!isForTasks(request)) {
            return page(documentedJob);
          }
          const next = `Jobs('${encodedId}')/Tasks?$skiptoken=2`;
          if (request.url.includes('$skiptoken')) {
            return page(taskOf(2));
          }
          return link ? { body: { value: [taskOf(1)], 'odata.nextLink': next } } : verbose([taskOf(1)], next);
        };
        const { tasks, raw } = await fixture.client.getJobDetails(jobId);
        assert.deepEqual(
          tasks.map(({ name }) => name),
          ['Task 1', 'Task 2'],
        );
        assert.equal(raw.tasks.length, 2);
      }
    });

    it('says that the job is gone, whichever of the two answers comes first', async () => {
      for (const slow of ['job', 'tasks']) {
        api.handler = async (request) => {
          const what = isForTasks(request) ? 'tasks' : 'job';
          await new Promise((resolve) => setTimeout(resolve, what === slow ? 30 : 0));
          return what === 'tasks' ? refusal(404, 'Resource not found') : page();
        };
        const error = await failure(fixture.client.getJobDetails(jobId), 'notFound');
        assert.equal(error.status, undefined, 'the service was asked for the jobs with this id, and has none');
      }
    });

    it('fails with what the tasks fail with, where the job is there', async () => {
      for (const [answer, kind] of [
        [refusal(404, 'Resource not found'), 'notFound'],
        [refusal(403, 'Not yours'), 'permission'],
        [page({ Name: 'no id' }), 'badReply'],
        [{ body: { value: 'x' } }, 'badReply'],
      ] satisfies [Answer, ServiceErrorKind][]) {
        api.handler = (request) => (isForTasks(request) ? answer : page(documentedJob));
        await failure(fixture.client.getJobDetails(jobId), kind);
      }
    });
  });

  describe('listJobAssets', () => {
    it('names what goes in and what comes out', async () => {
      api.handler = ({ url }) =>
        url.includes('/InputMediaAssets')
          ? page({ Id: assetId(1), Name: 'BigBuckBunny.mp4', State: 0 })
          : verbose([{ Id: assetId(2), Name: 'a' }, { Id: assetId(3) }, { Id: assetId(4), Name: 5 }]);
      assert.deepEqual(await fixture.client.listJobAssets(jobId), {
        inputs: [{ id: assetId(1), name: 'BigBuckBunny.mp4' }],
        outputs: [
          { id: assetId(2), name: 'a' },
          { id: assetId(3), name: '' },
          { id: assetId(4), name: '' },
        ],
      });
      assert.deepEqual(asked().sort(), [
        `/api/Jobs('${encodedId}')/InputMediaAssets`,
        `/api/Jobs('${encodedId}')/OutputMediaAssets`,
      ]);
    });

    it('takes 404 for assets that are gone, each by itself', async () => {
      api.handler = ({ url }) =>
        url.includes('/InputMediaAssets') ? refusal(404, 'Resource not found') : page({ Id: assetId(2), Name: 'a' });
      assert.deepEqual(await fixture.client.listJobAssets(jobId), {
        inputs: null,
        outputs: [{ id: assetId(2), name: 'a' }],
      });
    });

    it('fails with whatever else goes wrong with one of them', async () => {
      for (const [answer, kind] of [
        [refusal(400, 'Bad'), 'badRequest'],
        [refusal(403, 'Not yours'), 'permission'],
        [refusal(429, 'Busy'), 'throttled'],
        [refusal(501, 'Broken'), 'unreachable'],
        [page({ Name: 'no id' }), 'badReply'],
        [{ status: 200, headers: { 'Content-Type': 'text/html' }, body: '<html>' }, 'badReply'],
      ] satisfies [Answer, ServiceErrorKind][]) {
        api.handler = ({ url }) => (url.includes('/OutputMediaAssets') ? answer : page());
        await failure(fixture.client.listJobAssets(jobId), kind);
      }
    });
  });

  describe('countReservedUnits', () => {
    const entity = (count: unknown): object => ({
      AccountId: '61318ce3-0629-4400-8a1b-e716bc501314',
      ReservedUnitType: 1,
      MaxReservableUnits: 25,
      CurrentReservedUnits: count,
    });

    it('is what the one entity says, in either form', async () => {
      api.handler = () => page(entity(5));
      assert.equal(await fixture.client.countReservedUnits(), 5);
      api.handler = () => verbose([entity(0)]);
      assert.equal(await fixture.client.countReservedUnits(), 0);
      assert.deepEqual(asked(), [units, units]);
    });

    it('is nothing where the entity does not say, or is not there', async () => {
      for (const count of [undefined, null, -1, 1.5, 'many', {}, [3]]) {
        api.handler = () => page(entity(count));
        assert.equal(await fixture.client.countReservedUnits(), null, String(count));
      }
      api.handler = () => page();
      assert.equal(await fixture.client.countReservedUnits(), null);
      assert.deepEqual(lacking(), []);
    });

    for (const status of [400, 403, 404]) {
      it(`is not asked for again once it was refused with ${status} while the service answers otherwise`, async () => {
        api.handler = ({ url }) => (url === units ? refusal(status, 'No.') : page());
        assert.equal(await fixture.client.countReservedUnits(), null);
        assert.deepEqual(asked(), [units, plainest]);
        assert.deepEqual(lacking(), ['reservedUnits']);
        assert.equal(await fixture.client.countReservedUnits(), null);
        assert.equal(api.requests.length, 2);
        const restarted = await makeClient({ endpoint: `${api.origin()}/api/`, kept: fixture.kept ?? '' });
        assert.equal(await restarted.client.countReservedUnits(), null);
        assert.equal(api.requests.length, 2, 'nor after a restart');
        restarted.client.dispose();
      });
    }

    it('fails, and learns nothing, where the service fails or refuses everything', async () => {
      for (const [status, kind] of [
        [429, 'throttled'],
        [501, 'unreachable'],
        [410, 'notFound'],
      ] as const) {
        api.requests.length = 0;
        api.handler = () => refusal(status, 'No.');
        await failure(fixture.client.countReservedUnits(), kind);
        assert.deepEqual(asked(), [units]);
      }
      api.handler = () => refusal(403, 'No.');
      await failure(fixture.client.countReservedUnits(), 'permission');
      assert.deepEqual(lacking(), []);
      api.handler = () => page(entity(2));
      assert.equal(await fixture.client.countReservedUnits(), 2);
    });
  });
});
