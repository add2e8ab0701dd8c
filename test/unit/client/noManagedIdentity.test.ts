import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { FakeClock } from '../../support/fakeClock.ts';
import { ScriptedServer } from '../../support/httpsServer.ts';
import { certificates, failure, jobId, makeClient } from './clientFixture.ts';

const variable = 'AZURE_POD_IDENTITY_AUTHORITY_HOST';
const authentication = { method: 'managedIdentity', clientId: '33333333-3333-4333-8333-333333333333' } as const;

describe('a machine without a managed identity', () => {
  let service: ScriptedServer;

  // MSAL reads the address once in a process, so these are not beside the tests of a machine that has one.
  before(async () => {
    service = await ScriptedServer.start(() => undefined, await certificates());
    process.env[variable] = service.origin();
  });
  after(async () => {
    delete process.env[variable];
    await service.stop();
  });

  it('is told where it would work, when nothing answers', async () => {
    service.handler = (_request, response) => {
      response.destroy();
      return undefined;
    };
    const { client } = await makeClient({ endpoint: service.origin(), authentication });
    const error = await failure(client.getJob(jobId), 'unreachable');
    assert.match(error.message, /only where the extension runs on the Azure machine/);
    client.dispose();
  });

  it('does not wait for ever for an address that leads nowhere', async () => {
    service.handler = () => undefined;
    const clock = new FakeClock();
    const { client } = await makeClient({ endpoint: service.origin(), authentication, clock });
    const pending = failure(client.getJob(jobId), 'unreachable');
    while (clock.pendingTimers === 0) {
      await clock.advance(0);
    }
    await clock.advance(10_000);
    assert.match((await pending).message, /only where the extension runs on the Azure machine/);
    client.dispose();
  });
});
