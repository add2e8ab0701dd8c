import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { AmsAuthentication } from '../../../src/client/account.ts';
import type { VscodeSessionRequest } from '../../../src/client/signInPrompts.ts';
import { requestVscodeToken } from '../../../src/client/vscodeToken.ts';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import { entraToken } from '../../support/emulatorRequests.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { MemoryLogin, ScriptedPrompts } from '../../support/signInPrompts.ts';
import { failure, jobId, makeClient } from './clientFixture.ts';

describe('signing in with the Microsoft account of VS Code', () => {
  let emulator: RunningEmulator;
  let prompts: ScriptedPrompts;
  let memory: MemoryLogin;

  before(async () => {
    emulator = await startEmulator({ arrivalsPerMinute: 0 });
  });
  after(() => emulator.close());
  beforeEach(() => {
    prompts = new ScriptedPrompts();
    memory = new MemoryLogin();
  });

  const connect = (changes: object = {}): ReturnType<typeof makeClient> =>
    makeClient({
      endpoint: emulator.root,
      authentication: { method: 'vscode', ...changes } as AmsAuthentication,
      prompts,
      memory,
      ca: emulator.ca,
    });
  const asked = (): VscodeSessionRequest['how'][] => prompts.sessionRequests.map(({ how }) => how);

  it('uses a session that is there, and asks nobody', async () => {
    const token = await entraToken(emulator);
    prompts.onSession = async () => token;
    const { client } = await connect();
    assert.equal((await client.testConnection(() => undefined)).endpoint, emulator.endpoint);
    assert.deepEqual(asked(), ['silent']);
    client.dispose();
  });

  for (const [what, changes, scopes] of [
    ['nothing', {}, ['https://rest.media.azure.net/.default']],
    ['a tenant', { tenantId: 't' }, ['https://rest.media.azure.net/.default', 'VSCODE_TENANT:t']],
    ['a client', { clientId: 'c' }, ['https://rest.media.azure.net/.default', 'VSCODE_CLIENT_ID:c']],
    ['everything', { tenantId: 't', clientId: 'c', scope: 's' }, ['s', 'VSCODE_TENANT:t', 'VSCODE_CLIENT_ID:c']],
  ] as const) {
    it(`asks for the scopes of an account that says ${what}`, async () => {
      const { client } = await connect(changes);
      await failure(client.getJob(jobId), 'secretMissing');
      assert.deepEqual(prompts.sessionRequests, [{ provider: 'microsoft', scopes, how: 'silent' }]);
      client.dispose();
    });
  }

  for (const [endpoint, provider, scope] of [
    ['https://media.windows.net/', 'microsoft', 'https://rest.media.azure.net/.default'],
    ['https://media.chinacloudapi.cn/', 'microsoft-sovereign-cloud', 'https://rest.media.chinacloudapi.cn/.default'],
    [
      'https://a12.restv2.usgovva.media.usgovcloudapi.net/',
      'microsoft-sovereign-cloud',
      'https://rest.media.usgovcloudapi.net/.default',
    ],
  ] as const) {
    it(`asks ${provider} for an account at ${endpoint}`, async () => {
      const request = {
        account: { endpoint },
        authentication: { method: 'vscode' },
        prompts,
        memory,
        clock: new FakeClock(),
        interactive: false,
      } as const;
      await failure(requestVscodeToken(request, new AbortController().signal), 'secretMissing');
      assert.deepEqual(prompts.sessionRequests, [{ provider, scopes: [scope], how: 'silent' }]);
    });
  }

  it('asks the person after a click alone', async () => {
    const token = await entraToken(emulator);
    let session: string | null = null;
    prompts.onSession = async ({ how }) => {
      session = how === 'silent' ? session : token;
      return session;
    };
    const { client } = await connect();
    await failure(client.getJob(jobId), 'secretMissing');
    await failure(client.listJobs({}, { token: null, pageSize: 1 }), 'secretMissing');
    assert.equal(prompts.askedPerson, 0);
    await client.signIn();
    assert.deepEqual(asked(), ['silent', 'silent', 'silent', 'ask']);
    await client.testConnection(() => undefined);
    assert.equal(prompts.askedPerson, 1);
    client.dispose();
  });

  it('forces a new session after a 401, but only on a click', async () => {
    const good = await entraToken(emulator);
    let session = 'eyJ0.refused.token';
    prompts.onSession = async ({ how }) => {
      session = how === 'askAnew' ? good : session;
      return session;
    };
    const first = await connect();
    const error = await failure(first.client.getJob(jobId), 'signIn');
    assert.equal(error.status, 401);
    await failure(first.client.getJob(jobId), 'signIn');
    assert.deepEqual(new Set(asked()), new Set(['silent']));
    first.client.dispose();

    // Signing in makes a new client; what was refused is known all the same.
    const second = await connect();
    await second.client.signIn();
    assert.equal(asked().at(-1), 'askAnew');
    assert.equal(prompts.askedPerson, 1);
    assert.equal((await second.client.testConnection(() => undefined)).endpoint, emulator.endpoint);
    second.client.dispose();
  });

  it('does not send a token twice that was refused', async () => {
    prompts.onSession = async () => 'eyJ0.refused.token';
    const { client, exchanges } = await connect();
    await failure(client.getJob(jobId), 'signIn');
    await failure(client.getJob(jobId), 'signIn');
    assert.equal(exchanges.filter(({ response }) => response?.status === 401).length, 1);
    client.dispose();
  });

  for (const [what, message, kind, expected] of [
    [
      'a refused pre-authorisation',
      'AADSTS65002: Consent between first party application and first party resource must be configured via preauthorization',
      'signIn',
      /does not let this application.*"clientId".*app registration of your own.*azureCli.*AADSTS65002/,
    ],
    ['a closed window', 'User did not consent to login.', 'aborted', /canceled/],
    ['a cancelled sign-in', 'Cancelled', 'aborted', /canceled/],
    ['anything else', 'Timed out waiting for\nprovider', 'signIn', /VS Code could not sign in: Timed out waiting/],
  ] as const) {
    it(`explains ${what}`, async () => {
      prompts.onSession = async ({ how }) => {
        if (how === 'silent') {
          return null;
        }
        throw new Error(message);
      };
      const { client } = await connect();
      assert.match((await failure(client.signIn(), kind)).message, expected);
      client.dispose();
    });
  }
});
