/** Says how long it takes from showing the list to its first rows: in a process that has just started, and once more. */
import { createRequire } from 'node:module';
import { LazyJobsClient } from '../../../src/accounts/lazyJobsClient.ts';
import type { AmsAccount } from '../../../src/client/account.ts';
import type * as ClientBundle from '../../../src/client/clientBundle.ts';
import type * as IdentityBundle from '../../../src/client/identity.ts';
import { systemClock } from '../../../src/jobs/clock.ts';
import { MemoryLogin, ScriptedPrompts } from '../../../test/support/signInPrompts.ts';
import { inProject } from '../../lib/project.ts';
import { startWatching } from '../support/watching.ts';

const { account, secret } = JSON.parse(process.argv[2] ?? '{}') as { account: AmsAccount; secret: string };
const require = createRequire(import.meta.url);
/** As packaged, and loaded when first needed, as in VS Code. */
const bundles = {
  client: (): typeof ClientBundle => require(inProject('dist', 'client.cjs')),
  identity: (): typeof IdentityBundle => require(inProject('dist', 'identity.cjs')),
};

async function firstRows(): Promise<number> {
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
  const watching = startWatching({ clock: systemClock, onPollFailed: reject });
  const { store, watcher } = watching;
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
    watching.dispose();
    client.dispose();
  }
}

const cold = await firstRows();
const warm = await firstRows();
console.log(JSON.stringify({ cold, warm }));
