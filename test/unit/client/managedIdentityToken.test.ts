import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import { countLiveObjects } from '../../support/liveObjects.ts';
import { type Fixture, failure, jobId, makeClient } from './clientFixture.ts';

const variable = 'AZURE_POD_IDENTITY_AUTHORITY_HOST';

describe('signing in with a managed identity', () => {
  let emulator: RunningEmulator;
  // MSAL reads the address once in a process, so it is the same for all that happens here.
  before(async () => {
    emulator = await startEmulator({ arrivalsPerMinute: 0 });
  });
  after(async () => {
    delete process.env[variable];
    await emulator.close();
  });

  const connect = (clientId?: string): Promise<Fixture> => {
    process.env[variable] = emulator.authorityHost.replace(/\/$/, '');
    const authentication = { method: 'managedIdentity', clientId } as const;
    return makeClient({ endpoint: emulator.root, authentication, ca: emulator.ca });
  };

  it("takes the machine's own identity", async () => {
    const fixture = await connect();
    assert.equal((await fixture.client.testConnection(() => undefined)).endpoint, emulator.endpoint);
    assert.equal(fixture.identity, emulator.clientId);
    fixture.client.dispose();
  });

  it('takes the identity that the account names', async () => {
    const fixture = await connect(emulator.clientId);
    assert.equal((await fixture.client.testConnection(() => undefined)).endpoint, emulator.endpoint);
    fixture.client.dispose();
  });

  it('leaves no connection behind: the next sign-in is hours away', async () => {
    for (let signIns = 0; signIns < 3; signIns++) {
      const fixture = await connect();
      await fixture.client.testConnection(() => undefined);
      fixture.client.dispose();
    }
    // The other ends of closed connections are heard of in turns of their own.
    await delay(500);
    assert.equal(countLiveObjects().sockets, 0);
  });

  it('explains an identity that the machine does not have', async () => {
    const fixture = await connect('22222222-2222-4222-8222-222222222222');
    const error = await failure(fixture.client.getJob(jobId), 'signIn');
    assert.match(error.message, /does not have that managed identity.*client id.*only where the extension runs/);
    fixture.client.dispose();
  });
});
