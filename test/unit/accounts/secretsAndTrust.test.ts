import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { AccountRegistry } from '../../../src/accounts/accountRegistry.ts';
import { AccountSecrets } from '../../../src/accounts/accountSecrets.ts';
import { createMediaServicesClient } from '../../../src/client/clientBundle.ts';
import { systemClock } from '../../../src/jobs/clock.ts';
import type { Exchange } from '../../../src/jobs/exchange.ts';
import { ServiceError, type ServiceErrorKind } from '../../../src/jobs/serviceError.ts';
import { type LoopbackCertificates, makeCertificates } from '../../support/certificates.ts';
import { FakeClock, settle } from '../../support/fakeClock.ts';
import { type Handler, ScriptedServer } from '../../support/httpsServer.ts';
import { MemoryAccountFiles } from '../../support/memoryAccountFiles.ts';
import { MemorySecrets } from '../../support/memorySecrets.ts';
import { ScriptedPrompts } from '../../support/signInPrompts.ts';
import { Watching } from '../../support/watching.ts';

const secret = 'planted-secret';
const firstPage = { token: null, pageSize: 1 };
const tokens: Handler = () => ({
  headers: { 'Content-Type': 'application/json' },
  body: { access_token: 'planted-token', expires_in: '3600' },
});
const noJobs: Handler = () => ({ body: { value: [] } });

