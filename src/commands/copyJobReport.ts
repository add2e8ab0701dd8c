import * as vscode from 'vscode';
import { forEachParallel } from '../jobs/forEachParallel.ts';
import { isActive, type Job, type JobKey, jobKeyOf } from '../jobs/job.ts';
import { jobReport } from '../views/jobReport.ts';
import { forJobs, whileAsking } from './jobsToShow.ts';
import type { ErrorResult } from './messages.ts';
import type { Services } from './services.ts';

/** Jobs that are asked about at the same time. */
const mostAtOnce = 4;

/** Copy Job Report: Markdown for a ticket, of one job or of all selected ones. */
export function copyJobReport(services: Services, node?: unknown, nodes?: unknown): Promise<ErrorResult | undefined> {
  const { l10n } = vscode;
  const purpose = { title: l10n.t('Copy Job Report'), pasted: l10n.t('Copy a report of this job') };
  return forJobs(services, [node, nodes], purpose, (keys) => copyReport(services, keys));
}

/**
 * Puts a report of these jobs on the clipboard.
 * @throws ServiceError where one of them is not known and cannot be asked for
 */
export async function copyReport(services: Services, keys: readonly JobKey[]): Promise<void> {
  const { store, presentation } = services;
  const jobs = new Map<string, Job>();
  await whileAsking(() =>
    forEachParallel(keys, mostAtOnce, async (key) => {
      jobs.set(jobKeyOf(key), await reportedJob(key, services));
    }),
  );
  const reported = keys.flatMap((key) => {
    const job = jobs.get(jobKeyOf(key));
    return job ? [{ job, exchange: store.lastExchange(key) }] : [];
  });
  await vscode.env.clipboard.writeText(jobReport(reported, presentation()));
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('The report is on the clipboard.')}`, 5_000);
}

/** As the job is by now; where the service does not answer, as it was known last. */
async function reportedJob(key: JobKey, { store, watcher }: Services): Promise<Job> {
  const known = store.get(key);
  if (known && known.tasks !== null && !isActive(known)) {
    return known;
  }
  try {
    return await watcher.check(key);
  } catch (error) {
    if (known) {
      return known;
    }
    throw error;
  }
}
