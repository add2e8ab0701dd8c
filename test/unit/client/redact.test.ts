import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MsalNetwork } from '../../../src/client/msalNetwork.ts';
import { redactHeaders, redactText, secretsOfForm } from '../../../src/client/redact.ts';
import { messageOf } from '../../../src/client/replyMessage.ts';
import { FakeClock } from '../../support/fakeClock.ts';

/** With every character that some encoding writes otherwise; Entra's client secrets hold `~` and `.`. */
const secret = `8Q~a.b_c-d+e/f=g&h'i"j<k>l!m(n)o*p q%r\\s`;

const written: Readonly<Record<string, string>> = {
  'as it is': secret,
  'percent-encoded': encodeURIComponent(secret),
  'percent-encoded in small letters': encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
  'percent-encoded twice': encodeURIComponent(encodeURIComponent(secret)),
  'in a form': new URLSearchParams({ s: secret }).toString().slice(2),
  'in JSON': JSON.stringify(secret).slice(1, -1),
  'in a JSON in a JSON': JSON.stringify(JSON.stringify(secret)).slice(3, -3),
  // As .NET writes JSON, and others who fear that it stands in a page.
  'in JSON of ASCII letters alone': secret.replace(
    /[^\w ]/g,
    (one) => `\\u00${one.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  ),
  'in JSON with slashes escaped': JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
  'in XML': secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  'in HTML': secret.replace(/[^\w ]/g, (one) => `&#x${one.charCodeAt(0).toString(16)};`),
  'in HTML, by decimals': secret.replace(/[^\w ]/g, (one) => `&#${one.charCodeAt(0)};`),
};

describe('a secret in a text', () => {
  for (const [how, text] of Object.entries(written)) {
    it(`is taken out ${how}`, () => {
      assert.equal(redactText(`a ${text} b ${text}`, [secret]), 'a <redacted> b <redacted>');
    });
  }

  it('is taken out of what an answer says, whatever the answer is written in', () => {
    const echo = `I do not like ${secret} at all`;
    const answers: readonly (readonly [type: string, body: string])[] = [
      ['text/plain', echo],
      ['application/json', JSON.stringify({ error_description: echo })],
      ['application/json', `{"error_description":"${echo.replace(/[^\w ]/g, utf16)}"}`],
      ['application/json', `{"odata.error":{"message":{"value":"${echo.replace(/\W/g, utf16)}"}}}`],
      ['application/xml', `<m:error><m:message>${echo.replace(/[^\w ]/g, decimal)}</m:message></m:error>`],
      ['application/xml', `<m:error><m:message>${escapedXml(echo)}</m:message></m:error>`],
      ['text/html', `<html><title>${escapedXml(echo)}</title></html>`],
    ];
    for (const [type, body] of answers) {
      const said = messageOf(body, type, [secret]);
      assert.doesNotMatch(said, /8Q|q%r|d\+e/, body);
      assert.match(said, /^I do not like .*at all$/, body);
    }
  });

  it('is found in several lines, as a key in PEM is', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIGHAgEA+/b3\nabcdefgh==\n-----END PRIVATE KEY-----\n';
    for (const text of [
      key,
      key.replaceAll('\n', '\r\n'),
      JSON.stringify(key),
      encodeURIComponent(key),
      key.replaceAll('\n', ' '),
    ]) {
      assert.doesNotMatch(redactText(`x${text}x`, [key]), /MIGH|abcdefgh/, text);
    }
  });

  it('leaves everything else alone, and takes out nothing for what is too short to be one', () => {
    const text = 'eyJ0.eyJ1 8Q~a.b_c-d+e/f=g&h'; // The beginning of it alone.
    assert.equal(redactText(text, [secret, '', 'eyJ', '8Q']), text);
    assert.equal(redactText('abcdXefgh abcd.efgh', ['abcd.efgh']), 'abcdXefgh <redacted>');
  });
});

describe('headers', () => {
  it('that are secrets, and addresses that let in whoever has them', () => {
    const location =
      'https://user:pass-word@host.example/api/?a=1&access_token=planted-token&sig=planted%2Bsig#code=planted-code';
    assert.deepEqual(
      redactHeaders(
        [
          ['Authorization', 'Bearer planted-token'],
          ['Set-Cookie', 'session=planted-cookie'],
          ['Location', location],
          ['Content-Type', 'text/plain;token=1'],
        ],
        [],
      ),
      [
        ['Authorization', 'Bearer <redacted>'],
        ['Set-Cookie', '<redacted>'],
        ['Location', 'https://<redacted>@host.example/api/?a=1&access_token=<redacted>&sig=<redacted>#code=<redacted>'],
        ['Content-Type', 'text/plain;token=1'],
      ],
    );
  });
});

describe('a token request', () => {
  it('is in no error, also where the sign-in service echoes it', async () => {
    const network = new MsalNetwork({
      authority: new URL('https://login.example/'),
      clock: new FakeClock(),
      signal: new AbortController().signal,
      sender: {
        send: async ({ url, body = '' }) => ({
          reply: {
            url,
            status: 400,
            statusText: '',
            header: (name) => (name === 'content-type' ? 'application/json' : null),
            body: JSON.stringify({ error: 'x', error_description: `Bad: ${body} ${decodeURIComponent(body)}` }),
          },
        }),
      },
    });
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: '0.AX~planted+login/=',
      code: 'planted-code',
    });
    await network.sendPostRequestAsync('https://login.example/token', { body: form.toString() });
    const error = network.explain(new Error('MSAL'));
    assert.match(error.message, /Bad: grant_type=refresh_token&refresh_token=<redacted>&code=<redacted> grant/);
    assert.doesNotMatch(error.message, /planted/);
  });

  it('tells which of its fields are secrets', () => {
    const form = new URLSearchParams({
      ...{ client_id: 'id', client_secret: 'a+b c', client_assertion: 'ey.a.b', refresh_token: '0.AX~' },
      ...{ code: 'the code', code_verifier: 'v', device_code: 'd', scope: 's' },
    });
    assert.deepEqual(secretsOfForm(form.toString()).sort(), ['0.AX~', 'a+b c', 'd', 'ey.a.b', 'the code', 'v']);
    assert.deepEqual(secretsOfForm(undefined), []);
  });
});

function utf16(one: string): string {
  return `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function decimal(one: string): string {
  return `&#${one.charCodeAt(0)};`;
}

function escapedXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}
