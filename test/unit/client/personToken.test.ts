import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { AmsAuthentication } from '../../../src/client/account.ts';
import { createMediaServicesClient } from '../../../src/client/clientBundle.ts';
import type { ServiceClient } from '../../../src/client/serviceClient.ts';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import { systemClock } from '../../../src/jobs/clock.ts';
import type { Exchange } from '../../../src/jobs/exchange.ts';
import { ScriptedServer } from '../../support/httpsServer.ts';
import { browse, load } from '../../support/signInBrowser.ts';
import { MemoryLogin, ScriptedPrompts } from '../../support/signInPrompts.ts';
import { certificates, jobId as documentedJobId, failure } from './clientFixture.ts';

const user = 'operator@emulator.example';

describe('a person who signs in at the authority', () => {
  let emulator: RunningEmulator;
  let prompts: ScriptedPrompts;
  let memory: MemoryLogin;
  let exchanges: Exchange[] = [];
  let identities: (string | null)[] = [];

  before(async () => {
    emulator = await startEmulator({ arrivalsPerMinute: 0 });
  });
  after(() => emulator.close());
  beforeEach(() => {
    prompts = new ScriptedPrompts();
    memory = new MemoryLogin();
    exchanges = [];
    identities = [];
    prompts.onOpen = async (address) => {
      assert.equal((await browse(address, emulator.ca)).status, 200);
    };
    prompts.onCode = async ({ userCode, address }) => {
      await load(address, emulator.ca, new URLSearchParams({ user_code: userCode, decision: 'approved' }));
      return true;
    };
  });

  /** A client as after a reload of the window: all that it has of before is `memory`. */
  const connect = (method: 'browser' | 'deviceCode', changes: object = {}, ca = emulator.ca): ServiceClient =>
    createMediaServicesClient({
      account: {
        name: 'emulator',
        kind: 'ams',
        endpoint: emulator.root,
        authentication: {
          method,
          tenantId: emulator.tenantId,
          clientId: emulator.clientId,
          authorityHost: emulator.authorityHost,
          ...changes,
        } as AmsAuthentication,
        trustedHosts: [],
        ca,
      },
      clock: systemClock,
      env: {},
      getSecret: async () => undefined,
      prompts,
      memory,
      onIdentity: (identity) => identities.push(identity),
      loadIdentity: () => import('../../../src/client/identity.ts'),
      endpointCache: { load: () => undefined, save: () => undefined },
      onExchange: (exchange) => exchanges.push(exchange),
    });
  /** Every code and token that went over the wire; none may be in what is reported or kept for the log. */
  const assertNothingGivenAway = (): void => {
    const refreshToken = Object.values(
      (JSON.parse(memory.login ?? '{}') as { RefreshToken?: Record<string, { secret: string }> }).RefreshToken ?? {},
    )[0]?.secret;
    assert.ok(refreshToken, 'the login is kept');
    const reported = JSON.stringify(exchanges);
    assert.ok(exchanges.length >= 2);
    assert.ok(!reported.includes(refreshToken));
    assert.doesNotMatch(reported, /eyJ[\w-]{10}|code_verifier=|device_code=/);
  };

  for (const method of ['browser', 'deviceCode'] as const) {
    describe(`with the method ${method}`, () => {
      it('is asked after a click alone, and stays signed in over a reload', async () => {
        const first = connect(method);
        await failure(first.getJob(documentedJobId), 'secretMissing');
        assert.equal(prompts.askedPerson, 0);

        await first.signIn();
        assert.equal((await first.getJob(documentedJobId)).id, documentedJobId);
        assert.equal(prompts.askedPerson, 1);
        assert.deepEqual(identities, [user]);
        assertNothingGivenAway();
        first.dispose();

        const reloaded = connect(method);
        assert.equal((await reloaded.getJob(documentedJobId)).id, documentedJobId);
        assert.equal(prompts.askedPerson, 1, 'nobody was asked again');
        assert.deepEqual(identities, [user, user]);
        assertNothingGivenAway();
        reloaded.dispose();
      });

      it('keeps no access token', async () => {
        const client = connect(method);
        await client.signIn();
        assert.deepEqual((JSON.parse(memory.login ?? '{}') as { AccessToken: object }).AccessToken, {});
        client.dispose();
      });

      it('is told when the login has ended, and asked only after the next click', async () => {
        const client = connect(method);
        await client.signIn();
        client.dispose();
        const kept = JSON.parse(memory.login ?? '{}') as { RefreshToken: Record<string, { secret: string }> };
        for (const token of Object.values(kept.RefreshToken)) {
          token.secret = 'no-longer-good';
        }
        memory.login = JSON.stringify(kept);
        const later = connect(method);
        const error = await failure(later.getJob(documentedJobId), 'signIn');
        assert.match(error.message, /login has expired.*AADSTS700082/);
        assert.equal(prompts.askedPerson, 1);
        await later.signIn();
        assert.equal((await later.getJob(documentedJobId)).id, documentedJobId);
        assert.equal(prompts.askedPerson, 2);
        later.dispose();
      });

      it('counts a kept login that cannot be read as none', async () => {
        const client = connect(method);
        memory.login = '{"RefreshToken":';
        await failure(client.getJob(documentedJobId), 'secretMissing');
        await client.signIn();
        assert.equal((await client.getJob(documentedJobId)).id, documentedJobId);
        client.dispose();
      });

      it('counts a kept login that MSAL cannot use as ended', async () => {
        const client = connect(method);
        await client.signIn();
        client.dispose();
        memory.login = memory.login?.replace(/("secret":")[^"]+/g, '$1x');
        const later = connect(method);
        await failure(later.getJob(documentedJobId), 'signIn');
        later.dispose();
      });

      it('gives up at once when the person does, and leaves nothing', async () => {
        const controller = new AbortController();
        prompts.onOpen = async () => controller.abort();
        prompts.onCode = async () => {
          controller.abort();
          return true;
        };
        const client = connect(method);
        await failure(client.signIn(controller.signal), 'aborted');
        assert.equal(memory.login, undefined);
        await failure(client.getJob(documentedJobId), 'secretMissing');
        client.dispose();
      });

      it('is told of a tenant or client that the authority does not know', async () => {
        const elsewhere = connect(method, { tenantId: '11111111-2222-4333-8444-555555555555' });
        assert.match((await failure(elsewhere.signIn(), 'signIn')).message, /AADSTS90002/);
        elsewhere.dispose();
      });

      it('is told of an authority that does not answer', async () => {
        const absent = connect(method, { authorityHost: 'https://127.0.0.1:1/' });
        assert.match((await failure(absent.signIn(), 'unreachable')).message, /refused.*127\.0\.0\.1:1/);
        absent.dispose();
      });
    });
  }

  describe('in the browser of this machine', () => {
    /** Begins to sign in and hands over the address of the sign-in page. */
    const begin = async (): Promise<{ page: URL; done: Promise<void>; client: ServiceClient }> => {
      const { promise, resolve } = Promise.withResolvers<URL>();
      prompts.onOpen = async (address) => resolve(new URL(address));
      const client = connect('browser');
      const done = client.signIn();
      done.catch(() => undefined);
      return { page: await promise, done, client };
    };
    const answer = (page: URL, form: Record<string, string>): ReturnType<typeof load> =>
      load(page.searchParams.get('redirect_uri') ?? '', emulator.ca, new URLSearchParams(form));

    it('asks for a code with PKCE, to loopback, in a form', async () => {
      const { page, done, client } = await begin();
      const { searchParams } = page;
      assert.equal(page.origin, new URL(emulator.authorityHost).origin);
      assert.equal(searchParams.get('response_type'), 'code');
      assert.equal(searchParams.get('code_challenge_method'), 'S256');
      assert.match(searchParams.get('code_challenge') ?? '', /^[\w-]{43}$/);
      assert.equal(searchParams.get('response_mode'), 'form_post');
      assert.match(searchParams.get('redirect_uri') ?? '', /^http:\/\/localhost:\d+$/);
      const end = await browse(page.href, emulator.ca);
      assert.match(end.html, /signed in/);
      await done;
      client.dispose();
    });

    it('turns away an answer with another state, and goes on waiting', async () => {
      const { page, done, client } = await begin();
      assert.equal((await answer(page, { code: 'stolen', state: 'another' })).status, 400);
      assert.equal((await answer(page, { code: 'stolen' })).status, 400);
      const redirect = page.searchParams.get('redirect_uri') ?? '';
      const state = page.searchParams.get('state') ?? '';
      assert.equal((await load(`${redirect}/?code=stolen&state=${state}`, emulator.ca)).status, 400);
      await browse(page.href, emulator.ca);
      await done;
      assert.equal((await client.getJob(documentedJobId)).id, documentedJobId);
      client.dispose();
    });

    it('says what Entra ID refuses, and explains a refused pre-authorisation', async () => {
      const { page, done, client } = await begin();
      await answer(page, {
        error: 'invalid_request',
        error_description: 'AADSTS65002: Consent between first party application and resource must be configured.',
        state: page.searchParams.get('state') ?? '',
      });
      const error = await failure(done, 'signIn');
      assert.match(error.message, /"clientId".*app registration of your own.*AADSTS65002/);
      client.dispose();
    });

    it('does not take a code that was given to another', async () => {
      const { page, done, client } = await begin();
      await answer(page, { code: 'made-up', state: page.searchParams.get('state') ?? '' });
      assert.match((await failure(done, 'signIn')).message, /AADSTS70000/);
      client.dispose();
    });

    it('sends nothing to another host, whatever the configuration of the authority names', async () => {
      const thief = await ScriptedServer.start(() => ({ body: '{}' }), await certificates(), '127.0.0.2');
      const authority = await ScriptedServer.start(
        () => {
          const base = `${authority.origin('localhost')}/t`;
          const body = {
            token_endpoint: `${thief.origin()}/token`,
            authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
            jwks_uri: `${base}/keys`,
            issuer: `${base}/v2.0`,
          };
          return { headers: { 'Content-Type': 'application/json' }, body };
        },
        await certificates(),
      );
      prompts.onOpen = async (address) => {
        const { searchParams } = new URL(address);
        await answer(new URL(address), { code: 'c', state: searchParams.get('state') ?? '' });
      };
      const client = connect('browser', { authorityHost: authority.origin('localhost') }, (await certificates()).ca);
      await failure(client.signIn(), 'badReply');
      assert.equal(thief.requests.length, 0);
      assert.equal(prompts.opened.length, 1);
      client.dispose();
      await Promise.all([thief.stop(), authority.stop()]);
    });

    it('stops listening once it is over', async () => {
      const { page, done, client } = await begin();
      await browse(page.href, emulator.ca);
      await done;
      await assert.rejects(answer(page, { code: 'late' }), { code: 'ECONNREFUSED' });
      client.dispose();
    });
  });

  describe('with a code', () => {
    it('is shown the code and where to enter it', async () => {
      const client = connect('deviceCode');
      await client.signIn();
      assert.match(prompts.codes[0]?.userCode ?? '', /^[A-Z2-9]{9}$/);
      assert.equal(prompts.codes[0]?.address, `${emulator.authorityHost}devicelogin`);
      client.dispose();
    });

    it('is told when the sign-in was declined', async () => {
      prompts.onCode = async ({ userCode, address }) => {
        await load(address, emulator.ca, new URLSearchParams({ user_code: userCode, decision: 'declined' }));
        return true;
      };
      const client = connect('deviceCode');
      assert.match((await failure(client.signIn(), 'signIn')).message, /declined.*AADSTS70018/);
      client.dispose();
    });

    it('ends when the code is dismissed', async () => {
      prompts.onCode = async () => false;
      const client = connect('deviceCode');
      await failure(client.signIn(), 'aborted');
      client.dispose();
    });
  });
});
