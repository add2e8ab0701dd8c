import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  drawBar,
  formatAgo,
  formatCount,
  formatDuration,
  formatLocalTime,
  formatPercent,
  formatTimeLeft,
  formatUtcTime,
  knownLocale,
} from '../../../src/views/format.ts';
import { english, korean } from '../../support/localizer.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const newYear = Date.parse('2026-01-01T00:00:00Z');

/** One test per boundary: what is formatted, and what it reads as. */
function cases(format: (value: number) => string, expected: readonly (readonly [value: number, text: string])[]): void {
  for (const [value, text] of expected) {
    test(`${value} reads ${text}`, () => assert.equal(format(value), text));
  }
}

describe('percent', () => {
  cases(
    (progress) => formatPercent(progress, 'en'),
    [
      [0, '0%'],
      [0.99, '0%'],
      [1, '1%'],
      [42, '42%'],
      [42.999, '42%'],
      [99.999, '99%'],
      [100, '100%'],
    ],
  );

  test('is written as each language does', () => {
    assert.equal(formatPercent(42.5, 'ko'), '42%');
    assert.equal(formatPercent(42.5, 'de'), '42\u00a0%');
    assert.equal(formatPercent(42.5, 'ar-EG'), '٤٢٪\u061c');
  });
});

describe('time left', () => {
  cases(
    (left) => formatTimeLeft(left, english),
    [
      [0, '< 1 min left'],
      [minute - 1, '< 1 min left'],
      [minute, '1 min left'],
      [minute + 1, '2 min left'],
      [3 * minute, '3 min left'],
      [15 * minute, '15 min left'],
      [15 * minute + 1, '20 min left'],
      [20 * minute, '20 min left'],
      [20 * minute + 1, '25 min left'],
      [55 * minute + 1, '1 hr left'],
      [hour, '1 hr left'],
      [hour + 1, '1 hr 5 min left'],
      [23 * hour + 55 * minute + 1, '1 day left'],
      [6 * day + 23 * hour, '6 days 23 hr left'],
    ],
  );

  test('never grows while time passes', () => {
    const minutesOf = (text: string): number => {
      const part = (unit: string): number => Number(new RegExp(`(\\d+) ${unit}\\b`).exec(text)?.[1] ?? 0);
      return text.startsWith('<') ? 0 : part('days?') * 1440 + part('hr') * 60 + part('min');
    };
    let before = Number.POSITIVE_INFINITY;
    for (let left = 5 * hour; left >= 0; left -= 7 * second) {
      const minutes = minutesOf(formatTimeLeft(left, english));
      assert.ok(minutes <= before, `${left} ms: ${minutes} after ${before}`);
      before = minutes;
    }
  });
});

describe('duration', () => {
  cases(
    (duration) => formatDuration(duration, english),
    [
      [-5, '0 sec'],
      [0, '0 sec'],
      [499, '0 sec'],
      [500, '1 sec'],
      [48 * second, '48 sec'],
      [59_499, '59 sec'],
      [59_500, '1 min'],
      [minute + second, '1 min 1 sec'],
      [200 * second, '3 min 20 sec'],
      [hour - 501, '59 min 59 sec'],
      [hour - 500, '1 hr'],
      [hour + 29 * second, '1 hr'],
      [hour + 30 * second, '1 hr 1 min'],
      [125 * minute, '2 hr 5 min'],
      [day - 31 * second, '23 hr 59 min'],
      [day - 30 * second, '1 day'],
      [day + hour, '1 day 1 hr'],
      [3 * day + 4 * hour + 59 * minute, '3 days 4 hr'],
    ],
  );
});

