import { l10n } from 'vscode';
import { isJobArguments, jobFromArguments, jobsFromArguments } from './jobArguments.ts';
import { type ErrorResult, errorResult } from './messages.ts';
import { pickJob } from './pickJob.ts';
import type { Services } from './services.ts';

/** More tabs than this at once are a slip of the hand. */
const mostTabs = 10;

/**
 * Open Job Details: of one row or of all selected ones, or of a job to be picked.
 */
export async function openJob(services: Services, node?: unknown, nodes?: unknown): Promise<ErrorResult | undefined> {
  const { editors } = services;
  if (isJobArguments(node)) {
    try {
      editors.get().openDetails(jobFromArguments(node, services));
    } catch (error) {
      return errorResult(error);
    }
    return undefined;
  }
  const keys = jobsFromArguments(node, nodes, services);
  const purpose = { title: l10n.t('Open Job Details'), pasted: l10n.t('Open the details of this job') };
  const picked = keys.length > 0 ? keys : [await pickJob(services, purpose)];
  for (const key of picked.slice(0, mostTabs)) {
    if (key) {
      editors.get().openDetails(key);
    }
  }
  return undefined;
}
