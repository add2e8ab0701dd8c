import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { generate } from 'selfsigned';
import type { AmsAuthentication } from '../../../src/client/account.ts';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import { ScriptedServer } from '../../support/httpsServer.ts';
import { certificates, type Fixture, failure, jobId, makeClient } from './clientFixture.ts';

const passphrase = 'planted passphrase';
const json = { 'Content-Type': 'application/json' };

describe('signing in with a certificate', () => {
  let emulator: RunningEmulator;
  let folder: string;
  let certificate: string;
  let key: string;
  let stranger: string;

  const make = async (): Promise<{ cert: string; key: string }> => {
    const { cert, private: made } = await generate([{ name: 'commonName', value: 'client' }], { keySize: 2048 });
    return { cert, key: made };
  };
  before(async () => {
    const own = await make();
    ({ cert: certificate, key } = own);
    const other = await make();
    stranger = `${other.cert}\n${other.key}`;
    folder = await mkdtemp(join(tmpdir(), 'certificate-'));
    emulator = await startEmulator({ arrivalsPerMinute: 0, clientCertificates: [certificate] });
  });
  after(async () => {
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  /** A client whose file holds the text. */
  const connect = async (pem: string | null, secret?: string): Promise<Fixture> => {
    const certificatePath = join(folder, `${Math.random().toString(36).slice(2)}.pem`);
    if (pem !== null) {
      await writeFile(certificatePath, pem);
    }
    const authentication: AmsAuthentication = {
      method: 'certificate',
      tenantId: emulator.tenantId,
      clientId: emulator.clientId,
      certificatePath,
      authorityHost: emulator.authorityHost,
    };
    return makeClient({ endpoint: emulator.root, authentication, secret, ca: emulator.ca });
  };
  const encrypted = (type: 'pkcs8' | 'pkcs1'): string =>
    createPrivateKey(key).export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();

  for (const [what, pem, secret] of [
    ['certificate before key', () => `${certificate}\n${key}`, undefined],
    ['key before certificate, with text around them', () => `Bag\n${key}\nissuer=CN\n${certificate}\n`, undefined],
    ['an encrypted key', () => `${certificate}\n${encrypted('pkcs8')}`, passphrase],
    ['an encrypted key of the older form', () => `${encrypted('pkcs1')}\n${certificate}`, passphrase],
    ['a key that needs no passphrase, with one', () => `${certificate}\n${key}`, passphrase],
  ] as const) {
    it(`works with ${what}`, async () => {
      const fixture = await connect(pem(), secret);
      assert.equal((await fixture.client.testConnection(() => undefined)).endpoint, emulator.endpoint);
      assert.equal(fixture.identity, emulator.clientId);
      const reported = JSON.stringify(fixture.exchanges);
      assert.ok(fixture.exchanges.some((exchange) => exchange.request.method === 'POST'));
      assert.ok(!reported.includes(passphrase));
      assert.doesNotMatch(reported, /PRIVATE KEY|client_assertion=|eyJ[\w-]{10}/);
      fixture.client.dispose();
    });
  }

  for (const [what, pem, secret, kind, expected] of [
    ['no file', () => null, undefined, 'configuration', /no certificate file: .*\.pem/],
    ['a file without key', () => certificate, undefined, 'configuration', /holds no private key/],
    ['a file without certificate', () => key, undefined, 'configuration', /holds no certificate/],
    ['a file of something else', () => 'MZ', undefined, 'configuration', /PEM/],
    [
      'no passphrase',
      () => `${certificate}\n${encrypted('pkcs8')}`,
      undefined,
      'secretMissing',
      /enter the passphrase/,
    ],
    [
      'a wrong passphrase',
      () => `${certificate}\n${encrypted('pkcs8')}`,
      'wrong',
      'signIn',
      /passphrase does not open/,
    ],
    [
      'a damaged key',
      () => `${certificate}\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----`,
      undefined,
      'configuration',
      /cannot be read/,
    ],
    ['a certificate that nobody registered', () => stranger, undefined, 'signIn', /not registered.*AADSTS700027/],
    [
      'the key of another certificate',
      () => `${certificate}\n${stranger.slice(stranger.indexOf('-----BEGIN', 10))}`,
      undefined,
      'signIn',
      /AADSTS700027/,
    ],
  ] as const) {
    it(`explains ${what}`, async () => {
      const fixture = await connect(pem(), secret);
      const error = await failure(fixture.client.getJob(jobId), kind);
      assert.match(error.message, expected);
      assert.doesNotMatch(error.message, /BEGIN|wrong$/);
      assert.equal(fixture.identity, null);
      fixture.client.dispose();
    });
  }

  it('gives the assertion away in no error, also where the authority echoes it', async (context) => {
    const authority = await ScriptedServer.start(
      (request) => {
        const base = authority.origin('localhost');
        return request.method === 'POST'
          ? { status: 400, headers: json, body: { error: 'x', error_description: `Bad request: ${request.body}` } }
          : {
              headers: json,
              body: {
                token_endpoint: `${base}/token`,
                authorization_endpoint: `${base}/authorize`,
                jwks_uri: `${base}/keys`,
                issuer: `${base}/v2.0`,
              },
            };
      },
      await certificates(),
    );
    context.after(() => authority.stop());
    const certificatePath = join(folder, 'echoed.pem');
    await writeFile(certificatePath, `${certificate}\n${key}`);
    const fixture = await makeClient({
      endpoint: authority.origin(),
      authentication: {
        method: 'certificate',
        tenantId: emulator.tenantId,
        clientId: emulator.clientId,
        certificatePath,
        authorityHost: authority.origin('localhost'),
      },
      secret: undefined,
    });
    context.after(() => fixture.client.dispose());
    const error = await failure(fixture.client.getJob(jobId), 'signIn');
    assert.ok(authority.requests.some(({ body }) => /client_assertion=ey/.test(body)));
    assert.match(error.message, /Bad request/);
    assert.doesNotMatch(error.message, /eyJ[\w-]{10}/);
  });
});