describe('how long ago', () => {
  cases(
    (ago) => formatAgo(newYear - ago, newYear, english, 'en'),
    [
      [-hour, 'just now'],
      [0, 'just now'],
      [minute - 1, 'just now'],
      [minute, '1 min ago'],
      [hour - 1, '59 min ago'],
      [hour, '1 hr ago'],
      [2 * hour, '2 hr ago'],
      [day - 1, '23 hr ago'],
      [day, '1 day ago'],
      [30 * day - 1, '29 days ago'],
    ],
  );

  test('is a date beyond a month, as each language writes it', () => {
    const noon = Date.parse('2025-11-20T12:00:00Z');
    assert.equal(formatAgo(noon, newYear, english, 'en'), 'Nov 20, 2025');
    assert.equal(formatAgo(noon, newYear, english, 'ko'), '2025. 11. 20.');
    assert.match(formatAgo(newYear - 30 * day, newYear, english, 'en'), /^Dec \d, 2025$/);
  });
});

describe('times', () => {
  test('UTC is in the order that logs use', () => {
    assert.equal(formatUtcTime(Date.parse('2026-03-01T09:08:07.999Z')), '2026-03-01 09:08:07 UTC');
  });

  test('local time is in the zone of the person', () => {
    const time = Date.parse('2026-03-01T09:08:07Z');
    const text = formatLocalTime(time, 'en');
    assert.match(text, /^(Feb 28|Mar [12]), 2026, \d{1,2}:\d{2}:07\s[AP]M$/);
    assert.equal(new Date(text.replace(/\s/g, ' ')).getTime(), time);
    assert.match(formatLocalTime(time, 'ko'), /^2026\. [23]\. \d{1,2}\. 오[전후] \d{1,2}:\d{2}:07$/);
  });
});

describe('in Korean', () => {
  test('spans of time', () => {
    assert.equal(formatDuration(200 * second, korean), '3분 20초');
    assert.equal(formatDuration(3 * day + 4 * hour, korean), '3일 4시간');
    assert.equal(formatDuration(0, korean), '0초');
  });

  test('what is left, and how long ago', () => {
    assert.equal(formatTimeLeft(minute - 1, korean), '1분 미만 남음');
    assert.equal(formatTimeLeft(hour + 1, korean), '1시간 5분 남음');
    assert.equal(formatAgo(newYear - 5 * minute, newYear, korean, 'ko'), '5분 전');
    assert.equal(formatAgo(newYear, newYear, korean, 'ko'), '방금');
  });
});

describe('a language', () => {
  test('that has no Korean or other texts of ours keeps units that go with our English', () => {
    assert.equal(formatAgo(newYear - 5 * minute, newYear, english, 'de'), '5 min ago');
    assert.equal(formatCount(3000, 'de'), '3.000');
  });

  test('that nobody knows, or that is no tag of a language, is taken for English', () => {
    assert.equal(knownLocale('ko'), 'ko');
    assert.equal(knownLocale('pt-br'), 'pt-BR');
    for (const tag of ['tlh', 'zh_CN', '', '*']) {
      assert.equal(knownLocale(tag), 'en', tag);
    }
  });
});

describe('bar', () => {
  /** VS Code's sanitiser keeps no other style than this. */
  const run = /<span style="background-color:var\(--vscode-([a-z-]+)\);">((?:&nbsp;)+)<\/span>/gi;
  const widths = (progress: number): Record<string, number> =>
    Object.fromEntries(
      [...drawBar(progress).matchAll(run)].map(([, color, fields]) => [color, (fields ?? '').length / 6]),
    );

  test('holds nothing but coloured runs of spaces', () => {
    for (const progress of [-1, 0, 1, 50, 99, 100, 101]) {
      assert.equal(drawBar(progress).replace(run, ''), '');
    }
  });

  test('has one width', () => {
    const sum = (progress: number): number => Object.values(widths(progress)).reduce((a, b) => a + b, 0);
    const full = sum(100);
    for (let progress = -5; progress <= 105; progress++) {
      assert.equal(sum(progress), full);
    }
  });

  test('is empty at the beginning, grows, and is full at the end alone', () => {
    const filled = (progress: number): number => widths(progress)['charts-blue'] ?? 0;
    assert.equal(filled(0), 0);
    for (let progress = 1; progress <= 100; progress++) {
      assert.ok(filled(progress) >= filled(progress - 1));
    }
    assert.ok(filled(99.9) < filled(100));
    assert.equal(filled(150), filled(100));
  });
});
