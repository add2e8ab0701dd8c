import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Account,
  AccountRegistry,
  type ClientContext,
  type StateStorage,
} from '../../../src/accounts/accountRegistry.ts';
import { AccountSecrets } from '../../../src/accounts/accountSecrets.ts';
import { emulatorAccountName } from '../../../src/accounts/accountSettings.ts';
import type { EmulatorInfo } from '../../../src/accounts/emulatorInfo.ts';
import type { ServiceAccount } from '../../../src/client/account.ts';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { MemoryAccountFiles } from '../../support/memoryAccountFiles.ts';
import { MemorySecrets } from '../../support/memorySecrets.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';

const contoso = {
  name: 'contoso',
  kind: 'ams',
  endpoint: 'https://media.windows.net/',
  authentication: { method: 'servicePrincipal', tenantId: 't', clientId: 'c' },
};
const fabrikam = { ...contoso, name: 'fabrikam', authentication: { method: 'environment' } };

const emulator: EmulatorInfo = {
  root: 'https://127.0.0.1:1/',
  endpoint: 'https://127.0.0.1:2/api/',
  authorityHost: 'https://127.0.0.1:3/',
  tenantId: 'emulator-tenant',
  clientId: 'emulator-client',
  clientSecret: 'emulator-secret',
  accountName: 'devaccount',
  admin: 'https://127.0.0.1:3/admin/',
  adminToken: 'x',
  ca: 'PEM',
};

class MemoryState implements StateStorage {
  readonly items = new Map<string, unknown>();

  get(key: string): unknown {
    return this.items.get(key);
  }

  /** As VS Code's does: the value is there at once, the promise tells when it is on disk. */
  update(key: string, value: unknown): Promise<void> {
    if (value === undefined) {
      this.items.delete(key);
    } else {
      this.items.set(key, value);
    }
    return Promise.resolve();
  }
}

class MadeClient extends ScriptedClient {
  readonly account: ServiceAccount;
  readonly context: ClientContext;
  isDisposed = false;
  /** What signing in comes to. */
  onSignIn: (signal?: AbortSignal) => Promise<void> = () => Promise.resolve();

  constructor(account: ServiceAccount, context: ClientContext) {
    super();
    this.account = account;
    this.context = context;
  }

