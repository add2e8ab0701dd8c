import { accountFromNode } from './accountArguments.ts';
import { showFailureOf } from './messages.ts';
import type { Services } from './services.ts';

/** Refresh Jobs: of one account where a row or a name says so, else of all. A person hears when it did not work. */
export async function refreshJobs(services: Services, node?: unknown): Promise<void> {
  const { watcher, view, accounts } = services;
  const account = accountFromNode(node, services);
  await view.withProgress(() => watcher.refresh(account));
  view.sortRows(account);
  showFailureOf(account === undefined ? accounts.accounts.map(({ name }) => name) : [account], services);
}
