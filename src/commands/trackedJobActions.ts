import * as vscode from 'vscode';
import { isFinalState } from '../jobs/job.ts';
import { jobDescription, jobTitle } from '../views/jobPresentation.ts';
import { plainLine } from '../views/text.ts';
import { checkJobProgress } from './checkJobProgress.ts';
import { copyJobId } from './copyJobId.ts';
import type { Services } from './services.ts';

interface Action extends vscode.QuickPickItem {
  run(): Promise<unknown>;
}

/** What a click on the status bar item offers. A final state has been seen then, and gives its place free. */
export async function trackedJobActions(services: Services): Promise<void> {
  const { l10n } = vscode;
  const { editors, tracked, view } = services;
  const job = tracked.job;
  if (!job) {
    return;
  }
  const node = view.tree.nodeOf(job);
  const final = isFinalState(job.state);
  const actions: Action[] = [
    { label: `$(open-preview) ${l10n.t('Open Job Details')}`, run: async () => editors.get().openDetails(job) },
    { label: `$(json) ${l10n.t('Open Job JSON')}`, run: () => editors.get().openDocument('json', job) },
    { label: `$(list-tree) ${l10n.t('Show in Jobs Panel')}`, run: () => view.reveal(job) },
    {
      label: `$(sync) ${l10n.t('Check Job Progress')}`,
      run: () => checkJobProgress(services, node ?? { type: 'job', ...job }),
    },
    { label: `$(copy) ${l10n.t('Copy Job Id')}`, run: () => copyJobId(services, node ?? { type: 'job', ...job }) },
    { label: `$(search) ${l10n.t('Track Another Job…')}`, run: async () => trackAnother() },
    ...(final ? [] : [{ label: `$(pinned) ${l10n.t('Stop Tracking')}`, run: async () => tracked.stop() }]),
  ];
  const chosen = await vscode.window.showQuickPick(actions, {
    title: plainLine(jobTitle(job)),
    placeHolder: jobDescription(job, services.presentation()),
  });
  if ((final || tracked.isGone) && tracked.isTracked(job)) {
    tracked.stop();
  }
  await chosen?.run();
}

async function trackAnother(): Promise<void> {
  await vscode.commands.executeCommand('mediaServices.checkJobProgress');
}
