import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readJob, readTask, stateNumber } from '../../../src/client/jobEntities.ts';
import { parseJson, readCollection, readEntity, readProperty, readTime } from '../../../src/client/odata.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { documentedJob, jobId } from './clientFixture.ts';

const isBadReply = (error: unknown): boolean => ServiceError.is(error) && error.kind === 'badReply';

describe('times', () => {
  for (const [text, iso] of [
    ['2015-02-11T01:46:08.897', '2015-02-11T01:46:08.897Z'],
    ['2015-02-11T01:46:16.58', '2015-02-11T01:46:16.580Z'],
    ['2015-02-11T01:46:16', '2015-02-11T01:46:16.000Z'],
    ['2015-02-11T01:46:16.1', '2015-02-11T01:46:16.100Z'],
    ['2015-01-19T08:04:34.3287057Z', '2015-01-19T08:04:34.328Z'],
    ['2017-11-09T16:34:01.578661Z', '2017-11-09T16:34:01.578Z'],
    ['2015-02-11T01:46', '2015-02-11T01:46:00.000Z'],
    ['2016-02-29T12:00:00Z', '2016-02-29T12:00:00.000Z'],
    ['2015-02-11T01:46:16+01:30', '2015-02-11T00:16:16.000Z'],
    ['2015-02-11T01:46:16-01:30', '2015-02-11T03:16:16.000Z'],
    ['/Date(1587084991763)/', '2020-04-17T00:56:31.763Z'],
    ['/Date(1587084991763+0060)/', '2020-04-17T00:56:31.763Z'],
    ['/Date(-1)/', '1969-12-31T23:59:59.999Z'],
  ] as const) {
    it(`reads ${text} as UTC`, () => assert.equal(readTime(text), Date.parse(iso)));
  }

  for (const value of [
    null,
    undefined,
    0,
    {},
    '',
    'yesterday',
    '0001-01-01T00:00:00',
    '0001-01-01T00:00:00Z',
    '2015-02-30T00:00:00',
    '2015-13-01T00:00:00',
    '2015-02-11T24:00:00',
    '2015-02-11T01:60:00',
    '2015-02-11',
    '2015-02-11T01:46:16 ',
    '/Date(9999999999999999)/',
    '/Date(abc)/',
  ]) {
    it(`reads ${JSON.stringify(value)} as none`, () => assert.equal(readTime(value), null));
  }
});

describe('both forms of JSON', () => {
  it('reads collections, entities and properties alike', () => {
    assert.deepEqual(readCollection({ 'odata.metadata': 'm', value: [1], 'odata.nextLink': 'Jobs()?$skiptoken=2' }), {
      rows: [1],
      nextLink: 'Jobs()?$skiptoken=2',
    });
    assert.deepEqual(readCollection({ d: { results: [1], __next: 'n' } }), { rows: [1], nextLink: 'n' });
    assert.deepEqual(readCollection({ d: [1] }), { rows: [1], nextLink: null });
    assert.deepEqual(readCollection({ value: [], 'odata.nextLink': 7 }), { rows: [], nextLink: null });
    assert.deepEqual(readEntity({ d: { Id: 'x' } }), { Id: 'x' });
    assert.deepEqual(readEntity({ 'odata.metadata': 'm', Id: 'x' }), { 'odata.metadata': 'm', Id: 'x' });
    assert.equal(readProperty({ d: { State: 2 } }, 'State'), 2);
    assert.equal(readProperty({ value: 2 }, 'State'), 2);
  });

  for (const text of [
    'null',
    '1',
    '"x"',
    '[]',
    '{}',
    '{"value":{}}',
    '{"d":null}',
    '{"d":{"results":1}}',
    '{"__proto__":{"value":[]}}',
  ]) {
    it(`takes ${text} for no list`, () => assert.throws(() => readCollection(parseJson(text)), isBadReply));
  }
  for (const text of ['', '{', 'NaN', '<html>']) {
    it(`takes ${JSON.stringify(text)} for no JSON`, () => assert.throws(() => parseJson(text), isBadReply));
  }
});

