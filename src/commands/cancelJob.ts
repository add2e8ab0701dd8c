import { l10n } from 'vscode';
import { changeForCaller, changeJobs, chooseFor, isConfirmed } from './changeJobs.ts';
import type { JobRequest } from './changeRun.ts';
import { isJobArguments } from './jobArguments.ts';
import type { ErrorResult } from './messages.ts';
import type { Services } from './services.ts';

const cancel: JobRequest = (asked, jobId, signal) => asked.cancel(jobId, signal);

/** Cancel Job: of one row or of all selected ones, or of a job to be picked. A call with arguments is not asked back. */
export async function cancelJob(services: Services, node?: unknown, nodes?: unknown): Promise<ErrorResult | undefined> {
  if (isJobArguments(node)) {
    return await changeForCaller(services, node, () => cancel);
  }
  const purpose = { title: l10n.t('Cancel Job'), pasted: l10n.t('Cancel this job') };
  const chosen = await chooseFor(services, 'cancel', purpose, node, nodes);
  if (chosen && (await isConfirmed(services, 'cancel', chosen))) {
    await changeJobs(services, 'cancel', chosen.fitting, cancel);
  }
  return undefined;
}