/** An account in the settings of a window, with real clients and servers of which some belong to somebody else. */
describe('secrets and trust', () => {
  let certificates: LoopbackCertificates;
  let api: ScriptedServer;
  let acs: ScriptedServer;
  let thief: ScriptedServer;
  let setting: Record<string, unknown>[];
  let storage: MemorySecrets;
  let state: Map<string, unknown>;
  let files: MemoryAccountFiles;
  let prompts: ScriptedPrompts;
  let exchanges: Exchange[];
  let registry: AccountRegistry;

  before(async () => {
    certificates = await makeCertificates();
    api = await ScriptedServer.start(noJobs, certificates);
    acs = await ScriptedServer.start(tokens, certificates);
    thief = await ScriptedServer.start(tokens, certificates, '127.0.0.2');
  });
  after(() => Promise.all([api.stop(), acs.stop(), thief.stop()]));
  beforeEach(() => {
    for (const [server, handler] of [
      [api, noJobs],
      [acs, tokens],
      [thief, tokens],
    ] as const) {
      server.handler = handler;
      server.requests.length = 0;
    }
    storage = new MemorySecrets();
    state = new Map();
    files = new MemoryAccountFiles();
    prompts = new ScriptedPrompts();
    exchanges = [];
    setting = [account()];
    registry = open();
  });
  afterEach(() => registry.dispose());

  const account = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
    name: 'contoso',
    kind: 'ams',
    endpoint: `${api.origin()}/api/`,
    authentication: { method: 'acs', accountName: 'contosoams', acsTokenUrl: `${acs.origin()}/v2/OAuth2-13` },
    ...changes,
  });
  /** A window with what is stored. */
  const open = (): AccountRegistry =>
    new AccountRegistry({
      readSetting: () => setting,
      secrets: new AccountSecrets(storage),
      state: {
        get: (key) => state.get(key),
        update: (key, value) => {
          state.set(key, value);
          return Promise.resolve();
        },
      },
      files,
      createClient: (config, context) =>
        createMediaServicesClient({
          ...context,
          account: { ...config, ca: certificates.ca },
          clock: systemClock,
          env: {},
          prompts,
          loadIdentity: () => import('../../../src/client/identity.ts'),
          onExchange: (exchange) => exchanges.push(exchange),
        }),
    });
  const change = (changed: Record<string, unknown>): void => {
    setting = [changed];
    registry.reload();
  };
  const signIn = async (): Promise<void> => {
    const known = registry.get('contoso');
    assert.ok(known);
    await registry.signIn(known, secret);
  };
  const poll = async (): Promise<ServiceErrorKind | 'ok'> => {
    try {
      await registry.clients.get('contoso')?.listJobs({}, firstPage);
      return 'ok';
    } catch (error) {
      assert.ok(ServiceError.is(error));
      assert.doesNotMatch(error.message, /planted/);
      return error.kind;
    }
  };
  const sent = (): number => api.requests.length + acs.requests.length + thief.requests.length;
  const forgetRequests = (): void => {
    for (const server of [api, acs, thief]) {
      server.requests.length = 0;
    }
  };

  test('a secret is asked for once, and is in no setting, state, exchange', async () => {
    assert.equal(await poll(), 'secretMissing');
    assert.equal(sent(), 0);
    await signIn();
    assert.equal(await poll(), 'ok');
    registry.dispose();
    registry = open();
    assert.equal(await poll(), 'ok');
    assert.doesNotMatch(JSON.stringify([setting, [...state], exchanges]), /planted/);
    assert.equal(prompts.askedPerson, 0);
  });

  describe('when a part of where it goes changes under the same name, nothing is sent', () => {
    const cases: readonly [what: string, changed: () => Record<string, unknown>][] = [
      ['the token URL', () => account({ authentication: acsAt(`${thief.origin()}/v2/OAuth2-13`) })],
      ["the token URL's port", () => account({ authentication: acsAt(`${api.origin()}/v2/OAuth2-13`) })],
      ['the endpoint', () => account({ endpoint: `${thief.origin()}/api/` })],
      ['the account name', () => account({ authentication: { ...acsAt(`${acs.origin()}/`), accountName: 'other' } })],
      [
        'the method, and so an authority host',
        () =>
          account({
            authentication: { method: 'servicePrincipal', tenantId: 't', clientId: 'c', authorityHost: thief.origin() },
          }),
      ],
      ['the method to one that pastes it', () => account({ authentication: { method: 'token' } })],
    ];
    const acsAt = (acsTokenUrl: string): object => ({ method: 'acs', accountName: 'contosoams', acsTokenUrl });

    for (const [what, changed] of cases) {
      test(what, async () => {
        await signIn();
        assert.equal(await poll(), 'ok');
        forgetRequests();
        const before = registry.get('contoso')?.config;
        change(changed());
        assert.equal(await poll(), 'secretMissing');
        assert.equal(sent(), 0);
        const known = await registry.secretState('contoso');
        assert.equal(known.state, 'otherDestination');
        // The person is shown where it went, beside where it would go.
        assert.ok(before && known.state === 'otherDestination');
        assert.deepEqual(known.origins, [acs.origin(), api.origin()]);
        assert.equal(prompts.askedPerson, 0);

        change(account());
        assert.equal(await poll(), 'ok', 'going back asks nobody');
      });
    }

    test('the authority host of a service principal', async () => {
      const principal = (authorityHost: string): Record<string, unknown> =>
        account({ authentication: { method: 'servicePrincipal', tenantId: 't', clientId: 'c', authorityHost } });
      change(principal(acs.origin()));
      await signIn();
      change(principal(thief.origin()));
      assert.equal(await poll(), 'secretMissing');
      assert.equal(sent(), 0);
    });

    test('the login of a person goes nowhere else either', async () => {
      const browser = (authorityHost: string): Record<string, unknown> =>
        account({ authentication: { method: 'browser', tenantId: 't', clientId: 'c', authorityHost } });
      change(browser(acs.origin()));
      const known = registry.get('contoso');
      assert.ok(known);
      await new AccountSecrets(storage).store(known.config, '{"RefreshToken":{}}');
      assert.equal((await registry.secretState('contoso')).state, 'ready');
      change(browser(thief.origin()));
      assert.equal((await registry.secretState('contoso')).state, 'otherDestination');
      assert.equal(await poll(), 'secretMissing');
      assert.equal(thief.requests.length, 0);
      assert.equal(prompts.askedPerson, 0);
    });
  });

  describe('an account that was removed and made again', () => {
    test('begins with nothing where it was removed by command', async () => {
      await signIn();
      assert.equal(await poll(), 'ok');
      files.endpoints.set('contoso', 'kept');
      await registry.forget('contoso');
      setting = [];
      registry.reload();
      assert.equal(storage.items.size, 0);
      assert.equal(files.endpoints.size, 0);
      assert.deepEqual(files.forgotten, ['contoso']);
      assert.deepEqual(
        [...state].filter(([key, value]) => key.endsWith('.contoso') && value !== undefined),
        [],
      );
      forgetRequests();
      change(account());
      assert.equal(await poll(), 'secretMissing');
      assert.equal(sent(), 0);
    });

    test('is not signed out for ever where it was signed out before', async () => {
      await registry.signOut('contoso');
      await registry.forget('contoso');
      assert.deepEqual(state.get('mediaServices.signedOut'), []);
    });

    test('gives nothing to another host where its entry was deleted by hand', async () => {
      await signIn();
      assert.equal(await poll(), 'ok');
      setting = [];
      registry.reload();
      forgetRequests();
      change(account({ endpoint: `${thief.origin()}/api/` }));
      assert.equal(await poll(), 'secretMissing');
      assert.equal(sent(), 0);
    });
  });

  describe('a redirect', () => {
    const elsewhere = 'https://wamsbayclus001rest-hs.cloudapp.net';

    test('that a poll meets marks the account, and the question comes after a click', async () => {
      api.handler = () => ({ status: 301, headers: { Location: `${elsewhere}/api/` } });
      await signIn();
      const clock = new FakeClock();
      const watching = new Watching({ clock });
      const { store, watcher } = watching;
      const failed = new Promise<void>((resolve) => {
        store.onDidChange(() => {
          if (store.status('contoso').state === 'failed') {
            resolve();
          }
        });
      });
      watcher.setClients(registry.clients);
      watcher.setListVisible(true);
      await clock.advance(0);
      await failed;
      await settle();
      const status = store.status('contoso');
      assert.ok(status.state === 'failed');
      assert.equal(status.error.kind, 'untrustedRedirect');
      assert.equal(status.error.untrustedOrigin, elsewhere);
      assert.equal(prompts.askedPerson, 0);
      assert.deepEqual(
        exchanges.filter(({ request }) => request.url.startsWith(elsewhere)),
        [],
      );
      watching.dispose();
    });

    test('is followed to a host of trustedHosts until the entry is withdrawn', async () => {
      // From an address that is not on loopback, none is trusted by itself. Nobody answers there.
      const configured = 'https://contoso.invalid/api/';
      const trusting = { endpoint: configured, trustedHosts: [new URL(thief.origin()).host] };
      change(account(trusting));
      files.endpoints.set('contoso', kept(configured, `${thief.origin()}/api/`));
      thief.handler = noJobs;
      await signIn();
      assert.equal(await poll(), 'ok');
      assert.equal(thief.requests.length, 1);

      change(account({ ...trusting, trustedHosts: [] }));
      assert.equal(await poll(), 'unreachable', 'the configured endpoint is asked');
      assert.equal(thief.requests.length, 1, 'what was found before is not used any more');
      assert.equal(files.endpoints.get('contoso'), undefined);
      assert.equal((await registry.secretState('contoso')).state, 'ready', 'the person need not sign in for that');
    });

    test('that somebody wrote into the kept endpoint is not used', async () => {
      for (const root of [`${elsewhere}/api/`, 'http://127.0.0.1:1/', 'https://u:p@127.0.0.1/', 'nonsense']) {
        files.endpoints.set('contoso', kept(`${api.origin()}/api/`, root));
        registry.dispose();
        registry = open();
        await signIn();
        forgetRequests();
        assert.equal(await poll(), 'ok', root);
        assert.equal(api.requests.length, 1, 'the configured endpoint is asked');
        assert.equal(files.endpoints.get('contoso'), undefined);
      }
    });

    test('that was found for another endpoint is not used', async () => {
      files.endpoints.set('contoso', kept('https://127.0.0.1:1/api/', `${thief.origin()}/api/`));
      await signIn();
      assert.equal(await poll(), 'ok');
      assert.equal(thief.requests.length, 0);
    });

    const kept = (configured: string, root: string): string => JSON.stringify({ configured, root });
  });
});
