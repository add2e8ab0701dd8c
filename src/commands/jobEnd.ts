import * as vscode from 'vscode';
import type { Job } from '../jobs/job.ts';
import { formatCount } from '../views/format.ts';
import { jobDescription, jobTitle } from '../views/jobPresentation.ts';
import { jobsViewId } from '../views/lazyJobsTree.ts';
import { safeMessage } from './messages.ts';
import type { Services } from './services.ts';

/** Says how a job ended, without making the caller wait for the message to be read. */
export function showJobEnd(services: Pick<Services, 'presentation' | 'view'>, job: Job): void {
  const { l10n, window } = vscode;
  const text = safeMessage(`${jobTitle(job)}: ${jobDescription(job, services.presentation())}`);
  const show = l10n.t('Show in Jobs Panel');
  const shown = job.state === 'Error' ? window.showErrorMessage(text, show) : window.showInformationMessage(text, show);
  void shown.then((choice) => (choice === show ? services.view.reveal(job) : undefined));
}

/** More messages than this at a time hide one another; then one says it of all. */
const mostMessages = 3;

/** Says how jobs ended that ended at the same time, or of which that was found out at the same time. */
export function showJobEnds(services: Pick<Services, 'presentation' | 'view'>, jobs: readonly Job[]): void {
  if (jobs.length <= mostMessages) {
    for (const job of jobs) {
      showJobEnd(services, job);
    }
    return;
  }
  const { commands, l10n, window } = vscode;
  const count = (state: Job['state']): string =>
    formatCount(jobs.filter((job) => job.state === state).length, services.presentation().locale);
  const text = l10n.t(
    'Several jobs have ended. Finished: {0}. Failed: {1}. Canceled: {2}.',
    count('Finished'),
    count('Error'),
    count('Canceled'),
  );
  const show = l10n.t('Show Jobs');
  const hasFailed = jobs.some(({ state }) => state === 'Error');
  const shown = hasFailed ? window.showWarningMessage(text, show) : window.showInformationMessage(text, show);
  void shown.then((choice) => (choice === show ? commands.executeCommand(`${jobsViewId}.focus`) : undefined));
}
