import * as vscode from 'vscode';
import type { Job } from '../jobs/job.ts';
import { jobDescription, jobTitle } from '../views/jobPresentation.ts';
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
