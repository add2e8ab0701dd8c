import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { SharedFolder } from '../../../src/accounts/sharedFolder.ts';
import type { ServiceKind } from '../../../src/client/account.ts';
import { capabilitiesOf } from '../../../src/client/capabilitiesOf.ts';
import { systemClock } from '../../../src/jobs/clock.ts';
import type { JobRecord, JobTask } from '../../../src/jobs/job.ts';
import { ServiceError } from '../../../src/jobs/serviceError.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../../host/temporaryFolder.ts';
import { FakeClock, settle } from '../../support/fakeClock.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';
import { Watching } from '../../support/watching.ts';

const kinds: readonly ServiceKind[] = ['ams', 'mkio', 'ravnur'];
const output: JobTask = jobTask(1, { id: 'output 1', progress: 40 });

/** The id of an account's only job, as its kind of service has it. */
const idIn = (kind: ServiceKind): string =>
  kind === 'ams' ? jobId(1) : `transforms/H.264 Multiple Bitrate (1080p)/jobs/Feature “Ñandú” 100 & more`;

/** A service whose one job runs, and comes with its tasks where those of the kind do. */
function clientOf(kind: ServiceKind): ScriptedClient {
  const client = new ScriptedClient();
  client.capabilities = capabilitiesOf(kind);
  const record: JobRecord & { readonly tasks?: readonly JobTask[] } = {
    ...jobRecord(1, { id: idIn(kind), name: `${kind} job` }),
    ...(client.capabilities.tasksWithJobs ? { tasks: [output] } : {}),
  };
  client.jobs = [record];
  client.tasks.set(record.id, [output]);
  return client;
}

describe('accounts of different kinds side by side', () => {
  let clock: FakeClock;
  let clients: Map<ServiceKind, ScriptedClient>;
  let watching: Watching;

  beforeEach(() => {
    clock = new FakeClock();
    clients = new Map(kinds.map((kind) => [kind, clientOf(kind)]));
    watching = new Watching({ clock, clients });
    watching.watcher.setListVisible(true);
  });
  afterEach(() => watching.dispose());

  const stateOf = (kind: ServiceKind) => watching.store.status(kind).state;
  const asked = (kind: ServiceKind): number => clients.get(kind)?.takeRequests().length ?? 0;

  it('are all watched, each with its progress', async () => {
    await clock.advance(20_000);
    for (const kind of kinds) {
      assert.equal(stateOf(kind), 'ready', kind);
      assert.equal(watching.store.get({ account: kind, id: idIn(kind) })?.progress, 40, kind);
    }
    assert.deepEqual(watching.failures, []);
  });

  for (const bad of kinds) {
    const others = kinds.filter((kind) => kind !== bad);

    it(`none of the others waits for ${bad} that does not answer, at first or later`, async () => {
      const client = clients.get(bad);
      assert.ok(client);
      const { promise, resolve } = Promise.withResolvers<void>();
      client.gate = promise;
      await clock.advance(1_000);
      for (const kind of others) {
        assert.equal(stateOf(kind), 'ready', kind);
        assert.equal(watching.names(kind)[0], `${kind} job`);
        asked(kind);
      }
      assert.equal(stateOf(bad), 'idle');
      await clock.advance(60_000);
      for (const kind of others) {
        assert.ok(asked(kind) >= 3, `${kind} is asked as often as ever`);
      }
      client.gate = null;
      resolve();
      await settle();
      await clock.advance(60_000);
      assert.equal(stateOf(bad), 'ready');
    });

    for (const [what, error] of [
      ['cannot be reached', new ServiceError('unreachable', 'No answer.')],
      ['asks to wait for an hour', new ServiceError('throttled', 'Too many.', { retryAfterMs: 3_600_000 })],
      ['is not signed in to', new ServiceError('secretMissing', 'Sign in.')],
    ] as const) {
      it(`none of the others is late or fails because ${bad} ${what}`, async () => {
        const client = clients.get(bad);
        assert.ok(client);
        client.failure = error;
        await clock.advance(120_000);
        const withFailure = Object.fromEntries(others.map((kind) => [kind, asked(kind)]));
        assert.equal(stateOf(bad), 'failed');
        for (const kind of others) {
          assert.equal(stateOf(kind), 'ready', kind);
        }

        const alone = new Map(others.map((kind) => [kind, clientOf(kind)]));
        const apart = new Watching({ clock, clients: alone });
        apart.watcher.setListVisible(true);
        await clock.advance(120_000);
        apart.dispose();
        for (const [kind, untroubled] of alone) {
          assert.equal(withFailure[kind], untroubled.requests.length, `${kind} is asked as often as without it`);
        }
      });
    }

    it(`a job of ${bad} can be the tracked one, and is asked for alone`, async () => {
      await clock.advance(1_000);
      watching.watcher.setListVisible(false);
      watching.tracked.track({ account: bad, id: idIn(bad) });
      kinds.forEach(asked);
      await clock.advance(30_000);
      assert.ok(asked(bad) >= 2);
      for (const kind of others) {
        assert.equal(asked(kind), 0, kind);
      }
      assert.equal(watching.tracked.job?.name, `${bad} job`);
      assert.equal(watching.tracked.job?.progress, 40);
    });
  }
});

describe('the tracked job of another kind', () => {
  let temporary: TemporaryFolder;

  beforeEach(async () => {
    temporary = await makeTemporaryFolder();
  });
  afterEach(() => temporary.dispose());

  for (const kind of kinds) {
    it(`of ${kind} is there again after a reload, id and all, before anything is asked`, async () => {
      const window = async <T>(use: (watching: Watching) => Promise<T>): Promise<T> => {
        const log: string[] = [];
        const shared = new SharedFolder({
          folder: path.join(temporary.path, 'windows'),
          clock: systemClock,
          log: (message) => log.push(message),
        });
        const clients = new Map([['mine', clientOf(kind)]]);
        const watching = new Watching({ clock: systemClock, clients, trackedStorage: shared.tracked });
        try {
          return await use(watching);
        } finally {
          watching.dispose();
          shared.dispose();
          assert.deepEqual(log, []);
        }
      };
      const key = { account: 'mine', id: idIn(kind) };
      await window(async ({ watcher, tracked }) => {
        await watcher.refresh();
        tracked.track(key);
        await untilSaved(path.join(temporary.path, 'windows', 'tracked.json'), key.id);
      });
      await window(async ({ tracked, watcher }) => {
        await tracked.restore();
        assert.deepEqual([tracked.job?.account, tracked.job?.id], [key.account, key.id]);
        assert.equal(tracked.job?.name, `${kind} job`);
        await watcher.refresh();
        assert.equal(tracked.job?.progress, 40);
      });
    });
  }
});

/** Waits until the file is written; that may take a moment, as windows agree about it. */
async function untilSaved(file: string, id: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await readFile(file, 'utf8').catch(() => '')).includes(JSON.stringify(id))) {
    assert.ok(Date.now() < deadline, 'the tracked job was never saved');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
