import * as vscode from 'vscode';
import type { Job } from '../jobs/job.ts';
import { formatCount } from '../views/format.ts';
import { jobDescription, jobTitle } from '../views/jobPresentation.ts';
import { jobsViewId } from '../views/lazyJobsTree.ts';
import { withReason } from './endReason.ts';
import { safeMessage } from './messages.ts';
import type { Services } from './services.ts';

interface Button {
  readonly title: string;
  run(): unknown;
}

type EndServices = Pick<Services, 'presentation' | 'editors' | 'watcher' | 'clock'>;

/** Says how a job ended, without making the caller wait for the message to be read. */
export function showJobEnd(services: EndServices, job: Job): void {
  void showEnd(services, job, []);
}

async function showEnd(services: EndServices, ended: Job, more: readonly Button[]): Promise<void> {
  const { commands, l10n } = vscode;
  const { presentation, editors } = services;
  const job = await withReason(services, ended);
  const text = safeMessage(`${jobTitle(job)}: ${jobDescription(job, presentation())}`);
  const { account, id } = job;
  const details: Button = { title: l10n.t('Show Details'), run: () => editors.get().openDetails({ account, id }) };
  const report: Button = {
    title: l10n.t('Copy Report'),
    run: () => commands.executeCommand('mediaServices.copyJobReport', { account, jobId: id }),
  };
  const hasFailed = job.state === 'Error';
  show(hasFailed ? 'error' : 'information', text, [details, ...(hasFailed ? [report] : []), ...more]);
}

/** More messages than this at a time hide one another; then one says it of all. */
const mostMessages = 3;

/** Says how jobs ended that nobody waited for, and that ended or turned out to have ended at the same time. */
export function showJobEnds(services: EndServices, jobs: readonly Job[]): void {
  const { commands, l10n } = vscode;
  // Who did not ask for a message is told with each how to have fewer.
  const settings: Button = {
    title: l10n.t('Notification Settings'),
    run: () => commands.executeCommand('workbench.action.openSettings', 'mediaServices.notifications'),
  };
  if (jobs.length <= mostMessages) {
    for (const job of jobs) {
      void showEnd(services, job, [settings]);
    }
    return;
  }
  const count = (state: Job['state']): string =>
    formatCount(jobs.filter((job) => job.state === state).length, services.presentation().locale);
  const text = l10n.t(
    'Several jobs have ended. Finished: {0}. Failed: {1}. Canceled: {2}.',
    count('Finished'),
    count('Error'),
    count('Canceled'),
  );
  const jobsPanel: Button = {
    title: l10n.t('Show Jobs'),
    run: () => commands.executeCommand(`${jobsViewId}.focus`),
  };
  show(jobs.some(({ state }) => state === 'Error') ? 'warning' : 'information', text, [jobsPanel, settings]);
}

function show(severity: 'information' | 'warning' | 'error', text: string, buttons: readonly Button[]): void {
  const { showErrorMessage, showInformationMessage, showWarningMessage } = vscode.window;
  const showMessage = { information: showInformationMessage, warning: showWarningMessage, error: showErrorMessage };
  const shown = showMessage[severity](text, ...buttons.map(({ title }) => title));
  void shown.then((choice) => buttons.find(({ title }) => title === choice)?.run());
}
