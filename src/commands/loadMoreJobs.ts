import { accountFromNode } from './accountArguments.ts';
import { showFailureOf } from './messages.ts';
import type { Services } from './services.ts';

/** Load More Jobs: one more page of an account. A person hears when it did not come. */
export async function loadMoreJobs(services: Services, argument?: unknown): Promise<void> {
  const { view, watcher } = services;
  const account = accountFromNode(argument, services);
  if (account === undefined) {
    return;
  }
  await view.withProgress(() => watcher.loadMore(account));
  showFailureOf([account], services);
}
