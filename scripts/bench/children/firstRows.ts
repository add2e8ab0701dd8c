/** Says how long it takes from showing the list to its first rows: in a process that has just started, and once more. */
import { createRequire } from 'node:module';
import { LazyJobsClient } from '../../../src/accounts/lazyJobsClient.ts';
import type { AmsAccount } from '../../../src/client/account.ts';
import type * as ClientBundle from '../../../src/client/clientBundle.ts';
import type * as IdentityBundle from '../../../src/client/identity.ts';
import { systemClock } from '../../../src/jobs/clock.ts';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { JobWatcher } from '../../../src/jobs/jobWatcher.ts';
import { TrackedJob } from '../../../src/jobs/trackedJob.ts';
import { MemoryLogin, ScriptedPrompts } from '../../../test/support/signInPrompts.ts';
import { inProject } from '../../lib/project.ts';

const { account, secret } = JSON.parse(process.argv[2] ?? '{}') as { account: AmsAccount; secret: string };
const require = createRequire(import.meta.url);
/** As packaged, and loaded when first needed, as in VS Code. */
const bundles = {
  client: (): typeof ClientBundle => require(inProject('dist', 'client.cjs')),
  identity: (): typeof IdentityBundle => require(inProject('dist', 'identity.cjs')),
};

async function firstRows(): Promise<number> {
  const store = new JobStore();
  const tracked = new TrackedJob(store, { load: () => undefined, save: () => undefined });
  const client = new LazyJobsClient(() =>
    bundles.client().createMediaServicesClient({
      account,
      clock: systemClock,
      env: {},
      getSecret: () => Promise.resolve(secret),
      prompts: new ScriptedPrompts(),
      memory: new MemoryLogin(),
      loadIdentity: bundles.identity,
      endpointCache: { load: () => undefined, save: () => undefined },
      onExchange: () => undefined,
    }),
  );
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const watcher = new JobWatcher({
    store,
    tracked,
    clock: systemClock,
    random: Math.random,
    settings: () => ({ automatic: true, listIntervalMs: 15_000, trackedIntervalMs: 5_000, pageSize: 50 }),
    onPollFailed: (_account, error) => reject(error),
  });
  watcher.setClients(new Map([[account.name, client]]));
  // The clock's timers do not keep this process alive.
  const alive = setInterval(() => undefined, 1000);
  try {
    const began = performance.now();
    store.onDidChange(({ added }) => {
      if (added.length > 0) {
        resolve(performance.now() - began);
      }
    });
    watcher.setListVisible(true);
    return await promise;
  } finally {
    clearInterval(alive);
    watcher.dispose();
    client.dispose();
    tracked.dispose();
  }
}

const cold = await firstRows();
const warm = await firstRows();
console.log(JSON.stringify({ cold, warm }));
