import { l10n } from 'vscode';
import { isJobArguments, isJobKey, jobFromArguments, jobsFromArguments } from './jobArguments.ts';
import { type ErrorResult, errorResult, showFailure } from './messages.ts';
import { pickJob } from './pickJob.ts';
import type { Services } from './services.ts';

/**
 * Track in Status Bar. Only a person's choice changes the tracked job, so a call with arguments checks that the job is
 * there and leaves the tracked one as it is.
 */
export async function trackJob(services: Services, node?: unknown, nodes?: unknown): Promise<ErrorResult | undefined> {
  const { store, tracked, watcher } = services;
  if (isJobArguments(node)) {
    try {
      await watcher.check(jobFromArguments(node, services));
      return undefined;
    } catch (error) {
      return errorResult(error);
    }
  }
  const key = isJobKey(node)
    ? node
    : (jobsFromArguments(node, nodes, services)[0] ??
      (await pickJob(services, { title: l10n.t('Track in Status Bar'), pasted: l10n.t('Track this job') })));
  if (key) {
    try {
      if (!store.get(key)) {
        await watcher.check(key);
      }
      tracked.track(key);
    } catch (error) {
      void showFailure(error, key.account);
    }
  }
  return undefined;
}

/** Lets go of a tracked job of an account that a person leaves, so that nothing of it is kept. */
export function stopTrackingIn(account: string, { tracked }: Pick<Services, 'tracked'>): void {
  if (tracked.job?.account === account) {
    tracked.stop();
  }
}
