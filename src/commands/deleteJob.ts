import { l10n } from 'vscode';
import { changeForCaller, changeJobs, chooseFor, isConfirmed } from './changeJobs.ts';
import type { JobRequest } from './changeRun.ts';
import { isFocusArgument, neighbourOf } from './focusedJobs.ts';
import { isJobArguments, isJobKey, jobFromArguments } from './jobArguments.ts';
import type { ErrorResult } from './messages.ts';
import type { Services } from './services.ts';

const remove: JobRequest = (asked, jobId, signal) => asked.delete(jobId, signal);

/** Delete Job: of one row or of all selected ones, or of a job to be picked. A call with arguments is not asked back. */
export async function deleteJob(services: Services, node?: unknown, nodes?: unknown): Promise<ErrorResult | undefined> {
  const { store, tracked, view } = services;
  if (isJobArguments(node)) {
    const result = await changeForCaller(services, node, () => remove);
    if (!result) {
      // Only a person's choice ends tracking.
      tracked.markGone(jobFromArguments(node, services));
    }
    return result;
  }
  const purpose = { title: l10n.t('Delete Job'), pasted: l10n.t('Delete this job') };
  const chosen = await chooseFor(services, 'delete', purpose, node, nodes);
  if (chosen && (await isConfirmed(services, 'delete', chosen))) {
    // Who was at the rows goes on from there; VS Code would leave the focus on none.
    const isInPanel = isJobKey(node) || isFocusArgument(node);
    const neighbour = isInPanel ? await neighbourOf(chosen.fitting, services) : null;
    await changeJobs(services, 'delete', chosen.fitting, remove);
    const gone = chosen.fitting.filter((job) => !store.get(job));
    gone.forEach((job) => {
      tracked.forget(job);
    });
    if (neighbour && gone.length > 0) {
      await view.reveal(neighbour, false);
    }
  }
  return undefined;
}
