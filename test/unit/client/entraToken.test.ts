import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { AmsAuthentication } from '../../../src/client/account.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { type Answer, type ReceivedRequest, ScriptedServer } from '../../support/httpsServer.ts';
import { certificates, documentedJob, failure, jobId, makeClient } from './clientFixture.ts';

const tenantId = '11111111-1111-4111-8111-111111111111';
const clientSecret = 'planted~client~secret';
const refusal = (code: string, description: string): Answer => ({
  status: 401,
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  body: {
    error: 'invalid_client',
    error_description: `AADSTS${code}: ${description} Trace ID: 1`,
    error_codes: [Number(code)],
  },
});

describe('signing in with a client secret at an authority over TLS', () => {
  let authority: ScriptedServer;
  let api: ScriptedServer;
  let issued: string[] = [];
  let lifetime = 3600;
  /** Takes the place of the token answer where set. */
  let refuse: ((request: ReceivedRequest) => Answer | undefined) | null = null;

  const authentication = (): AmsAuthentication => ({
    method: 'servicePrincipal',
    tenantId,
    clientId: 'planted-client',
    authorityHost: authority.origin('localhost'),
    scope: 'https://rest.media.azure.net/.default',
  });
  const client = (more: Partial<Parameters<typeof makeClient>[0]> = {}): ReturnType<typeof makeClient> =>
    makeClient({ endpoint: `${api.origin()}/api/`, authentication: authentication(), secret: clientSecret, ...more });
  const tokenRequests = (): ReceivedRequest[] => authority.requests.filter((request) => request.method === 'POST');

  before(async () => {
    authority = await ScriptedServer.start(
      (request) => {
        const base = `${authority.origin('localhost')}/${tenantId}`;
        const refused = refuse?.(request);
        if (refused) {
          return refused;
        }
        if (request.url.includes('/.well-known/openid-configuration')) {
          return {
            headers: { 'Content-Type': 'application/json' },
            body: {
              token_endpoint: `${base}/oauth2/v2.0/token`,
              authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
              jwks_uri: `${base}/discovery/v2.0/keys`,
              issuer: `${base}/v2.0`,
            },
          };
        }
        issued.push(`planted-token-${issued.length + 1}`);
        return {
          headers: { 'Content-Type': 'application/json' },
          body: { token_type: 'Bearer', expires_in: lifetime, ext_expires_in: lifetime, access_token: issued.at(-1) },
        };
      },
      await certificates(),
    );
    api = await ScriptedServer.start(() => ({ body: { value: [documentedJob] } }), await certificates());
  });
  beforeEach(() => {
    issued = [];
    lifetime = 3600;
    refuse = null;
    authority.requests.length = 0;
    api.requests.length = 0;
    api.handler = () => ({ body: { value: [documentedJob] } });
  });
  after(() => Promise.all([authority.stop(), api.stop()]));

  it('sends the secret to the token endpoint and the token to the service', async () => {
    const fixture = await client();
    await fixture.client.getJob(jobId);
    await fixture.client.getJob(jobId);
    assert.equal(tokenRequests().length, 1);
    const form = new URLSearchParams(tokenRequests()[0]?.body);
    assert.equal(form.get('grant_type'), 'client_credentials');
    assert.equal(form.get('client_id'), 'planted-client');
    assert.equal(form.get('client_secret'), clientSecret);
    assert.equal(form.get('scope'), 'https://rest.media.azure.net/.default');
    assert.deepEqual(api.tokens, ['planted-token-1', 'planted-token-1']);
    const reported = JSON.stringify(fixture.exchanges);
    assert.ok(!reported.includes(clientSecret) && !reported.includes('planted-token'), reported);
    assert.equal(fixture.exchanges.filter((exchange) => exchange.request.method === 'POST').length, 1);
    fixture.client.dispose();
  });

  it('leaves no connection behind: the next sign-in is an hour away, and has an agent of its own', async () => {
    for (let signIns = 0; signIns < 5; signIns++) {
      const fixture = await client();
      await fixture.client.getJob(jobId);
      fixture.client.dispose();
    }
    assert.equal(tokenRequests().length, 5);
    const begun = performance.now();
    while ((await authority.connections()) > 0 && performance.now() < begun + 20_000) {
      await delay(10);
    }
    assert.equal(await authority.connections(), 0);
  });

  for (const [seconds, usedMs] of [
    [60, 48_000],
    [290, 232_000],
    [3600, 3_300_000],
  ] as const) {
    it(`uses a token of ${seconds} s for ${usedMs / 1000} s, then asks for another`, async () => {
      lifetime = seconds;
      const clock = new FakeClock();
      const fixture = await client({ clock });
      await fixture.client.getJob(jobId);
      // The credential counts in whole seconds of the real clock, so the edge is not sharper than that.
      clock.jump(usedMs - 3000);
      await fixture.client.getJob(jobId);
      assert.equal(tokenRequests().length, 1);
      clock.jump(6000);
      await fixture.client.getJob(jobId);
      await fixture.client.getJob(jobId);
      assert.equal(tokenRequests().length, 2);
      assert.deepEqual(api.tokens, ['planted-token-1', 'planted-token-1', 'planted-token-2', 'planted-token-2']);
      fixture.client.dispose();
    });
  }

  it('asks once for however many callers', async () => {
    const fixture = await client();
    await Promise.all(Array.from({ length: 20 }, () => fixture.client.getJob(jobId)));
    assert.equal(tokenRequests().length, 1);
    fixture.client.dispose();
  });

  it('gets a new token after a 401, although the old one would have lasted', async () => {
    api.handler = (request) =>
      request.headers.authorization === 'Bearer planted-token-1'
        ? { status: 401, body: '' }
        : { body: { value: [documentedJob] } };
    const fixture = await client();
    await fixture.client.getJob(jobId);
    assert.deepEqual(api.tokens, ['planted-token-1', 'planted-token-2']);
    assert.equal(tokenRequests().length, 2);
    fixture.client.dispose();
  });

  it('gives up after a second 401', async () => {
    api.handler = () => ({ status: 401, body: '' });
    const fixture = await client();
    const error = await failure(fixture.client.getJob(jobId), 'signIn');
    assert.equal(error.status, 401);
    assert.equal(api.requests.length, 2);
    assert.equal(tokenRequests().length, 2);
    fixture.client.dispose();
  });

  for (const [code, description, expected] of [
    ['7000215', 'Invalid client secret provided.', /secret is wrong.*AADSTS7000215/],
    ['7000222', 'The provided client secret keys are expired.', /secret has expired.*AADSTS7000222/],
    ['700016', 'Application not found in the directory.', /client id.*AADSTS700016/],
    ['90002', 'Tenant not found.', /tenant.*AADSTS90002/],
    ['53003', 'Blocked by Conditional Access.', /AADSTS53003: Blocked by Conditional Access/],
  ] as const) {
    it(`explains AADSTS${code}`, async () => {
      refuse = (request) => (request.method === 'POST' ? refusal(code, description) : undefined);
      const fixture = await client();
      const error = await failure(fixture.client.getJob(jobId), 'signIn');
      assert.match(error.message, expected);
      assert.ok(!error.message.includes(clientSecret));
      assert.equal(api.requests.length, 0);
      fixture.client.dispose();
    });
  }

  it('explains an unknown tenant that the discovery document refuses', async () => {
    refuse = () => ({ ...refusal('90002', 'Tenant not found.'), status: 400 });
    const fixture = await client();
    const error = await failure(fixture.client.getJob(jobId), 'signIn');
    assert.match(error.message, /tenant.*AADSTS90002/);
    fixture.client.dispose();
  });

  it('does not follow a redirect with the secret', async () => {
    const thief = await ScriptedServer.start(() => ({ body: '' }), await certificates(), '127.0.0.2');
    refuse = (request) =>
      request.method === 'POST'
        ? { status: 307, headers: { Location: `${thief.origin()}/token` }, body: '' }
        : undefined;
    const fixture = await client();
    await failure(fixture.client.getJob(jobId));
    assert.equal(thief.requests.length, 0);
    fixture.client.dispose();
    await thief.stop();
  });

  it('tells a busy, a broken and an absent authority apart', async () => {
    refuse = () => ({ status: 503, headers: { 'Retry-After': '600' }, body: '' });
    const busy = await client();
    assert.equal((await failure(busy.client.getJob(jobId), 'throttled')).retryAfterMs, 600_000);
    refuse = () => ({ status: 500, body: '' });
    await failure(busy.client.getJob(jobId), 'unreachable');
    refuse = () => ({ headers: { 'Content-Type': 'text/html' }, body: '<html>Sign in to the guest network</html>' });
    await failure(busy.client.getJob(jobId), 'badReply');
    const absent = await client({
      authentication: { ...authentication(), authorityHost: 'https://127.0.0.1:1/' } as AmsAuthentication,
    });
    assert.match((await failure(absent.client.getJob(jobId), 'unreachable')).message, /refused.*127\.0\.0\.1:1/);
    busy.client.dispose();
    absent.client.dispose();
  });

  it('does not trust the certificate without the authority that signed it', async () => {
    const { requestClientSecretToken } = await import('../../../src/client/clientSecretToken.ts');
    const principal = { tenantId, clientId: 'c', clientSecret, authorityHost: authority.origin(), scope: 's/.default' };
    const error = await failure(requestClientSecretToken(principal, new AbortController().signal), 'unreachable');
    assert.match(error.message, /certificate/);
  });

  it('reads the environment, and names what is missing there', async () => {
    const env: Record<string, string> = {
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: 'planted-client',
      AZURE_AUTHORITY_HOST: authority.origin('localhost'),
    };
    const options = { authentication: { method: 'environment' } as const, env, secret: undefined };
    const fixture = await client(options);
    assert.match(
      (await failure(fixture.client.getJob(jobId), 'configuration')).message,
      /Missing: AZURE_CLIENT_SECRET$/,
    );
    env['AZURE_CLIENT_SECRET'] = clientSecret;
    await fixture.client.getJob(jobId);
    assert.deepEqual(api.tokens, ['planted-token-1']);
    fixture.client.dispose();
  });

  it('says that a secret is needed before anything is sent', async () => {
    const fixture = await client({ secret: undefined });
    await failure(fixture.client.getJob(jobId), 'secretMissing');
    assert.equal(authority.requests.length + api.requests.length, 0);
    fixture.client.dispose();
  });

  it('does not wait for ever for an authority that stalls', async () => {
    const handler = authority.handler;
    authority.handler = () => undefined;
    const clock = new FakeClock();
    const fixture = await client({ clock });
    const pending = failure(fixture.client.getJob(jobId), 'unreachable');
    while (clock.pendingTimers === 0) {
      await clock.advance(0);
    }
    await clock.advance(45_000);
    assert.match((await pending).message, /in time/);
    assert.equal(clock.pendingTimers, 0);
    authority.handler = handler;
    fixture.client.dispose();
  });

  it('stops at once when the caller gives up', async () => {
    refuse = () => undefined;
    const handler = authority.handler;
    authority.handler = () => undefined;
    const fixture = await client();
    const controller = new AbortController();
    const pending = failure(fixture.client.getJob(jobId, controller.signal), 'aborted');
    setTimeout(() => controller.abort(), 50);
    await pending;
    authority.handler = handler;
    fixture.client.dispose();
  });
});
