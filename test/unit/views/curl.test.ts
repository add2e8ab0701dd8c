import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { Exchange } from '../../../src/jobs/exchange.ts';
import { curlCommand } from '../../../src/views/curl.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { ScriptedServer } from '../../support/httpsServer.ts';
import { powerShellArguments } from '../../support/powerShell.ts';

type Request = Exchange['request'];

const token = 'eyJ0 "$HOME" `id` \'';

function request(changes: Partial<Request> = {}): Request {
  return {
    method: 'GET',
    url: "https://media.windows.net/api/Jobs()?$filter=Id%20eq%20'nb%3Ajid%3AUUID%3Af3c43f94'&$top=1",
    headers: [
      ['DataServiceVersion', '1.0;NetFx'],
      ['Accept', 'application/json'],
      ['Authorization', 'Bearer <redacted>'],
      ['Accept-Encoding', 'gzip'],
      ['Content-Length', '0'],
      ['Connection', 'keep-alive'],
      ['Host', 'media.windows.net'],
    ],
    body: '',
    ...changes,
  };
}

const hostileTexts: readonly string[] = [
  `'; touch /tmp/owned; '`,
  ['$(touch owned) `touch owned` $HOME $', '{HOME} %PATH% !! !$'].join(''),
  'a\nb\r\nc',
  '\u2018x\u2019 \u201ay\u201b \u201cz\u201d',
  "\u2019; calc; '",
  '--output owned',
  '-o/etc/passwd',
  '@/etc/passwd',
  'back\\slash\\',
  '{"Priority":5,"Name":"a \\"b\\" \\\\"}',
  '\u001b[201~\u0007\u009b31m\t|',
  '[1-9]{a,b}#x',
  '한국어 🎬 עברית',
  "''''",
  '`n`t`0',
];

/** What curl is to be called with, in order. */
function expected({ url, method, body }: Request, value: string): string[] {
  return [
    ...['--url', url],
    ...(/[[\]{}]/.test(url) ? ['--globoff'] : []),
    ...(method === 'GET' && body === '' ? [] : ['--request', method]),
    ...['-H', `X-Hostile: ${value.replace(/[\r\n]+/g, ' ')}`],
    ...['-H', `Authorization: Bearer ${token}`],
    ...(body === '' ? [] : ['--data-raw', body]),
  ];
}

function hostileRequest(text: string, method = 'MERGE'): Request {
  const headers = [
    ['X-Hostile', text],
    ['Authorization', 'Bearer <redacted>'],
  ] as const;
  return request({ method, url: `https://localhost/${text}`, headers, body: text });
}

describe('a request as curl, for POSIX shells', { skip: process.platform === 'win32' }, () => {
  let folder: string;
  const shells = ['sh', 'dash', 'bash', 'zsh'].filter((shell) => spawnSync(shell, ['-c', ':']).status === 0);

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'curl-'));
    writeFileSync(path.join(folder, 'curl'), '#!/bin/sh\nfor each in "$@"; do printf \'%s\\0\' "$each"; done\n');
    chmodSync(path.join(folder, 'curl'), 0o755);
  });

  after(() => rmSync(folder, { recursive: true }));

  /** What curl would get, when a shell reads the command from a terminal or a script. */
  function argumentsIn(shell: string, command: string): string[] {
    const { stdout, stderr, status } = spawnSync(shell, [], {
      input: `${command}\n`,
      encoding: 'utf8',
      cwd: folder,
      env: { PATH: `${folder}:${process.env['PATH']}`, HOME: '/nowhere', MEDIA_SERVICES_TOKEN: token },
    });
    assert.deepEqual([status, stderr], [0, '']);
    return stdout.split('\0').slice(0, -1);
  }

  test('reads as people would write it', () => {
    assert.equal(
      curlCommand(request({ url: 'https://media.windows.net/api/Jobs()?$top=1' }), 'posix'),
      [
        "curl --url 'https://media.windows.net/api/Jobs()?$top=1' \\",
        "  -H 'DataServiceVersion: 1.0;NetFx' \\",
        "  -H 'Accept: application/json' \\",
        '  -H "Authorization: Bearer $MEDIA_SERVICES_TOKEN" \\',
        '  --compressed',
      ].join('\n'),
    );
  });

  test('there is a shell to prove it with', () => assert.ok(shells.includes('sh')));

  for (const shell of shells) {
    for (const text of hostileTexts) {
      test(`${shell} passes on as it is: ${JSON.stringify(text)}`, () => {
        const hostile = hostileRequest(text);
        assert.deepEqual(argumentsIn(shell, curlCommand(hostile, 'posix')), expected(hostile, text));
      });
    }
  }

  test('leaves no control character to the terminal that it is pasted into', () => {
    for (const text of hostileTexts) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
      assert.doesNotMatch(curlCommand(hostileRequest(text), 'posix'), /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    }
  });

  test('has no header that would name a file, none without a value, and no secret', () => {
    const headers = [
      ['@/etc/passwd', 'x'],
      ['Cookie', '<redacted>'],
      ['X-Empty', ''],
      ['Authorization', '<redacted>'],
    ] as const;
    assert.deepEqual(argumentsIn('sh', curlCommand(request({ url: 'https://localhost/', headers }), 'posix')), [
      ...['--url', 'https://localhost/', '-H', 'X-Empty;', '-H', `Authorization: ${token}`],
    ]);
  });
});

