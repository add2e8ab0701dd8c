import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { AccountRegistry, type ClientContext, type StateStorage } from '../../../src/accounts/accountRegistry.ts';
import { AccountSecrets } from '../../../src/accounts/accountSecrets.ts';
import { withFormerTrackedJob } from '../../../src/accounts/background.ts';
import { secretDestinationOf } from '../../../src/accounts/secretDestination.ts';
import { SharedFolder } from '../../../src/accounts/sharedFolder.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { TrackedJob } from '../../../src/jobs/trackedJob.ts';
import { PanelChoices } from '../../../src/views/panelChoices.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../../host/temporaryFolder.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { jobRecord } from '../../support/jobs.ts';
import { MemorySecrets } from '../../support/memorySecrets.ts';
import { MemoryTrackedStorage } from '../../support/memoryTrackedStorage.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';

const contoso = {
  name: 'Contoso',
  kind: 'ams' as const,
  endpoint: 'https://media.windows.net/',
  authentication: {
    method: 'servicePrincipal' as const,
    tenantId: 't',
    clientId: 'c',
    authorityHost: undefined,
    scope: undefined,
  },
  trustedHosts: [],
};

class MemoryState implements StateStorage {
  readonly items = new Map<string, unknown>();

  get = (key: string): unknown => this.items.get(key);

  update = (key: string, value: unknown): Promise<void> => {
    if (value === undefined) {
      this.items.delete(key);
    } else {
      this.items.set(key, JSON.parse(JSON.stringify(value)));
    }
    return Promise.resolve();
  };
}

/** A job as the first version kept it: all of it, and nothing of a pace, which there was not yet. */
const formerJob = { ...jobRecord(1), account: 'Contoso', tasks: null, progress: 40 };

let temporary: TemporaryFolder;
let clock: FakeClock;
let state: MemoryState;
let log: string[];

beforeEach(async () => {
  temporary = await makeTemporaryFolder();
  clock = new FakeClock(Date.now());
  state = new MemoryState();
  log = [];
});

afterEach(() => temporary.dispose());

/** A window after the update: what the person tracked by then. */
async function trackedIn(folder: SharedFolder): Promise<TrackedJob> {
  const tracked = new TrackedJob(new JobStore(), withFormerTrackedJob(folder.tracked, state), clock);
  await tracked.restore();
  return tracked;
}

function openFolder(): SharedFolder {
  return new SharedFolder({ folder: path.join(temporary.path, 'windows'), clock, log: (message) => log.push(message) });
}

describe('what the first version kept', () => {
  test('the tracked job is tracked on, and not kept there any more', async () => {
    state.items.set('mediaServices.trackedJob', formerJob);
    const folder = openFolder();
    const tracked = await trackedIn(folder);
    assert.equal(tracked.job?.name, 'Job 1');
    assert.equal(tracked.job?.progress, 40);
    assert.equal(tracked.isWatched, true);
    assert.equal(state.items.size, 0);
    tracked.dispose();
    folder.dispose();
  });

  test('does not take the place of a later choice', async () => {
    state.items.set('mediaServices.trackedJob', formerJob);
    const storage = new MemoryTrackedStorage();
    storage.stored = { chosenAt: 5, job: null };
    const tracked = new TrackedJob(new JobStore(), withFormerTrackedJob(storage, state), clock);
    await tracked.restore();
    assert.equal(tracked.job, null);
    assert.equal(state.items.size, 0);
    tracked.dispose();
  });

  for (const damaged of [null, 7, 'job', [], {}, { ...formerJob, state: 5 }, { ...formerJob, created: 1e300 }]) {
    test(`is dropped where it is damaged: ${JSON.stringify(damaged).slice(0, 40)}`, async () => {
      state.items.set('mediaServices.trackedJob', damaged);
      const tracked = new TrackedJob(new JobStore(), withFormerTrackedJob(new MemoryTrackedStorage(), state), clock);
      await tracked.restore();
      assert.equal(tracked.job, null);
      assert.equal(state.items.size, 0);
      tracked.dispose();
    });
  }

  test('the secret is used on, the endpoint is looked for again, and who had signed out stays so', async () => {
    const storage = new MemorySecrets();
    const secret = { secret: 's3cret', ...secretDestinationOf(contoso) };
    storage.items.set('mediaServices.secret.Contoso', JSON.stringify(secret));
    state.items.set('mediaServices.endpoint.Contoso', '{"configured":"https://x/","root":"https://y/"}');
    state.items.set('mediaServices.signedOut', ['Other']);
    const folder = openFolder();
    const contexts: ClientContext[] = [];
    const registry = new AccountRegistry({
      readSetting: () => [contoso, { ...contoso, name: 'Other' }],
      secrets: new AccountSecrets(storage),
      state,
      files: folder,
      createClient: (_account, context) => {
        contexts.push(context);
        return Object.assign(new ScriptedClient(), { signIn: () => Promise.resolve(), dispose: () => undefined });
      },
    });
    await registry.clients.get('Contoso')?.listJobs({}, { token: null, pageSize: 1 });
    assert.equal(await contexts[0]?.getSecret(), 's3cret');
    assert.equal(contexts[0]?.endpointCache.load(), undefined);
    assert.equal(registry.isSignedOut('Other'), true);
    assert.deepEqual([...state.items.keys()], ['mediaServices.signedOut']);
    registry.dispose();
    folder.dispose();
    assert.deepEqual(log, []);
  });

  test('the panel begins with everything, as there was nothing to choose', () => {
    const choices = new PanelChoices(state);
    assert.deepEqual([choices.filter.query, choices.grouping.by], [{}, 'none']);
    choices.dispose();
  });
});
