import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Job } from '../../../src/jobs/job.ts';
import type { JobJson } from '../../../src/jobs/jobJson.ts';
import { exportChunks } from '../../../src/views/jobExport.ts';
import { jobRecord, jobTask } from '../../support/jobs.ts';

const now = Date.parse('2026-11-25T03:00:00Z');

function job(n: number, changes: Partial<Job> = {}): Job {
  return { account: 'contoso', ...jobRecord(n), tasks: null, progress: null, pace: null, ...changes };
}

function csv(jobs: readonly Job[]): string {
  return [...exportChunks(jobs, 'csv', now)].join('');
}

/** Reads CSV as RFC 4180 has it, with line ends within quotes, and refuses what it does not have. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length; ) {
    const match = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;
    match.lastIndex = at;
    const [whole, quoted, bare = '', end] = match.exec(text) ?? [];
    assert.ok(whole !== undefined, `no CSV at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
    row.push(quoted?.replaceAll('""', '"') ?? bare);
    at += whole.length;
    if (end !== ',') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

/**
 * Reads text as a spreadsheet does whose list separator is another: a quote counts at the start of a cell alone, and what
 * follows the closing one belongs to the cell.
 */
function leniently(text: string, separator: string): string[] {
  const cells: string[] = [];
  for (let at = 0; at <= text.length; at++) {
    const quoted = /"((?:[^"]|"")*)(?:"|$)/y;
    quoted.lastIndex = at;
    const [whole = '', inner = ''] = quoted.exec(text) ?? [];
    at += whole.length;
    let cell = inner.replaceAll('""', '"');
    for (; at < text.length && !`${separator}\r\n`.includes(text.charAt(at)); at++) {
      cell += text.charAt(at);
    }
    cells.push(cell);
  }
  return cells;
}

describe('jobs as CSV', () => {
  test('have the columns that are promised, and every time in UTC', () => {
    const ended = job(1, {
      name: 'Encode',
      state: 'Error',
      progress: 42.5,
      created: Date.parse('2026-11-25T01:00:00Z'),
      started: Date.parse('2026-11-25T01:00:10Z'),
      ended: Date.parse('2026-11-25T01:00:10.500Z'),
      priority: -5,
      tasks: [jobTask(1, { state: 'Error', errors: [{ code: 'Failed', message: 'Disk "C", full' }] })],
    });
    const text = csv([ended, job(2, { created: null, started: null, priority: null })]);
    assert.equal(Buffer.from(text).subarray(0, 3).toString('hex'), 'efbbbf');
    assert.deepEqual(parseCsv(text.slice(1)), [
      [
        ...['account', 'id', 'name', 'state', 'progress', 'created', 'started', 'ended', 'durationSeconds', 'priority'],
        ...['errorCode', 'errorMessage'],
      ],
      [
        ...['contoso', ended.id, 'Encode', 'Error', '42.5', '2026-11-25T01:00:00.000Z', '2026-11-25T01:00:10.000Z'],
        ...['2026-11-25T01:00:10.500Z', '0.5', '-5', 'Failed', 'Disk "C", full'],
      ],
      ['contoso', job(2).id, 'Job 2', 'Processing', '', '', '', '', '', '', '', ''],
    ]);
    assert.ok(text.endsWith('\r\n'));
  });

  for (const name of [
    ...['plain', 'a,b', 'say "hi"', 'two\nlines', 'two\r\nlines', '"', '""', ',', '', ' x ', '작업 🎬', "it's"],
    ...['a=1', 'x-y', 'me@example.com', '1+1', 'a;b', 'a; b=1', 'a\tb', 'a, -b'],
  ]) {
    test(`come back as they are: ${JSON.stringify(name)}`, () => {
      assert.equal(parseCsv(csv([job(1, { name })]))[1]?.[2], name);
    });
  }

  for (const name of [
    ...['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\u00a0=1', '＝1+1', '＋1', '－1', '＠SUM(A1)'],
    ...['=HYPERLINK("https://evil.example","x")', "=cmd|' /C calc'!A0"],
  ]) {
    test(`are no formulas: ${JSON.stringify(name)}`, () => {
      const errors = [{ code: name, message: name }];
      const hostile = { ...{ account: name, id: name, name }, tasks: [jobTask(1, { state: 'Error', errors })] };
      const [, row = []] = parseCsv(csv([job(1, hostile)]));
      for (const column of [0, 1, 2, 10, 11]) {
        assert.equal(row[column], `'${name}`);
      }
    });
  }

  const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '＝1', '＋1', '－1', '＠SUM(A1)', ' =1', '\u00a0=1', ' \t \n=1'];
  const hidden = [
    ...[';', '\t', '\n', '\r\n', '\r', ';;', 'clip;', 'clip; ', 'clip\t', 'clip\n', 'clip\r\n', 'clip;x;'],
    ...['clip;"', 'clip;" "', '"clip;"', '"clip";"', 'clip,"x";', 'a;b,'],
  ].flatMap((before) => formulas.map((formula) => `${before}${formula};y`));
  test('are no formulas behind what separates cells elsewhere', () => {
    for (const name of hidden) {
      const errors = [{ code: name, message: name }];
      const hostile = { ...{ id: name, name }, tasks: [jobTask(1, { state: 'Error', errors })] };
      const text = csv([job(1, hostile), job(2, { name })]).slice(1);
      const cells = parseCsv(text).flatMap((row) => row.filter((_, column) => column !== 9));
      for (const cell of [...cells, ...[';', '\t'].flatMap((separator) => leniently(text, separator))]) {
        assert.doesNotMatch(cell, /^\s*[=+\-@＝＋－＠]/, JSON.stringify(name));
      }
      assert.ok(
        cells.some((cell) => cell.replaceAll("'", '') === name.replaceAll("'", '')),
        'nothing else is lost',
      );
    }
  });

  test('hold half a character without harm', () => {
    assert.equal(parseCsv(Buffer.from(csv([job(1, { name: 'x\ud800y' })])).toString())[1]?.[2], 'x\ufffdy');
  });
});

describe('jobs as JSON', () => {
  for (const count of [0, 1, 499, 500, 501, 1000]) {
    test(`are a list as other extensions get it: ${count}`, () => {
      const jobs = Array.from({ length: count }, (_, n) => job(n, { name: 'two\nlines "quoted" \u2028' }));
      const text = [...exportChunks(jobs, 'json', now)].join('');
      const parsed = JSON.parse(text) as JobJson[];
      assert.equal(parsed.length, count);
      assert.deepEqual(
        parsed.map(({ id }) => id),
        jobs.map(({ id }) => id),
      );
      if (count > 0) {
        assert.equal(parsed[0]?.name, 'two\nlines "quoted" \u2028');
        assert.equal(text, `${JSON.stringify(parsed, null, 2)}\n`.replaceAll('\u2028', '\\u2028'));
      }
    });
  }
});

test('fifty thousand jobs come in small pieces', () => {
  const jobs = Array.from({ length: 50_000 }, (_, n) => job(n));
  for (const format of ['csv', 'json'] as const) {
    const pieces = [...exportChunks(jobs, format, now)].map(({ length }) => length);
    assert.ok(pieces.length > 100 && Math.max(...pieces) < 500_000, `${pieces.length} of ${Math.max(...pieces)}`);
  }
});
