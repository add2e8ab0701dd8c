import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readJob, readTask, stateNumber } from '../../../src/client/ams/jobEntities.ts';
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

/** How times were read before it was done by hand: by a pattern and by `Date`. */
function readTimeByPattern(value: string): number | null {
  const ticks = /^\/Date\((-?\d{1,16})(?:[+-]\d{1,4})?\)\/$/.exec(value)?.[1];
  if (ticks !== undefined) {
    return Math.abs(Number(ticks)) <= 8.64e15 ? Number(ticks) : null;
  }
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?$/.exec(value);
  if (!match) {
    return null;
  }
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone = 'Z'] = match;
  const date = `${year}-${month}-${day}`;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const isDate = !Number.isNaN(midnight) && new Date(midnight).toISOString().slice(0, 10) === date;
  if (Number(year) < 100 || !isDate || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return null;
  }
  const offset = zone === 'Z' ? 0 : Number(`${zone[0]}1`) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6)));
  const seconds = (Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second);
  return midnight + seconds * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
}

describe('times by hand', () => {
  /** Numbers from 0 up to 1, the same in each run (mulberry32). */
  const seeded = (seed: number): (() => number) => {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  };

  it('are what they are by pattern, whatever the text', () => {
    const random = seeded(2015);
    const below = (limit: number): number => Math.floor(random() * limit);
    const pick = (choices: readonly string[]): string => choices[below(choices.length)] ?? '';
    const number = (length: number, limit: number): string => String(below(limit)).padStart(length, '0');
    const zones = ['', '', 'Z', '+01:30', '-12:00', '+99:99', 'z', '+0130', ' ', 'ZZ', '+', '-1:30'];
    const odd = ['', '0', '9', ':', '-', '.', 'T', 'Z', '+', '/', ' ', 'x', '\0', '\uffff', '٣', '₀', '\u{1f600}'];
    let read = 0;
    for (let count = 0; count < 200_000; count++) {
      const fraction = number(1, 10).repeat(below(11));
      const second = pick(['', `:${number(2, 62)}`, `:${number(2, 62)}.${fraction}`]);
      const date = `${number(4, below(4) === 0 ? 300 : 3000)}-${number(2, 14)}-${number(2, 33)}`;
      let text = `${date}T${number(2, 25)}:${number(2, 61)}${second}${pick(zones)}`;
      if (below(20) === 0) {
        text = `/Date(${pick(['', '-'])}${number(1, 10 ** (1 + below(17)))}${pick(['', '+0060', '-1', 'x'])})/`;
      }
      for (let changes = below(3) === 0 ? 1 + below(2) : 0; changes > 0; changes--) {
        const at = below(text.length + 1);
        text = text.slice(0, at) + pick(odd) + text.slice(at + below(2));
      }
      const time = readTime(text);
      assert.equal(time, readTimeByPattern(text), JSON.stringify(text));
      read += time === null ? 0 : 1;
    }
    assert.ok(read > 40_000, `${read} of them were times`);
  });

  it('are right on each day of four centuries', () => {
    for (let day = Date.UTC(1899, 11, 31); day <= Date.UTC(2301, 0, 1); day += 86_400_000) {
      assert.equal(readTime(new Date(day).toISOString()), day);
    }
    assert.equal(readTime('0100-01-01T00:00:00'), Date.parse('0100-01-01T00:00:00Z'));
    assert.equal(readTime('9999-12-31T23:59:59.9999999'), Date.parse('9999-12-31T23:59:59.999Z'));
  });
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
