/** Says how long it takes from showing the list to its first rows: in a process that has just started, and once more. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LazyJobsClient } from '../../../src/accounts/lazyJobsClient.ts';
import type * as WatchBundle from '../../../src/accounts/watchBundle.ts';
import type { AmsAccount } from '../../../src/client/account.ts';
import { amsCapabilities } from '../../../src/client/ams/amsCapabilities.ts';
import type * as ClientBundle from '../../../src/client/clientBundle.ts';
import type * as IdentityBundle from '../../../src/client/identity.ts';
import { systemClock } from '../../../src/jobs/clock.ts';
import { MemoryLogin, ScriptedPrompts } from '../../../test/support/signInPrompts.ts';
import { Watching } from '../../../test/support/watching.ts';
import { inProject } from '../../lib/project.ts';

const { account, secret } = JSON.parse(process.argv[2] ?? '{}') as { account: AmsAccount; secret: string };
const require = createRequire(import.meta.url);
// VS Code has loaded these for itself long before.
for (const builtin of ['node:https', 'node:zlib', 'node:stream/web']) {
  require(builtin);
}
/** As packaged, and loaded when first needed, as in VS Code. */
const bundles = {
  watch: (): typeof WatchBundle => require(inProject('dist', 'watch.cjs')),
  client: (): typeof ClientBundle => require(inProject('dist', 'client.cjs')),
  identity: (): typeof IdentityBundle => require(inProject('dist', 'identity.cjs')),
};

async function firstRows(): Promise<number> {
  const client = new LazyJobsClient(amsCapabilities, () =>
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
  // With what a window has besides: other windows might have asked already, so it looks.
  const folder = mkdtempSync(join(tmpdir(), 'first-rows-'));
  const shared = { clock: systemClock, folder, log: console.error };
  const watching = new Watching({
    clock: systemClock,
    onPollFailed: reject,
    createPoller: (options) => bundles.watch().createPoller(options),
    sharing: (name) => bundles.watch().createSharedFolder(shared).account(name, 'bench'),
  });
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
    rmSync(folder, { recursive: true, force: true });
  }
}

const cold = await firstRows();
const warm = await firstRows();
console.log(JSON.stringify({ cold, warm }));
