import { l10n } from 'vscode';
import { changeForCaller, changeJobs, chooseFor, isConfirmed, type JobRequest } from './changeJobs.ts';
import { isJobArguments } from './jobArguments.ts';
import type { ErrorResult } from './messages.ts';
import type { Services } from './services.ts';

const remove: JobRequest = (asked, jobId, signal) => asked.delete(jobId, signal);

/** Delete Job: of one row or of all selected ones, or of a job to be picked. A call with arguments is not asked back. */
export async function deleteJob(services: Services, node?: unknown, nodes?: unknown): Promise<ErrorResult | undefined> {
  if (isJobArguments(node)) {
    return await changeForCaller(services, node, remove);
  }
  const purpose = { title: l10n.t('Delete Job'), pasted: l10n.t('Delete this job') };
  const chosen = await chooseFor(services, 'delete', purpose, node, nodes);
  if (chosen && (await isConfirmed(services, 'delete', chosen))) {
    await changeJobs(services, 'delete', chosen.fitting, remove);
    for (const job of chosen.fitting) {
      if (!services.store.get(job)) {
        services.tracked.forget(job);
      }
    }
  }
  return undefined;
}