describe('a request as curl, for PowerShell', () => {
  const variables = { MEDIA_SERVICES_TOKEN: token };

  test('reads as people would write it', () => {
    assert.equal(
      curlCommand(request({ url: 'https://media.windows.net/api/Jobs()?$top=1' }), 'powershell'),
      [
        "curl.exe --url 'https://media.windows.net/api/Jobs()?$top=1' `",
        "  -H 'DataServiceVersion: 1.0;NetFx' `",
        "  -H 'Accept: application/json' `",
        '  -H "Authorization: Bearer $env:MEDIA_SERVICES_TOKEN" `',
        '  --compressed',
      ].join('\n'),
    );
  });

  for (const text of hostileTexts) {
    test(`passes on as it is: ${JSON.stringify(text)}`, () => {
      const hostile = hostileRequest(text);
      const words = powerShellArguments(curlCommand(hostile, 'powershell'), variables, 'Standard');
      assert.deepEqual(words, ['curl.exe', ...expected(hostile, text)]);
    });

    test(`escapes double quotes for Windows PowerShell, and those alone: ${JSON.stringify(text)}`, () => {
      const hostile = hostileRequest(text);
      const words = powerShellArguments(curlCommand(hostile, 'powershell'), variables, '');
      const escaped = expected(hostile, text).map((word) =>
        word === `Authorization: Bearer ${token}` ? word : word.replace(/(\\*)"/g, '$1$1\\"'),
      );
      assert.deepEqual(words, ['curl.exe', ...escaped]);
    });
  }
});

describe('a request as curl, sent', () => {
  const there = spawnSync('curl', ['--version']).status === 0 && process.platform !== 'win32';

  test('is the same request again', { skip: !there }, async () => {
    const certificates = await makeCertificates();
    const server = await ScriptedServer.start(() => ({ body: { value: [] } }), certificates);
    const folder = mkdtempSync(path.join(tmpdir(), 'curl-'));
    try {
      writeFileSync(path.join(folder, 'ca.pem'), certificates.ca);
      const url = new URL(`${server.origin()}/api/Jobs()?$filter=Id%20eq%20'nb%3Ajid%3A[x]{y}'&$top=1`).href;
      const headers = [
        ['x-ms-version', "2.19 'quoted' $HOME"],
        ['Content-Type', 'application/json'],
        ['Authorization', 'Bearer <redacted>'],
        ['Host', new URL(url).host],
      ] as const;
      const body = '{"Name":"it\'s \\"$(x)\\"\\n"}';
      const command = curlCommand(request({ method: 'MERGE', url, headers, body }), 'posix');
      const env = { ...process.env, CURL_CA_BUNDLE: path.join(folder, 'ca.pem'), MEDIA_SERVICES_TOKEN: 'the-token' };
      await promisify(execFile)('sh', ['-c', command], { env });
      const [received] = server.requests;
      assert.equal(received?.method, 'MERGE');
      assert.equal(received?.url, url.slice(server.origin().length));
      assert.equal(received?.body, body);
      assert.equal(received?.headers['x-ms-version'], "2.19 'quoted' $HOME");
      assert.equal(received?.headers['authorization'], 'Bearer the-token');
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
