import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ClientSecretCredential } from '@azure/identity';
import { decodeJwt, exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT } from 'jose';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import { createSecrets } from '../../../src/emulator/secrets.ts';
import { entraToken, getJson, send, sendForm } from '../../support/emulatorRequests.ts';

const scope = 'https://rest.media.azure.net/.default';
const unknownId = '11111111-2222-4333-8444-555555555555';

describe('the authority', () => {
  // Real time: the credential library looks at the machine's clock.
  let offset = 0;
  let emulator: RunningEmulator;

  before(async () => {
    emulator = await startEmulator({ now: () => Date.now() + offset, arrivalsPerMinute: 0, tokenLifetimeSeconds: 290 });
  });
  after(() => emulator.close());

  function credential(changes: { tenantId?: string; clientId?: string; secret?: string } = {}): ClientSecretCredential {
    return new ClientSecretCredential(
      changes.tenantId ?? emulator.tenantId,
      changes.clientId ?? emulator.clientId,
      changes.secret ?? emulator.clientSecret,
      {
        authorityHost: emulator.authorityHost,
        disableInstanceDiscovery: true,
        tlsOptions: { ca: emulator.ca },
        retryOptions: { maxRetries: 0 },
      },
    );
  }

  function tokenUrl(tenant = emulator.tenantId, version = 'v2.0/'): string {
    return `${emulator.authorityHost}${tenant}/oauth2/${version}token`;
  }

  it('signs in the real ClientSecretCredential, whose token opens the API', async () => {
    const before = Date.now();
    const token = await credential().getToken(scope);
    assert.ok(Math.abs(token.expiresOnTimestamp - before - 290_000) < 5000, 'expires after the configured lifetime');
    const reply = await getJson(emulator, token.token, 'Jobs?$top=1');
    assert.equal(reply.status, 200);
    const claims = decodeJwt(token.token);
    assert.equal(claims.aud, 'https://rest.media.azure.net');
    assert.equal(claims['tid'], emulator.tenantId);
    assert.equal(claims['appid'], emulator.clientId);
    assert.equal((claims.exp ?? 0) - (claims.iat ?? 0), 290);
  });

  it('gives a fresh credential another token in the same second', async () => {
    const [first, second] = await Promise.all([credential().getToken(scope), credential().getToken(scope)]);
    assert.notEqual(first.token, second.token);
  });

  it('refuses the real credential with a wrong secret, an unknown client, a wrong tenant', async () => {
    await assert.rejects(credential({ secret: 'wrong' }).getToken(scope), /AADSTS7000215/);
    await assert.rejects(credential({ clientId: unknownId }).getToken(scope), /AADSTS700016/);
    await assert.rejects(credential({ tenantId: unknownId }).getToken(scope), /AADSTS90002|endpoints_resolution_error/);
  });

  const good = () => ({
    grant_type: 'client_credentials',
    client_id: emulator.clientId,
    client_secret: emulator.clientSecret,
    scope,
  });
  const refusals: readonly [string, Record<string, string>, number, string, number][] = [
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    ['an empty secret', { client_secret: '' }, 401, 'invalid_client', 7000215],
    ['an unknown client', { client_id: unknownId }, 400, 'unauthorized_client', 700016],
    ['no grant type', { grant_type: '' }, 400, 'invalid_request', 900144],
    ['another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    ['a scope without /.default', { scope: 'https://rest.media.azure.net/user' }, 400, 'invalid_scope', 1002012],
    ['another resource', { scope: 'https://graph.microsoft.com/.default' }, 400, 'invalid_resource', 500011],
  ];
  for (const [what, changes, status, error, code] of refusals) {
    it(`refuses ${what} in Entra's error form`, async () => {
      const reply = await sendForm(tokenUrl(), emulator.ca, { ...good(), ...changes });
      const body = JSON.parse(reply.text);
      assert.equal(reply.status, status);
      assert.equal(body.error, error);
      assert.deepEqual(body.error_codes, [code]);
      const description = new RegExp(
        `^AADSTS${code}: .+ Trace ID: \\S+ Correlation ID: \\S+ Timestamp: \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ$`,
      );
      assert.match(body.error_description, description);
      assert.ok(!reply.text.includes(emulator.clientSecret));
    });
  }

  it('refuses an unknown tenant at both addresses', async () => {
    const token = await sendForm(tokenUrl(unknownId), emulator.ca, good());
    assert.equal(token.status, 400);
    assert.equal(JSON.parse(token.text).error, 'invalid_request');
    const configuration = await send(`${emulator.authorityHost}${unknownId}/v2.0/.well-known/openid-configuration`, {
      ca: emulator.ca,
    });
    assert.equal(configuration.status, 400);
    assert.deepEqual(JSON.parse(configuration.text).error_codes, [90002]);
  });

  it('answers the version 1 endpoint with numbers as strings', async () => {
    const { scope: _, ...form } = good();
    const reply = await sendForm(tokenUrl(undefined, ''), emulator.ca, {
      ...form,
      resource: 'https://rest.media.azure.net',
    });
    const body = JSON.parse(reply.text);
    assert.equal(body.token_type, 'Bearer');
    assert.equal(body.expires_in, '290');
    assert.match(body.expires_on, /^\d+$/);
    assert.equal((await getJson(emulator, body.access_token, 'Jobs?$top=1')).status, 200);
  });

  it('publishes the key that verifies its tokens, and not the private part', async () => {
    const base = `${emulator.authorityHost}${emulator.tenantId}/`;
    const configuration = JSON.parse(
      (await send(`${base}v2.0/.well-known/openid-configuration`, { ca: emulator.ca })).text,
    );
    assert.equal(configuration.token_endpoint, tokenUrl());
    const { keys } = JSON.parse((await send(configuration.jwks_uri, { ca: emulator.ca })).text);
    assert.deepEqual(Object.keys(keys[0]).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
    const verified = await jwtVerify(await entraToken(emulator), createPublicKey({ key: keys[0], format: 'jwk' }), {
      issuer: configuration.issuer,
    });
    assert.equal(verified.protectedHeader.kid, keys[0].kid);
  });

  it('answers 401 once a token has expired, and a second before does not', async () => {
    const token = await entraToken(emulator);
    const { exp = 0 } = decodeJwt(token);
    offset = exp * 1000 - 1000 - Date.now();
    assert.equal((await getJson(emulator, token, 'Jobs?$top=1')).status, 200);
    offset = exp * 1000 + 100 - Date.now();
    const reply = await getJson(emulator, token, 'Jobs?$top=1');
    offset = 0;
    assert.equal(reply.status, 401);
    assert.match(reply.text, /expired/);
  });

  describe('does not let in', () => {
    async function signed(key: 'own' | 'foreign', changes: { audience?: string; issuer?: string }): Promise<string> {
      const foreign = key === 'foreign' ? (await createSecrets()).jwtKey : emulator.secrets.jwtKey;
      return new SignJWT({})
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuer(changes.issuer ?? `${emulator.authorityHost}${emulator.tenantId}/v2.0`)
        .setAudience(changes.audience ?? 'https://rest.media.azure.net')
        .setExpirationTime('1h')
        .sign(await importJWK(foreign, 'RS256'));
    }

    async function statusWith(token: string): Promise<number> {
      return (await getJson(emulator, token, 'Jobs?$top=1')).status;
    }

    it('a token signed by another key', async () => {
      assert.equal(await statusWith(await signed('own', {})), 200, 'the same token with the right key is good');
      assert.equal(await statusWith(await signed('foreign', {})), 401);
    });

    it('a token for another audience or of another issuer', async () => {
      assert.equal(await statusWith(await signed('own', { audience: 'https://graph.microsoft.com' })), 401);
      assert.equal(await statusWith(await signed('own', { issuer: 'https://example.org/' })), 401);
    });

    it('an unsigned token, or one signed with the public key as a shared secret', async () => {
      const payload = (await entraToken(emulator)).split('.')[1] ?? '';
      const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
      assert.equal(await statusWith(`${header}.${payload}.`), 401);
      const { publicKey } = await generateKeyPair('RS256', { extractable: true });
      const shared = new TextEncoder().encode(JSON.stringify(await exportJWK(publicKey)));
      const confused = await new SignJWT(decodeJwt(await entraToken(emulator)))
        .setProtectedHeader({ alg: 'HS256' })
        .sign(shared);
      assert.equal(await statusWith(confused), 401);
    });

    it('no token, an empty one, or another scheme, at the root and at the API', async () => {
      for (const url of [emulator.root, `${emulator.endpoint}Jobs`]) {
        for (const authorization of [undefined, 'Bearer ', 'Bearer x.y.z', 'Basic YTpi']) {
          const headers: Record<string, string> = { 'x-ms-version': '2.19', Accept: 'application/json' };
          if (authorization !== undefined) {
            headers['Authorization'] = authorization;
          }
          const reply = await send(url, { ca: emulator.ca, headers });
          assert.equal(reply.status, 401, `${url} ${authorization}`);
          assert.equal(reply.headers['location'], undefined);
          assert.match(JSON.parse(reply.text)['odata.error'].message.value, /^Unauthorized: /);
        }
      }
    });
  });
});
