import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { logExchange } from '../../../src/accounts/exchangeLog.ts';
import type { Exchange } from '../../../src/jobs/exchange.ts';

const exchange: Exchange = {
  account: 'contoso',
  jobId: null,
  request: {
    method: 'GET',
    url: 'https://media.windows.net/api/Jobs()',
    headers: [
      ['Authorization', 'Bearer <redacted>'],
      ['Accept', 'application/json'],
    ],
    body: '',
  },
  response: {
    status: 200,
    statusText: 'OK',
    headers: [['Content-Type', 'application/json']],
    body: '{"value":[]}',
  },
  error: null,
  sentAt: 0,
  durationMs: 12.6,
};

function logged(changed: Exchange, logLevel = 2): { info: string[]; debug: string[] } {
  const lines = { info: [] as string[], debug: [] as string[] };
  logExchange({ info: (text) => lines.info.push(text), debug: (text) => lines.debug.push(text), logLevel }, changed);
  return lines;
}

describe('log of an exchange', () => {
  test('is one line, with heads and body for who looks closer', () => {
    assert.deepEqual(logged(exchange), {
      info: ['[contoso] GET https://media.windows.net/api/Jobs() → 200 OK (13 ms)'],
      debug: [
        [
          '> Authorization: Bearer <redacted>',
          '> Accept: application/json',
          '< Content-Type: application/json',
          '| {"value":[]}',
        ].join('\n'),
      ],
    });
  });

  test('does not read heads and bodies where nobody would see them', () => {
    const unread = {
      get headers(): [] {
        return assert.fail('headers');
      },
      get body(): string {
        return assert.fail('body');
      },
    };
    const request = Object.assign(Object.create(unread) as typeof unread, { method: 'GET', url: 'https://x/' });
    const response = Object.assign(Object.create(unread) as typeof unread, { status: 200, statusText: 'OK' });
    for (const level of [0, 3, 4, 5]) {
      const { info, debug } = logged({ ...exchange, request, response }, level);
      assert.deepEqual([info.length, debug.length], [1, 0]);
    }
    assert.equal(logged(exchange, 1).debug.length, 1);
  });

  test('says why there is no answer', () => {
    const { info, debug } = logged({ ...exchange, response: null, error: 'The connection was refused.' });
    assert.deepEqual(info, [
      '[contoso] GET https://media.windows.net/api/Jobs() → The connection was refused. (13 ms)',
    ]);
    assert.deepEqual(debug, ['> Authorization: Bearer <redacted>\n> Accept: application/json']);
    assert.match(logged({ ...exchange, response: null }).info[0] ?? '', /→ no answer \(13 ms\)$/);
  });

  test('says why an answer could not be used', () => {
    const { info, debug } = logged({ ...exchange, error: 'This is no JSON.' });
    assert.match(info[0] ?? '', /→ 200 OK \(13 ms\)$/);
    assert.match(debug[0] ?? '', /\n! This is no JSON\.$/);
  });

  test('does without a status text, as HTTP/2 and some proxies do', () => {
    const response = { status: 502, statusText: '', headers: [], body: '' };
    assert.match(logged({ ...exchange, response }).info[0] ?? '', /→ 502 \(13 ms\)$/);
  });

  test('never holds what was sent, where secrets are', () => {
    const request = { ...exchange.request, method: 'POST', body: 'client_secret=S3cret' };
    const { info, debug } = logged({ ...exchange, request });
    assert.doesNotMatch([...info, ...debug].join('\n'), /S3cret/);
  });

  test('cuts a long body and says how long it was', () => {
    const withBody = (length: number): string =>
      logged({ ...exchange, response: { status: 200, statusText: 'OK', headers: [], body: 'x'.repeat(length) } })
        .debug[0] ?? '';
    assert.ok(withBody(4000).endsWith(`\n| ${'x'.repeat(4000)}`));
    assert.ok(withBody(4001).endsWith(`\n| ${'x'.repeat(4000)}… (4001 characters)`));
    assert.ok(withBody(5_000_000).length < 4200);
  });
});
