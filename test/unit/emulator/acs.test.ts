import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import { createSwt } from '../../../src/emulator/swt.ts';
import { acsToken, getJson, sendForm } from '../../support/emulatorRequests.ts';

describe('the Access Control Service', () => {
  let now = Date.parse('2026-03-01T12:00:00Z');
  let emulator: RunningEmulator;

  before(async () => {
    emulator = await startEmulator({ now: () => now, arrivalsPerMinute: 0 });
  });
  after(() => emulator.close());

  function ask(changes: Record<string, string> = {}) {
    return sendForm(emulator.acsTokenUrl, emulator.ca, {
      grant_type: 'client_credentials',
      client_id: emulator.accountName,
      client_secret: emulator.accountKey,
      scope: 'urn:WindowsAzureMediaServices',
      ...changes,
    });
  }

  it('issues a token as recorded, six hours long by default', async () => {
    const reply = await ask();
    assert.equal(reply.status, 200);
    const body = JSON.parse(reply.text);
    assert.deepEqual(Object.keys(body), ['token_type', 'access_token', 'expires_in', 'scope']);
    assert.equal(body.token_type, 'http://schemas.xmlsoap.org/ws/2009/11/swt-token-profile-1.0');
    assert.equal(body.expires_in, '21600');
    assert.equal(body.scope, 'urn:WindowsAzureMediaServices');
    const names = body.access_token.split('&').map((pair: string) => pair.split('=')[0]);
    assert.deepEqual(names, [
      'http%3a%2f%2fschemas.xmlsoap.org%2fws%2f2005%2f05%2fidentity%2fclaims%2fnameidentifier',
      'urn%3aSubscriptionId',
      'http%3a%2f%2fschemas.microsoft.com%2faccesscontrolservice%2f2010%2f07%2fclaims%2fidentityprovider',
      'Audience',
      'ExpiresOn',
      'Issuer',
      'HMACSHA256',
    ]);
    const expiresOn = Number(new URLSearchParams(body.access_token).get('ExpiresOn'));
    assert.equal(expiresOn, Date.parse(String(reply.headers['date'])) / 1000 + 21_600);
  });

  it('refuses a wrong key and an unknown account with ACS50012', async () => {
    const wrongs: Record<string, string>[] = [
      { client_secret: 'd3Jvbmc=' },
      { client_secret: '' },
      { client_id: 'someoneelse' },
    ];
    for (const wrong of wrongs) {
      const reply = await ask(wrong);
      assert.equal(reply.status, 401);
      const body = JSON.parse(reply.text);
      assert.equal(body.error, 'invalid_client');
      assert.match(body.error_description, /^ACS50012: Authentication failed\. /);
    }
  });

  it('refuses another scope and another grant', async () => {
    assert.equal(JSON.parse((await ask({ scope: 'urn:other' })).text).error, 'invalid_scope');
    assert.equal(JSON.parse((await ask({ grant_type: 'password' })).text).error, 'unsupported_grant_type');
  });

  it('gives a token that opens the API until the second it expires', async () => {
    const token = await acsToken(emulator);
    now += 21_599_000;
    assert.equal((await getJson(emulator, token, 'Jobs?$top=1')).status, 200);
    now += 1000;
    const reply = await getJson(emulator, token, 'Jobs?$top=1');
    assert.equal(reply.status, 401);
    assert.match(reply.text, /expired/);
  });

  it('gives a token that cannot be changed', async () => {
    const token = await acsToken(emulator);
    const changed = [
      token.replace(/ExpiresOn=\d/, 'ExpiresOn=9'),
      token.replace('nameidentifier=emulator', 'nameidentifier=other'),
      token.replace(/HMACSHA256=./, (start) => `HMACSHA256=${start.endsWith('A') ? 'B' : 'A'}`),
      token.replace(/&HMACSHA256=.*/, '&HMACSHA256='),
    ];
    assert.equal((await getJson(emulator, token, 'Jobs?$top=1')).status, 200);
    for (const other of changed) {
      assert.notEqual(other, token);
      assert.equal((await getJson(emulator, other, 'Jobs?$top=1')).status, 401, other);
    }
  });

  it('does not accept a token of another issuer, though signed with the same key', async () => {
    const claims = {
      accountName: emulator.accountName,
      subscriptionId: emulator.secrets.subscriptionId,
      expiresOnSeconds: now / 1000 + 60,
    };
    const own = createSwt({ ...claims, issuer: emulator.authorityHost }, emulator.secrets.swtKey);
    const foreign = createSwt({ ...claims, issuer: 'https://example.org/' }, emulator.secrets.swtKey);
    assert.equal((await getJson(emulator, own, 'Jobs?$top=1')).status, 200);
    assert.equal((await getJson(emulator, foreign, 'Jobs?$top=1')).status, 401);
  });
});
