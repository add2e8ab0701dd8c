import { accountFromNode } from './accountArguments.ts';
import { showFailure } from './messages.ts';
import type { Services } from './services.ts';

/** Refresh Jobs: of one account where a row or a name says so, else of all. A person hears when it did not work. */
export async function refreshJobs(services: Services, node?: unknown): Promise<void> {
  const { watcher, store, view, accounts } = services;
  const account = accountFromNode(node, services);
  await view.withProgress(() => watcher.refresh(account));
  const names = account === undefined ? accounts.accounts.map(({ name }) => name) : [account];
  for (const name of names) {
    const status = store.status(name);
    if (status.state === 'failed') {
      void showFailure(status.error, name);
      return;
    }
  }
}
