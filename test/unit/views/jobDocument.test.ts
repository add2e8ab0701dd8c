import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Exchange } from '../../../src/jobs/exchange.ts';
import { exchangeText } from '../../../src/views/exchangeText.ts';
import { documentAddress, readDocumentAddress } from '../../../src/views/jobDocument.ts';
import { recordText } from '../../../src/views/recordText.ts';
import { jobId } from '../../support/jobs.ts';
import { english } from '../../support/localizer.ts';

describe('the address of a document about a job', () => {
  const keys = [
    { account: 'contoso', id: jobId(1) },
    { account: 'a&id=b ü% #?/', id: "x'&account=y" },
    { account: 'half \ud800 a pair', id: jobId(2) },
  ];
  for (const kind of ['json', 'exchange'] as const) {
    for (const key of keys) {
      test(`says which it is: ${kind} of ${JSON.stringify(key)}`, () => {
        const wellFormed = { account: key.account.toWellFormed(), id: key.id };
        assert.deepEqual(readDocumentAddress(documentAddress({ kind, key }, 'A title')), { kind, key: wellFormed });
      });
    }
  }

  const titles: readonly [title: string, tab: string][] = [
    ['Encoding BigBuckBunny', 'Encoding BigBuckBunny.exchange.http'],
    ['../../etc/passwd', '.. .. etc passwd.exchange.http'],
    ['a\\b:c*d?e"f<g>h|i', 'a b c d e f g h i.exchange.http'],
    ['bidi \u202egpj.exe\u202c\u0000\u001b', 'bidi gpj.exe.exchange.http'],
    ['half \ud800 a pair', 'half \ufffd a pair.exchange.http'],
    ['\u200b', 'job.exchange.http'],
    ['', 'job.exchange.http'],
    ['x'.repeat(1_000_000), `${'x'.repeat(59)}….exchange.http`],
  ];
  for (const [title, tab] of titles) {
    test(`is a tab that one can read: ${JSON.stringify(title.slice(0, 40))}`, () => {
      assert.equal(documentAddress({ kind: 'exchange', key: { account: 'a', id: 'b' } }, title).path, `/${tab}`);
    });
  }

  test('is that of the same document whatever the job is called', () => {
    const key = { account: 'contoso', id: jobId(1) };
    const [before, after] = ['Old', 'New'].map((title) => documentAddress({ kind: 'json', key }, title));
    assert.equal(before?.query, after?.query);
  });

  const foreign = [
    { scheme: 'file', path: '/x.job.json', query: 'account=a&id=b' },
    { scheme: 'media-services', path: '/x.json', query: 'account=a&id=b' },
    { scheme: 'media-services', path: '/x.job.json', query: '' },
    { scheme: 'media-services', path: '/x.job.json', query: 'account=a&id=b&id=c' },
    { scheme: 'media-services', path: '/x.job.json', query: 'account=%zz&id=b' },
  ];
  for (const address of foreign) {
    test(`is none: ${JSON.stringify(address)}`, () => assert.equal(readDocumentAddress(address), null));
  }
});

describe('an exchange as text', () => {
  const documented: Exchange = {
    account: 'contoso',
    jobId: 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1',
    request: {
      method: 'GET',
      url: 'https://media.windows.net/api/Jobs()?$filter=Id%20eq%20%27nb%3Ajid%3AUUID%3Af3c43f94-327f-2347-90bb-3bf79f8559f1%27&$top=1',
      headers: [
        ['DataServiceVersion', '1.0;NetFx'],
        ['Authorization', 'Bearer <redacted>'],
        ['Host', 'media.windows.net'],
      ],
      body: '',
    },
    response: {
      status: 200,
      statusText: 'OK',
      headers: [
        ['cache-control', 'no-cache'],
        ['content-length', '450'],
      ],
      body: '{"odata.metadata":"x","value":[{"RunningDuration":0.0}]}',
    },
    error: null,
    sentAt: Date.parse('2026-11-25T03:00:00Z'),
    durationMs: 44.6,
  };

  test('is what the documentation shows', () => {
    assert.equal(
      exchangeText(documented, english),
      `Request (2026-11-25 03:00:00 UTC)

GET https://media.windows.net/api/Jobs()?$filter=Id%20eq%20'nb%3Ajid%3AUUID%3Af3c43f94-327f-2347-90bb-3bf79f8559f1'&$top=1 HTTP/1.1
DataServiceVersion: 1.0;NetFx
Authorization: Bearer <redacted>
Host: media.windows.net


Response (after 45 ms)

HTTP/1.1 200 OK
cache-control: no-cache
content-length: 450

{"odata.metadata":"x","value":[{"RunningDuration":0.0}]}
`,
    );
  });

  test('has the body of the request behind an empty line', () => {
    const request = { ...documented.request, method: 'MERGE', body: '{"Priority":5}' };
    assert.match(
      exchangeText({ ...documented, request }, english),
      /\nHost: media.windows.net\n\n\{"Priority":5\}\n\n\nRe/,
    );
  });

  test('says in words why there is no response', () => {
    const text = exchangeText({ ...documented, response: null, error: 'The server did not answer.' }, english);
    assert.match(text, /\n\n\nNo response \(after 45 ms\)\n\nThe server did not answer\.\n$/);
    assert.doesNotMatch(text, /HTTP\/1\.1 \d/);
  });

  test('says why a response could not be used', () => {
    const text = exchangeText({ ...documented, error: 'It ended too early.' }, english);
    assert.match(text, /0\.0\}\]\}\n\nThis response could not be used\. It ended too early\.\n$/);
  });
});

describe('the record of a job as text', () => {
  const details = (job: unknown, tasks: readonly unknown[]) => ({ raw: { job, tasks } });

  test('is the record as it came, with its tasks', () => {
    const job = JSON.parse('{"Id":"x","__proto__":{"a":1},"Tasks":{"deferred":1},"Später":[1,null]}') as unknown;
    const text = recordText(details(job, [{ Id: 't' }]), english);
    assert.equal(
      text,
      `${JSON.stringify(JSON.parse('{"Id":"x","__proto__":{"a":1},"Tasks":[{"Id":"t"}],"Später":[1,null]}'), null, 2)}\n`,
    );
    assert.match(text, /^\{\n {2}"Id": "x",\n/);
  });

  test('is shown whatever it is', () => {
    assert.deepEqual(JSON.parse(recordText(details([1], []), english)), { Job: [1], Tasks: [] });
    assert.deepEqual(JSON.parse(recordText(details(null, []), english)), { Job: null, Tasks: [] });
  });

  test('is cut where it is too long for an editor, and says so', () => {
    const text = recordText(details({ Name: 'x'.repeat(500) }, []), english, 100);
    assert.ok(text.length < 200);
    assert.match(text, /\n… Cut here: the whole record has \d+ characters\.\n$/);
  });
});
