import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { AmsAuthentication } from '../../../src/client/account.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { type Handler, ScriptedServer } from '../../support/httpsServer.ts';
import { certificates, documentedJob, failure, jobId, makeClient } from './clientFixture.ts';

const jwt = (claims: object): string =>
  `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.planted`;
const swt = (expiresOn: number): string =>
  `urn%3aSubscriptionId=z7f09258&Audience=urn%3aWindowsAzureMediaServices&ExpiresOn=${expiresOn}&HMACSHA256=planted%3d`;

describe('tokens that do not come from Entra ID', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  let api: ScriptedServer;
  let acs: ScriptedServer;
  let authentication: AmsAuthentication;

  before(async () => {
    api = await ScriptedServer.start(() => ({}), await certificates());
    acs = await ScriptedServer.start(() => ({}), await certificates(), '127.0.0.2');
    authentication = { method: 'acs', accountName: 'amstestaccount001', acsTokenUrl: `${acs.origin()}/v2/OAuth2-13` };
  });
  beforeEach(() => {
    api.requests.length = 0;
    acs.requests.length = 0;
    api.handler = () => ({ body: { value: [documentedJob] } });
  });
  after(() => Promise.all([api.stop(), acs.stop()]));

  const client = (more: Partial<Parameters<typeof makeClient>[0]>): ReturnType<typeof makeClient> =>
    makeClient({ endpoint: `${api.origin()}/api/`, ...more });

  describe('account name and key at the Access Control Service', () => {
    const tokens: Handler = () => ({
      headers: { 'Content-Type': 'application/json', Date: new Date(now + 7_200_000).toUTCString() },
      body: {
        access_token: swt((now + 7_200_000) / 1000 + 21_600),
        expires_in: '21600',
        token_type: 'swt',
        scope: 'urn:WindowsAzureMediaServices',
      },
    });

    it('asks as documented and sends the token as it came', async () => {
      acs.handler = tokens;
      const key = 'planted+key/with=odd&characters==';
      const fixture = await client({ authentication, secret: key });
      await fixture.client.getJob(jobId);
      assert.equal(acs.requests[0]?.method, 'POST');
      assert.equal(acs.requests[0]?.url, '/v2/OAuth2-13');
      assert.deepEqual(Object.fromEntries(new URLSearchParams(acs.requests[0]?.body)), {
        grant_type: 'client_credentials',
        client_id: 'amstestaccount001',
        client_secret: key,
        scope: 'urn:WindowsAzureMediaServices',
      });
      assert.equal(api.tokens[0], swt((now + 7_200_000) / 1000 + 21_600));
      const reported = JSON.stringify(fixture.exchanges);
      assert.ok(!reported.includes('planted'), reported);
      assert.equal(fixture.exchanges[0]?.request.body, '<redacted>');
      assert.equal(fixture.exchanges[0]?.response?.body, '<redacted>');
      fixture.client.dispose();
    });

    it('renews by ExpiresOn even where the clock of this machine is two hours behind', async () => {
      acs.handler = tokens;
      const clock = new FakeClock(now);
      const fixture = await client({ authentication, clock });
      await fixture.client.getJob(jobId);
      clock.jump(21_600_000 - 300_000 - 1);
      await fixture.client.getJob(jobId);
      assert.equal(acs.requests.length, 1);
      clock.jump(1);
      await fixture.client.getJob(jobId);
      assert.equal(acs.requests.length, 2);
      fixture.client.dispose();
    });

    it('takes expires_in where the token does not say', async () => {
      acs.handler = () => ({
        headers: { 'Content-Type': 'application/json' },
        body: { access_token: 'opaque', expires_in: '60' },
      });
      const clock = new FakeClock(now);
      const fixture = await client({ authentication, clock });
      await fixture.client.getJob(jobId);
      clock.jump(47_999);
      await fixture.client.getJob(jobId);
      assert.equal(acs.requests.length, 1);
      clock.jump(1);
      await fixture.client.getJob(jobId);
      assert.equal(acs.requests.length, 2);
      fixture.client.dispose();
    });

    it('tells the ways apart in which no token comes', async () => {
      const fixture = await client({ authentication, secret: 'planted-key' });
      const fails = async (handler: Handler, kind: Parameters<typeof failure>[1]): Promise<string> => {
        acs.handler = handler;
        const { message } = await failure(fixture.client.getJob(jobId), kind);
        assert.ok(!message.includes('planted'), message);
        return message;
      };
      const refused = { error: 'invalid_client', error_description: 'ACS50012: Authentication failed. planted-key' };
      const json = { 'Content-Type': 'application/json' };
      assert.match(
        await fails(() => ({ status: 401, headers: json, body: refused }), 'signIn'),
        /account key: ACS50012: Authentication failed/,
      );
      await fails(() => ({ status: 404, body: '' }), 'configuration');
      await fails(() => ({ status: 503, body: '' }), 'throttled');
      await fails(() => ({ status: 500, body: '' }), 'unreachable');
      await fails(() => ({ status: 307, headers: { Location: `${api.origin()}/thief` } }), 'badReply');
      await fails(() => ({ body: 'planted-nonsense' }), 'badReply');
      await fails(() => ({ body: { access_token: 'planted\r\nX: 1' } }), 'badReply');
      assert.equal(api.requests.length, 0);
      fixture.client.dispose();
    });
  });

  describe('a pasted token', () => {
    it('is used until it expires, then asks for another', async () => {
      const clock = new FakeClock(now);
      const token = jwt({ exp: now / 1000 + 600 });
      const fixture = await client({ secret: `  Bearer ${token}\n`, clock });
      await fixture.client.getJob(jobId);
      clock.jump(599_000);
      await fixture.client.getJob(jobId);
      assert.deepEqual(api.tokens, [token, token]);
      clock.jump(1000);
      assert.match((await failure(fixture.client.getJob(jobId), 'signIn')).message, /expired/);
      assert.equal(api.requests.length, 2);
      fixture.client.dispose();
    });

    it('is not sent a second time where it is refused', async () => {
      api.handler = () => ({ status: 401, body: '' });
      const fixture = await client({ secret: swt(now / 1000 + 1e9) });
      const error = await failure(fixture.client.getJob(jobId), 'signIn');
      assert.match(error.message, /pasted token/);
      assert.equal(api.requests.length, 1);
      fixture.client.dispose();
    });

    it('is refused before it is sent where it is no token', async () => {
      for (const secret of ['two words', 'line\nbreak', 'tökén', 'Bearer ']) {
        const fixture = await client({ secret });
        await failure(fixture.client.getJob(jobId), 'signIn');
        fixture.client.dispose();
      }
      assert.equal(api.requests.length, 0);
    });
  });
});
