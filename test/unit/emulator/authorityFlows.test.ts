import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import { type BareReply, getJson, send, sendForm } from '../../support/emulatorRequests.ts';

const verifier = 'a-verifier-of-at-least-forty-three-characters-1234';
const challenge = createHash('sha256').update(verifier).digest('base64url');
const redirectUri = 'http://localhost:12345';

describe('people at the authority', () => {
  let emulator: RunningEmulator;
  let ahead = 0;

  before(async () => {
    emulator = await startEmulator({ now: () => Date.now() + ahead, arrivalsPerMinute: 0 });
  });
  after(() => emulator.close());
  beforeEach(() => {
    ahead = 0;
  });

  const at = (operation: string): string => `${emulator.authorityHost}${emulator.tenantId}/oauth2/v2.0/${operation}`;
  const scope = 'https://rest.media.azure.net/.default openid profile offline_access';
  const authorize = (changes: Record<string, string> = {}): Promise<BareReply> => {
    const query = new URLSearchParams({
      client_id: emulator.clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope,
      state: 'the state',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...changes,
    });
    return send(`${at('authorize')}?${query}`, { ca: emulator.ca });
  };
  const newCode = async (): Promise<string> => {
    const { headers } = await authorize();
    return new URL(String(headers['location'])).searchParams.get('code') ?? '';
  };
  const token = (fields: Record<string, string>): Promise<BareReply> =>
    sendForm(at('token'), emulator.ca, { client_id: emulator.clientId, ...fields });
  const redeem = (code: string, changes: Record<string, string> = {}): Promise<BareReply> =>
    token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...changes,
    });
  const codeOf = (reply: BareReply): string | undefined => /AADSTS\d+/.exec(reply.text)?.[0];

  it('get a code for the redirect and state that were asked for, and tokens that open the API', async () => {
    const page = await authorize();
    assert.equal(page.status, 302);
    const location = new URL(String(page.headers['location']));
    assert.equal(location.origin, redirectUri);
    assert.equal(location.searchParams.get('state'), 'the state');
    const reply = await redeem(location.searchParams.get('code') ?? '');
    assert.equal(reply.status, 200);
    const tokens = JSON.parse(reply.text) as Record<'access_token' | 'id_token' | 'refresh_token', string>;
    assert.equal((await getJson(emulator, tokens.access_token, 'Jobs?$top=1')).status, 200);
    assert.equal(decodeJwt(tokens.access_token)['upn'], 'operator@emulator.example');
    assert.equal(decodeJwt(tokens.id_token).aud, emulator.clientId);

    const again = await token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
    assert.equal(again.status, 200);
    ahead = 91 * 24 * 3_600_000;
    const late = await token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
    assert.equal(codeOf(late), 'AADSTS700082');
  });

  it('get their answer as a form where the client wishes so, with nothing unescaped', async () => {
    const page = await authorize({ response_mode: 'form_post', state: '"><script>' });
    assert.equal(page.status, 200);
    assert.match(page.text, /<form method="post" action="http:\/\/localhost:12345">/);
    assert.ok(!page.text.includes('"><script>'));
  });

  it('have codes that are good once, with the verifier and the redirect they were asked with', async () => {
    const code = await newCode();
    assert.equal((await redeem(code)).status, 200);
    assert.equal(codeOf(await redeem(code)), 'AADSTS70000');
    assert.equal(codeOf(await redeem(await newCode(), { code_verifier: `${verifier}5` })), 'AADSTS70000');
    assert.equal(codeOf(await redeem(await newCode(), { redirect_uri: 'http://localhost:1' })), 'AADSTS70000');
    const old = await newCode();
    ahead = 11 * 60_000;
    assert.equal(codeOf(await redeem(old)), 'AADSTS70000');
  });

  for (const [what, changes, expected] of [
    ['a redirect to elsewhere', { redirect_uri: 'https://evil.example/' }, 'AADSTS50011'],
    ['a redirect that looks like loopback', { redirect_uri: 'http://localhost.evil.example/' }, 'AADSTS50011'],
    ['an unknown client', { client_id: 'x' }, 'AADSTS700016'],
    ['another resource', { scope: 'https://other.example/.default' }, 'AADSTS500011'],
  ] as const) {
    it(`are shown, and not sent on with, ${what}`, async () => {
      const page = await authorize(changes);
      assert.equal(page.status, 200);
      assert.equal(page.headers['location'], undefined);
      assert.equal(codeOf(page), expected);
    });
  }

  it('need PKCE', async () => {
    const page = await authorize({ code_challenge_method: 'plain' });
    assert.equal(new URL(String(page.headers['location'])).searchParams.get('error'), 'invalid_request');
  });

  it('enter the code of a device, which waits, and gets its tokens once', async () => {
    const begun = await sendForm(at('devicecode'), emulator.ca, { client_id: emulator.clientId, scope });
    const { device_code, user_code, verification_uri } = JSON.parse(begun.text) as Record<string, string>;
    const poll = (): Promise<BareReply> =>
      token({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: device_code ?? '' });
    assert.equal(codeOf(await poll()), 'AADSTS70016');
    const enter = (code: string): Promise<BareReply> =>
      sendForm(verification_uri ?? '', emulator.ca, { user_code: code });
    assert.match((await enter('ABCDEFGHJ')).text, /did not work/);
    assert.equal(codeOf(await poll()), 'AADSTS70016');
    assert.match((await enter(user_code ?? '')).text, /approved/);
    assert.match((await enter(user_code ?? '')).text, /did not work/);
    assert.equal((await poll()).status, 200);
    assert.equal(codeOf(await poll()), 'AADSTS70000');
  });

  it('have a quarter of an hour for that', async () => {
    const begun = await sendForm(at('devicecode'), emulator.ca, { client_id: emulator.clientId, scope });
    const { device_code, user_code, verification_uri } = JSON.parse(begun.text) as Record<string, string>;
    ahead = 16 * 60_000;
    assert.match(
      (await sendForm(verification_uri ?? '', emulator.ca, { user_code: user_code ?? '' })).text,
      /did not work/,
    );
    const late = await token({ grant_type: 'device_code', device_code: device_code ?? '' });
    assert.equal(codeOf(late), 'AADSTS70020');
  });
});

describe('the managed identity of the machine', () => {
  let emulator: RunningEmulator;
  before(async () => {
    emulator = await startEmulator({ arrivalsPerMinute: 0 });
  });
  after(() => emulator.close());

  const ask = (headers: Record<string, string>, query = 'resource=https://rest.media.azure.net'): Promise<BareReply> =>
    send(`${emulator.authorityHost}metadata/identity/oauth2/token?api-version=2018-02-01&${query}`, {
      ca: emulator.ca,
      headers,
    });

  it('is given only to who knows the header, which no web page can send', async () => {
    assert.equal((await ask({ Metadata: 'true' })).status, 200);
    assert.match((await ask({})).text, /Required metadata header not specified/);
    assert.equal((await ask({ Metadata: 'false' })).status, 400);
  });

  it('is for Media Services alone', async () => {
    assert.equal((await ask({ Metadata: 'true' }, 'resource=https://other.example')).status, 400);
  });
});