describe('entities', () => {
  it('reads the documented job', () => {
    assert.deepEqual(readJob(documentedJob), {
      id: jobId,
      name: 'Encoding BigBuckBunny into to H264 Adaptive Bitrate MP4 Set 720p',
      state: 'Processing',
      created: Date.parse('2015-02-11T01:46:08.897Z'),
      lastModified: Date.parse('2015-02-11T01:46:08.897Z'),
      started: Date.parse('2015-02-11T01:46:16.580Z'),
      ended: null,
      priority: 0,
      runningDurationMs: 0,
    });
  });

  it('reads a recorded verbose task, its running duration in milliseconds', () => {
    const task = readTask({
      Id: 'nb:tid:UUID:1',
      Name: 'encode',
      ErrorDetails: {
        __metadata: { type: 'Collection(Microsoft.Cloud.Media.Vod.Rest.Data.Models.ErrorDetail)' },
        results: [
          { Code: 'ErrorParsingConfiguration', Message: 'Bad preset' },
          { Code: 5, Message: null },
          null,
          'x',
          {},
        ],
      },
      StartTime: '2020-04-15T18:45:24.54Z',
      EndTime: '2020-04-15T18:46:11.477Z',
      Progress: 100,
      RunningDuration: 39605,
      State: 3,
    });
    assert.deepEqual(task, {
      id: 'nb:tid:UUID:1',
      name: 'encode',
      state: 'Finished',
      progress: 100,
      started: Date.parse('2020-04-15T18:45:24.540Z'),
      ended: Date.parse('2020-04-15T18:46:11.477Z'),
      runningDurationMs: 39605,
      errors: [
        { code: 'ErrorParsingConfiguration', message: 'Bad preset' },
        { code: '5', message: '' },
      ],
    });
  });

  it('takes what it does not know as data', () => {
    const state = (value: unknown): string => readJob({ Id: 'x', State: value }).state;
    assert.deepEqual([0, 1, 2, 3, 4, 5, 6].map(state), [
      'Queued',
      'Scheduled',
      'Processing',
      'Finished',
      'Error',
      'Canceled',
      'Canceling',
    ]);
    assert.equal(state(7), 'Unknown(7)');
    assert.equal(state(-1), 'Unknown(-1)');
    assert.equal(state(2.5), 'Unknown(2.5)');
    assert.equal(state('3'), 'Finished');
    assert.equal(state('Canceling'), 'Canceling');
    assert.equal(state('Paused'), 'Unknown(Paused)');
    assert.equal(state('constructor'), 'Unknown(constructor)');
  });

  it('reads wrong types as none, and never reads what is inherited', () => {
    const inherited = Object.create({ Name: 'inherited', Priority: 9 }) as Record<string, unknown>;
    Object.assign(inherited, { Id: 'x', State: 0, RunningDuration: -1, Created: 7, EndTime: {} });
    assert.deepEqual(readJob(inherited), {
      id: 'x',
      name: '',
      state: 'Queued',
      created: null,
      lastModified: null,
      started: null,
      ended: null,
      priority: null,
      runningDurationMs: null,
    });
    assert.equal(readTask({ Id: 'x', State: 2, Progress: 250 }).progress, 100);
    assert.equal(readTask({ Id: 'x', State: 2, Progress: -3 }).progress, 0);
    assert.equal(readTask(parseJson('{"Id":"x","State":2,"Progress":1e999}')).progress, null);
    readJob(
      parseJson('{"Id":"x","State":2,"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
    );
    assert.equal('polluted' in {}, false);
  });

  for (const entity of [
    null,
    1,
    'x',
    [],
    {},
    { Id: 7, State: 0 },
    { Id: '', State: 0 },
    { Id: 'x' },
    { Id: 'x', State: null },
    { Id: 'x', State: {} },
  ]) {
    it(`takes ${JSON.stringify(entity)} for no job`, () => assert.throws(() => readJob(entity), isBadReply));
  }

  it('gives states their numbers for a filter', () => {
    assert.equal(stateNumber('Canceling'), 6);
    assert.equal(stateNumber('Unknown(7)'), 7);
    assert.equal(stateNumber('Unknown(Paused)'), null);
  });
});