  signIn(signal?: AbortSignal): Promise<void> {
    return this.onSignIn(signal);
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

const firstPage = { token: null, pageSize: 1 };

class Fixture {
  readonly state = new MemoryState();
  readonly storage = new MemorySecrets();
  readonly files = new MemoryAccountFiles();
  readonly made: MadeClient[] = [];
  changes = 0;
  /** What signing in comes to, for a person who does that themselves. */
  onSignIn: (signal?: AbortSignal) => Promise<void> = () => Promise.resolve();
  setting: unknown;
  registry: AccountRegistry;

  constructor(setting: unknown) {
    this.setting = setting;
    this.registry = this.#create();
  }

  /** The same window after a restart: only what is stored is left. */
  restart(): void {
    this.registry.dispose();
    this.made.length = 0;
    this.registry = this.#create();
  }

  reload(setting: unknown): void {
    this.setting = setting;
    this.registry.reload();
  }

  /** Uses an account's client, so that it is made, and gives the last one made. */
  async use(name: string): Promise<MadeClient> {
    await this.registry.clients.get(name)?.listJobs({}, firstPage);
    const client = this.made.at(-1);
    assert.equal(client?.account.name, name);
    return client as MadeClient;
  }

  account(name: string): Account {
    const account = this.registry.get(name);
    assert.ok(account);
    return account;
  }

  #create(): AccountRegistry {
    const registry = new AccountRegistry({
      readSetting: () => this.setting,
      secrets: new AccountSecrets(this.storage),
      state: this.state,
      files: this.files,
      createClient: (account, context) => {
        const client = new MadeClient(account, context);
        client.onSignIn = (signal) => this.onSignIn(signal);
        this.made.push(client);
        return client;
      },
    });
    registry.onDidChange(() => this.changes++);
    return registry;
  }
}

const names = (registry: AccountRegistry): string[] => registry.accounts.map(({ name }) => name);

describe('accounts from the settings', () => {
  test('are there at once, in their order, with what is wrong about the others', () => {
    const { registry, made } = new Fixture([fabrikam, { name: 'x' }, contoso]);
    assert.deepEqual(names(registry), ['fabrikam', 'contoso']);
    assert.deepEqual(registry.model, {
      accounts: [
        { name: 'fabrikam', isEmulator: false, asksForSecret: false, capabilities: amsCapabilities },
        { name: 'contoso', isEmulator: false, asksForSecret: true, capabilities: amsCapabilities },
      ],
      problems: [{ index: 1, label: '"x"', message: '"kind" is missing.' }],
    });
    assert.equal(registry.get('contoso')?.secretKind, 'clientSecret');
    assert.equal(registry.get('nobody'), undefined);
    assert.equal(registry.get('__proto__'), undefined);
    assert.equal(made.length, 0, 'no client is made before it is used');
  });

  test('that did not change keep their client over a reload, and nothing is told', async () => {
    const fixture = new Fixture([contoso, fabrikam]);
    const before = fixture.registry.clients.get('contoso');
    const used = await fixture.use('contoso');
    fixture.reload(structuredClone([contoso, fabrikam]));
    assert.equal(fixture.registry.clients.get('contoso'), before);
    assert.equal(used.isDisposed, false);
    assert.equal(fixture.changes, 0);
  });

  test('that changed get a new client, and the old one is let go', async () => {
    const fixture = new Fixture([contoso, fabrikam]);
    const others = fixture.registry.clients.get('fabrikam');
    const used = await fixture.use('contoso');
    fixture.reload([{ ...contoso, trustedHosts: ['a.example'] }, fabrikam]);
    assert.equal(fixture.changes, 1);
    assert.equal(used.isDisposed, true);
    const renewed = await fixture.use('contoso');
    assert.notEqual(renewed, used);
    assert.deepEqual(renewed.account.trustedHosts, ['a.example']);
    assert.equal(fixture.registry.clients.get('fabrikam'), others);
  });

  test('the old client is let go after everybody has heard of the new one', async () => {
    const fixture = new Fixture([contoso]);
    const used = await fixture.use('contoso');
    const seen: boolean[] = [];
    fixture.registry.onDidChange(() => seen.push(used.isDisposed));
    fixture.reload([]);
    assert.deepEqual(seen, [false]);
    assert.equal(used.isDisposed, true);
  });

  test('come and go', async () => {
    const fixture = new Fixture([contoso]);
    const used = await fixture.use('contoso');
    fixture.reload([fabrikam]);
    assert.deepEqual(names(fixture.registry), ['fabrikam']);
    assert.equal(used.isDisposed, true);
    fixture.reload(undefined);
    assert.deepEqual(names(fixture.registry), []);
    fixture.reload('nonsense');
    assert.equal(fixture.registry.problems.length, 1);
    assert.equal(fixture.changes, 3);
  });

  test('take a new order without new clients', () => {
    const fixture = new Fixture([contoso, fabrikam]);
    const before = new Map(fixture.registry.clients);
    fixture.reload([fabrikam, contoso]);
    assert.deepEqual(names(fixture.registry), ['fabrikam', 'contoso']);
    assert.equal(fixture.changes, 1);
    assert.equal(fixture.registry.clients.get('contoso'), before.get('contoso'));
  });

  test('a problem that came or went is told', () => {
    const fixture = new Fixture([contoso]);
    fixture.reload([contoso, {}]);
    assert.equal(fixture.changes, 1);
    fixture.reload([contoso, {}]);
    assert.equal(fixture.changes, 1);
    fixture.reload([contoso]);
    assert.equal(fixture.changes, 2);
    assert.deepEqual(fixture.registry.problems, []);
  });

  test('all clients are let go at the end', async () => {
    const fixture = new Fixture([contoso, fabrikam]);
    const used = [await fixture.use('contoso'), await fixture.use('fabrikam')];
    fixture.registry.dispose();
    assert.deepEqual(
      used.map(({ isDisposed }) => isDisposed),
      [true, true],
    );
  });
});

describe('signing in', () => {
  test('stores the secret, and a new client gets it', async () => {
    const fixture = new Fixture([contoso]);
    const before = await fixture.use('contoso');
    assert.equal(await before.context.getSecret(), undefined);
    await fixture.registry.signIn(fixture.account('contoso'), 'S3cret');
    assert.equal(before.isDisposed, true);
    assert.equal(fixture.changes, 1);
    const after = await fixture.use('contoso');
    assert.equal(await after.context.getSecret(), 'S3cret');
    assert.deepEqual(await fixture.registry.secretState('contoso'), { state: 'ready', secret: 'S3cret' });
  });

  test('with an empty one takes the one there is away', async () => {
    const fixture = new Fixture([contoso]);
    await fixture.registry.signIn(fixture.account('contoso'), 'S3cret');
    await fixture.registry.signIn(fixture.account('contoso'), '');
    assert.equal(await (await fixture.use('contoso')).context.getSecret(), undefined);
    assert.equal(fixture.storage.items.size, 0);
  });

  test('without a secret keeps the one there is', async () => {
    const fixture = new Fixture([contoso]);
    await fixture.registry.signIn(fixture.account('contoso'), 'S3cret');
    await fixture.registry.signIn(fixture.account('contoso'));
    assert.equal(await (await fixture.use('contoso')).context.getSecret(), 'S3cret');
  });

  test('a secret is not given to an account that goes elsewhere by now', async () => {
    const fixture = new Fixture([contoso]);
    await fixture.registry.signIn(fixture.account('contoso'), 'S3cret');
    fixture.reload([{ ...contoso, endpoint: 'https://evil.example/' }]);
    assert.equal(await (await fixture.use('contoso')).context.getSecret(), undefined);
    assert.deepEqual(await fixture.registry.secretState('contoso'), {
      state: 'otherDestination',
      origins: ['https://login.microsoftonline.com', 'https://media.windows.net'],
    });
  });

  test('binds the secret to what the person saw, though the settings changed while it was typed', async () => {
    const fixture = new Fixture([contoso]);
    const seen = fixture.account('contoso');
    fixture.reload([{ ...contoso, endpoint: 'https://evil.example/' }]);
    await fixture.registry.signIn(seen, 'S3cret');
    const client = await fixture.use('contoso');
    assert.equal(client.account.endpoint, 'https://evil.example/', 'the settings are not taken back');
    assert.equal(await client.context.getSecret(), undefined);
    assert.equal((await fixture.registry.secretState('contoso')).state, 'otherDestination');
  });

  test('does not bring back an account that is gone by now', async () => {
    const fixture = new Fixture([contoso]);
    const seen = fixture.account('contoso');
    const signedIn = fixture.registry.signIn(seen, 'S3cret');
    fixture.reload([fabrikam]);
    await signedIn;
    assert.deepEqual(names(fixture.registry), ['fabrikam']);
    await fixture.registry.signIn(seen, 'S3cret');
    assert.deepEqual(names(fixture.registry), ['fabrikam']);
  });

  test('nobody is asked about the secret of an account that is none', async () => {
    assert.deepEqual(await new Fixture([]).registry.secretState('contoso'), { state: 'none' });
  });
});

describe('a person who signs in themselves', () => {
  const person = { ...contoso, authentication: { method: 'vscode' } };

  test('is known as such', () => {
    const fixture = new Fixture([person, contoso]);
    assert.equal(fixture.account('contoso').isInteractive, true);
    assert.equal(fixture.account('contoso').secretKind, null);
    assert.equal(fixture.registry.model.accounts[0]?.asksForSecret, true);
  });

  test('is asked by a new client, with the signal of whoever waits', async () => {
    const fixture = new Fixture([person]);
    const before = await fixture.use('contoso');
    const signals: (AbortSignal | undefined)[] = [];
    fixture.onSignIn = async (signal) => {
      signals.push(signal);
    };
    const { signal } = new AbortController();
    await fixture.registry.signIn(fixture.account('contoso'), undefined, signal);
    assert.equal(before.isDisposed, true);
    assert.deepEqual(signals, [signal]);
  });

  test('nobody is asked for an account of another method', async () => {
    const fixture = new Fixture([contoso, fabrikam]);
    fixture.onSignIn = () => assert.fail('nobody is asked');
    await fixture.registry.signIn(fixture.account('contoso'), 'S3cret');
    await fixture.registry.signIn(fixture.account('fabrikam'));
  });

  test('stays signed out where they give up, and is told of a failure', async () => {
    const fixture = new Fixture([person]);
    await fixture.registry.signOut('contoso');
    fixture.onSignIn = () => Promise.reject(new ServiceError('aborted', 'The request was canceled.'));
    await assert.rejects(fixture.registry.signIn(fixture.account('contoso')), { kind: 'aborted' });
    await assert.rejects(async () => fixture.registry.clients.get('contoso')?.listJobs({}, firstPage), {
      kind: 'secretMissing',
    });
    fixture.onSignIn = () => Promise.resolve();
    await fixture.registry.signIn(fixture.account('contoso'));
    await fixture.use('contoso');
  });

  test('is not signed out by giving up where they were not before', async () => {
    const fixture = new Fixture([person]);
    fixture.onSignIn = () => Promise.reject(new ServiceError('aborted', 'The request was canceled.'));
    await assert.rejects(fixture.registry.signIn(fixture.account('contoso')), { kind: 'aborted' });
    await fixture.use('contoso');
  });

  test('keeps a login that is bound to where it goes, until they sign out', async () => {
    const fixture = new Fixture([person]);
    const { memory } = (await fixture.use('contoso')).context;
    assert.equal(await memory.load(), undefined);
    await memory.save('login');
    fixture.restart();
    const restarted = (await fixture.use('contoso')).context.memory;
    assert.equal(await restarted.load(), 'login');
    fixture.reload([{ ...person, endpoint: 'https://evil.example/' }]);
    assert.equal(await (await fixture.use('contoso')).context.memory.load(), undefined);
    fixture.reload([person]);
    await fixture.registry.signOut('contoso');
    assert.equal(fixture.storage.items.size, 0);
    await restarted.save('late');
    assert.equal(fixture.storage.items.size, 0, 'a client that is gone leaves nothing behind');
  });

  test('is remembered to have been refused by the next client, but never in writing', async () => {
    const fixture = new Fixture([person]);
    (await fixture.use('contoso')).context.memory.refusedToken = 'refused';
    await fixture.registry.signIn(fixture.account('contoso'));
    assert.equal((await fixture.use('contoso')).context.memory.refusedToken, 'refused');
    assert.doesNotMatch(JSON.stringify([[...fixture.state.items], [...fixture.storage.items]]), /refused/);
    await fixture.registry.signOut('contoso');
    await fixture.registry.signIn(fixture.account('contoso'));
    assert.equal((await fixture.use('contoso')).context.memory.refusedToken, null);
  });
});

describe('as whom an account is signed in', () => {
  const identityOf = (fixture: Fixture): string | undefined =>
    fixture.registry.model.accounts.find(({ name }) => name === 'contoso')?.identity;

  test('is known from its last token, over a restart, without a request', async () => {
    const fixture = new Fixture([contoso]);
    assert.equal(identityOf(fixture), undefined);
    const { onIdentity } = (await fixture.use('contoso')).context;
    onIdentity('a@b.example');
    onIdentity('a@b.example');
    assert.equal(identityOf(fixture), 'a@b.example');
    assert.equal(fixture.changes, 1);
    fixture.restart();
    assert.equal(identityOf(fixture), 'a@b.example');
    assert.equal(fixture.made.length, 0);
  });

  test('is not known any more after signing out, or of a token that does not tell', async () => {
    const fixture = new Fixture([contoso]);
    const { onIdentity } = (await fixture.use('contoso')).context;
    onIdentity('a@b.example');
    onIdentity(null);
    assert.equal(identityOf(fixture), undefined);
    onIdentity('a@b.example');
    await fixture.registry.signOut('contoso');
    assert.equal(identityOf(fixture), undefined);
    onIdentity('late');
    assert.equal(identityOf(fixture), undefined, 'a client that is gone tells nothing');
  });

  test('is not taken over by an account that signs in otherwise under the same name', async () => {
    const fixture = new Fixture([contoso]);
    (await fixture.use('contoso')).context.onIdentity('a@b.example');
    fixture.reload([{ ...contoso, authentication: { method: 'token' } }]);
    assert.equal(identityOf(fixture), undefined);
  });

  for (const stored of [null, 'a@b.example', { identity: 7, fingerprint: 7 }, { identity: 'a@b.example' }]) {
    test(`is not known where ${JSON.stringify(stored)} is stored`, () => {
      const fixture = new Fixture([contoso]);
      fixture.state.items.set('mediaServices.identity.contoso', stored);
      assert.equal(identityOf(fixture), undefined);
    });
  }

  test("is not shown of the emulator's account", async () => {
    const fixture = new Fixture([]);
    fixture.registry.setEmulator(emulator);
    (await fixture.use(emulatorAccountName)).context.onIdentity('emulator-client');
    assert.equal(fixture.registry.model.accounts[0]?.identity, undefined);
    assert.equal(fixture.state.items.size, 0);
  });
});

describe('signing out', () => {
  test('forgets secret, endpoint and jobs, of this account alone', async () => {
    const other = { ...contoso, name: 'other' };
    const fixture = new Fixture([contoso, other]);
    for (const name of ['contoso', 'other']) {
      await fixture.registry.signIn(fixture.account(name), 'S3cret');
      (await fixture.use(name)).context.endpointCache.save('https://a.restv2.westus.media.azure.net/api/');
    }
    await fixture.registry.signOut('contoso');
    assert.deepEqual(await fixture.registry.secretState('contoso'), { state: 'none' });
    assert.equal((await fixture.registry.secretState('other')).state, 'ready');
    assert.deepEqual([...fixture.storage.items.keys()], ['mediaServices.secret.other']);
    assert.deepEqual([...fixture.files.endpoints.keys()], ['other']);
    assert.deepEqual(fixture.files.forgotten, ['contoso']);
  });

  test('lets the client go; the next makes no request and says why', async () => {
    const fixture = new Fixture([contoso]);
    const before = await fixture.use('contoso');
    await fixture.registry.signOut('contoso');
    assert.equal(before.isDisposed, true);
    const client = fixture.registry.clients.get('contoso');
    const refused = { name: 'ServiceError', kind: 'secretMissing' };
    assert.ok(client);
    await assert.rejects(client.listJobs({}, firstPage), refused);
    await assert.rejects(client.getJob('x'), refused);
    await assert.rejects(client.listTasks('x'), refused);
    await assert.rejects(client.cancelJob('x'), refused);
    assert.equal(fixture.made.length, 1, 'no other client was made');
  });

  for (const setting of [contoso, fabrikam, { ...contoso, name: 't', authentication: { method: 'token' } }]) {
    test(`outlives a restart until somebody signs in (${setting.authentication.method})`, async () => {
      const fixture = new Fixture([setting]);
      const { name } = setting;
      await fixture.registry.signOut(name);
      fixture.restart();
      await assert.rejects(async () => fixture.registry.clients.get(name)?.listJobs({}, firstPage), {
        kind: 'secretMissing',
      });
      await fixture.registry.signIn(fixture.account(name), 'S3cret');
      await fixture.use(name);
      fixture.restart();
      await fixture.use(name);
    });
  }

  test('outlives a change of the settings', async () => {
    const fixture = new Fixture([contoso]);
    await fixture.registry.signOut('contoso');
    fixture.reload([{ ...contoso, trustedHosts: ['a.example'] }]);
    await assert.rejects(async () => fixture.registry.clients.get('contoso')?.listJobs({}, firstPage), {
      kind: 'secretMissing',
    });
  });

  test('twice is once', async () => {
    const fixture = new Fixture([contoso, fabrikam]);
    await fixture.registry.signOut('contoso');
    await fixture.registry.signOut('contoso');
    await fixture.registry.signOut('fabrikam');
    await fixture.registry.signIn(fixture.account('contoso'));
    await fixture.use('contoso');
    assert.deepEqual(fixture.state.get('mediaServices.signedOut'), ['fabrikam']);
  });

  test('of nobody changes nothing', async () => {
    const fixture = new Fixture([contoso]);
    await fixture.registry.signOut('nobody');
    assert.equal(fixture.changes, 0);
    assert.equal(fixture.state.items.size, 0);
  });

  test('a request that is still under way cannot bring the endpoint back', async () => {
    const fixture = new Fixture([contoso]);
    const before = await fixture.use('contoso');
    await fixture.registry.signOut('contoso');
    before.context.endpointCache.save('https://a.restv2.westus.media.azure.net/api/');
    fixture.registry.clients.get('contoso');
    assert.equal(fixture.files.endpoints.get('contoso'), undefined);
  });

  test('a request that is sent while signing out gets no secret', async () => {
    const fixture = new Fixture([contoso]);
    await fixture.registry.signIn(fixture.account('contoso'), 'S3cret');
    const before = await fixture.use('contoso');
    const signedOut = fixture.registry.signOut('contoso');
    assert.equal(before.isDisposed, true, 'it must not be used while the secret is being deleted');
    await signedOut;
  });

  test('does not bring back an account that is gone by now', async () => {
    const fixture = new Fixture([contoso]);
    const signedOut = fixture.registry.signOut('contoso');
    fixture.reload([fabrikam]);
    await signedOut;
    assert.deepEqual(names(fixture.registry), ['fabrikam']);
    assert.equal(fixture.storage.items.size, 0);
  });
});

describe('what is kept of an endpoint', () => {
  test('is given to the next client of the same account', async () => {
    const fixture = new Fixture([contoso, fabrikam]);
    (await fixture.use('contoso')).context.endpointCache.save('kept');
    fixture.restart();
    assert.equal((await fixture.use('contoso')).context.endpointCache.load(), 'kept');
    assert.equal((await fixture.use('fabrikam')).context.endpointCache.load(), undefined);
  });

  test('is not taken from where earlier versions kept it, and does not stay there', async () => {
    const fixture = new Fixture([contoso]);
    fixture.state.items.set('mediaServices.endpoint.contoso', 'former');
    assert.equal((await fixture.use('contoso')).context.endpointCache.load(), undefined);
    assert.equal(fixture.state.items.size, 0);
    fixture.state.items.set('mediaServices.endpoint.contoso', 'former');
    await fixture.registry.forget('contoso');
    assert.equal(fixture.state.items.has('mediaServices.endpoint.contoso'), false);
  });

  test('can be dropped by the client', async () => {
    const fixture = new Fixture([contoso]);
    const { endpointCache } = (await fixture.use('contoso')).context;
    endpointCache.save('kept');
    endpointCache.save(undefined);
    assert.equal(endpointCache.load(), undefined);
  });
});

describe('what is kept of signing out', () => {
  for (const stored of [null, 'contoso', 7, { contoso: true }, [7, null, 'other']]) {
    test(`${JSON.stringify(stored)} signs nobody out`, async () => {
      const fixture = new Fixture([contoso]);
      fixture.state.items.set('mediaServices.signedOut', stored);
      await fixture.use('contoso');
    });
  }
});

describe("the emulator's account", () => {
  test('is there while the emulator runs, before the others, and is not in the settings', () => {
    const fixture = new Fixture([contoso]);
    fixture.registry.setEmulator(emulator);
    assert.deepEqual(names(fixture.registry), [emulatorAccountName, 'contoso']);
    assert.equal(fixture.account(emulatorAccountName).isEmulator, true);
    assert.equal(fixture.account(emulatorAccountName).secretKind, null);
    assert.deepEqual(fixture.registry.model.accounts[0], {
      name: emulatorAccountName,
      isEmulator: true,
      asksForSecret: false,
      capabilities: amsCapabilities,
    });
    assert.deepEqual(fixture.setting, [contoso]);
    fixture.registry.setEmulator(null);
    assert.deepEqual(names(fixture.registry), ['contoso']);
    assert.equal(fixture.changes, 2);
  });

  test('goes to the emulator, trusts its certificate and takes its secret from it', async () => {
    const fixture = new Fixture([]);
    fixture.registry.setEmulator(emulator);
    const { account, context } = await fixture.use(emulatorAccountName);
    assert.deepEqual(account, {
      name: emulatorAccountName,
      kind: 'ams',
      endpoint: emulator.root,
      authentication: {
        method: 'servicePrincipal',
        tenantId: emulator.tenantId,
        clientId: emulator.clientId,
        authorityHost: emulator.authorityHost,
        scope: undefined,
      },
      trustedHosts: [],
      ca: emulator.ca,
    });
    assert.equal(await context.getSecret(), emulator.clientSecret);
    assert.equal(fixture.storage.items.size, 0);
  });

  test('keeps its client while nothing about it changes', async () => {
    const fixture = new Fixture([contoso]);
    fixture.registry.setEmulator(emulator);
    const used = await fixture.use(emulatorAccountName);
    fixture.registry.setEmulator({ ...emulator });
    fixture.reload([fabrikam]);
    assert.equal(used.isDisposed, false);
  });

  for (const changes of [{ root: 'https://127.0.0.1:9/' }, { ca: 'PEM2' }, { clientSecret: 'another' }]) {
    test(`gets a new client for an emulator with another ${Object.keys(changes).join()}`, async () => {
      const fixture = new Fixture([]);
      fixture.registry.setEmulator(emulator);
      const used = await fixture.use(emulatorAccountName);
      fixture.registry.setEmulator({ ...emulator, ...changes });
      assert.equal(used.isDisposed, true);
      const renewed = await fixture.use(emulatorAccountName);
      assert.equal(await renewed.context.getSecret(), { ...emulator, ...changes }.clientSecret);
    });
  }

  test('of another name in the settings keeps its own', () => {
    const fixture = new Fixture([{ ...contoso, name: emulatorAccountName }]);
    assert.deepEqual(names(fixture.registry), []);
    fixture.registry.setEmulator(emulator);
    assert.equal(fixture.account(emulatorAccountName).config.endpoint, emulator.root);
  });

  test('signs out like any other, and starting the emulator signs in', async () => {
    const fixture = new Fixture([]);
    fixture.registry.setEmulator(emulator);
    await fixture.registry.signOut(emulatorAccountName);
    await assert.rejects(async () => fixture.use(emulatorAccountName), { kind: 'secretMissing' });
    fixture.registry.setEmulator(null);
    fixture.registry.setEmulator(emulator);
    await fixture.use(emulatorAccountName);
  });
});
