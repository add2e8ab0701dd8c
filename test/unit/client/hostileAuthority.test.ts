import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { AmsAuthentication } from '../../../src/client/account.ts';
import { requireAuthority } from '../../../src/client/authorityAddress.ts';
import { CountingListener, routeConnections } from '../../support/countingListener.ts';
import { type Answer, ScriptedServer } from '../../support/httpsServer.ts';
import { certificates, documentedJob, failure, impatientClock, jobId, makeClient } from './clientFixture.ts';
import { addressesOf, hostileAddresses } from './hostileAddresses.ts';

const secret = 'secret-that-no-stranger-may-see';
const tenantId = '11111111-1111-4111-8111-111111111111';
const nothing = { connections: 0, requests: 0, tokens: 0 };
const redirects = [301, 302, 303, 307, 308];

const ways: Readonly<Record<string, AmsAuthentication>> = {
  'a client secret': {
    method: 'servicePrincipal',
    tenantId,
    clientId: 'client',
    authorityHost: 'https://login.example/',
    scope: 'https://rest.media.azure.net/.default',
  },
  'an account key': { method: 'acs', accountName: 'account', acsTokenUrl: 'https://login.example/v2/OAuth2-13' },
};

describe('a sign-in at an authority that points elsewhere', () => {
  let authority: ScriptedServer;
  let listener: CountingListener;
  let unroute: () => void;
  let answer: (path: string, method: string) => Answer | undefined;
  let tokenEndpoint: string;

  const authorityItself = `https://login.example/${tenantId}/oauth2/v2.0/token`;
  const json = { 'Content-Type': 'application/json' };
  const issued = { token_type: 'Bearer', expires_in: 3600, access_token: 'issued' };

  before(async () => {
    authority = await ScriptedServer.start(
      ({ url, method }) => {
        if (method === 'GET' && answer(url, method) === undefined) {
          const base = `https://login.example/${tenantId}`;
          const body = {
            token_endpoint: tokenEndpoint,
            authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
            jwks_uri: `${base}/discovery/v2.0/keys`,
            issuer: `${base}/v2.0`,
          };
          return { headers: json, body };
        }
        return answer(url, method) ?? { headers: json, body: issued };
      },
      await certificates(),
    );
    // It would give a token to whoever came, and jobs.
    const body = { ...issued, value: [documentedJob] };
    listener = await CountingListener.start(await certificates(), [secret], body);
    unroute = routeConnections((host) => (host === 'login.example:443' ? authority.port : listener.port));
  });
  after(async () => {
    unroute();
    await Promise.all([authority.stop(), listener.stop()]);
  });
  beforeEach(() => {
    answer = () => undefined;
    tokenEndpoint = authorityItself;
    authority.requests.length = 0;
    listener.take();
  });

  const addresses = () => addressesOf(hostileAddresses, listener.port);
  const refused = async (authentication: AmsAuthentication, what: string): Promise<void> => {
    const { client } = await makeClient({
      endpoint: 'https://media.windows.net/',
      authentication,
      secret,
      clock: impatientClock,
    });
    const error = await failure(client.getJob(jobId));
    assert.ok(!error.message.includes(secret), what);
    assert.deepEqual(listener.take(), nothing, what);
    client.dispose();
  };

  for (const [way, authentication] of Object.entries(ways)) {
    it(`goes on with ${way} where it does not, and would be counted`, async () => {
      const { client } = await makeClient({ endpoint: 'https://media.windows.net/', authentication, secret });
      await client.getJob(jobId);
      assert.ok(authority.requests.at(-1)?.body.includes(secret));
      assert.equal(listener.take().tokens, 1, 'the token at the account');
      client.dispose();
    });

    it(`takes ${way} nowhere by a redirect of any status`, async (t) => {
      const all = addresses();
      for (const [index, { address }] of all.entries()) {
        const status = redirects[index % redirects.length] ?? 307;
        const location = Buffer.from(address, 'utf8').toString('latin1');
        answer = (_, method) => (method === 'POST' ? { status, headers: { Location: location } } : undefined);
        await refused(authentication, `${status} ${address}`);
      }
      assert.ok(authority.requests.filter(({ body }) => body.includes(secret)).length >= all.length);
      t.diagnostic(`${all.length} hostile redirects of ${way}: 0 connections, 0 requests and 0 secrets arrived`);
    });
  }

  it('takes a client secret nowhere by a redirect of its configuration', async () => {
    for (const status of redirects) {
      answer = () => ({ status, headers: { Location: 'https://evil.example/' } });
      await refused(ways['a client secret'] as AmsAuthentication, String(status));
    }
  });

  it('takes a client secret to no address that its configuration names', async (t) => {
    const all = addresses();
    for (const { address } of all) {
      tokenEndpoint = address;
      await refused(ways['a client secret'] as AmsAuthentication, address);
    }
    t.diagnostic(`${all.length} hostile token endpoints: 0 connections, 0 requests and 0 secrets arrived`);
  });
});

it('lets Microsoft name its own addresses for its own authorities, and nobody else', () => {
  const check = (url: string, authority: string): void => requireAuthority(new URL(url), new URL(authority));
  const global = 'https://login.microsoftonline.com/';
  check('https://login.microsoftonline.com/tenant/oauth2/v2.0/token', global);
  check('https://login.windows.net/tenant/oauth2/v2.0/token', global);
  check('https://westus2.login.microsoft.com/tenant/oauth2/v2.0/token', global);
  check('https://login.example:8443/tenant/token', 'https://login.example:8443/');
  for (const [url, authority] of [
    ['http://login.microsoftonline.com/', global],
    ['https://westus2.login.microsoft.com.evil.example/', global],
    ['https://a.b.login.microsoft.com/', global],
    ['https://login.example/', 'https://login.example:8443/'],
    ['https://login.microsoftonline.com/', 'https://login.example/'],
    ['https://westus2.login.microsoft.com/', 'https://login.example/'],
  ] as const) {
    assert.throws(() => check(url, authority), /points to another host/, url);
  }
});
