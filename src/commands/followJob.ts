import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { isSameJob, type Job } from '../jobs/job.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { jobDescription, jobTitle, stateLabel } from '../views/jobPresentation.ts';
import { besideLink } from './messages.ts';
import type { Services } from './services.ts';

/** After this long the message has done its work: the status bar goes on showing the job. */
const foldAfterMs = 60_000;

/**
 * Follows an active job in a progress message until it is final. The message can be canceled, continued in the status
 * bar by its link, and folds itself there after a minute; each of these ends the wait and leaves the job tracked.
 * @throws ServiceError `notFound` when the job goes, `aborted` when its account does.
 */
export async function followJob(services: Services, job: Job): Promise<void> {
  const { l10n } = vscode;
  const { store, tracked, watcher, clock, presentation } = services;
  // Several jobs may be followed at a time; the link says which message it is in.
  const follow = randomUUID();
  const linkArguments = encodeURIComponent(JSON.stringify([follow]));
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      // "Cancel" ends the message, not the job; the title must leave no doubt.
      title: l10n.t('Following {0}', besideLink(jobTitle(job))),
      cancellable: true,
    },
    async (progress, token) => {
      const dismissed = new AbortController();
      let percent = 0;
      const link = `[${l10n.t('Continue in Status Bar')}](command:mediaServices.continueInStatusBar?${linkArguments})`;
      const report = (current: Job): void => {
        const description = jobDescription(current, presentation());
        const state = stateLabel(current.state, presentation().l10n);
        const text = current.state === 'Processing' && description !== state ? `${state} ${description}` : description;
        const next = current.progress ?? percent;
        progress.report({ message: `${besideLink(text)} — ${link}`, increment: Math.max(0, next - percent) });
        percent = Math.max(percent, next);
      };
      const subscriptions = [
        token.onCancellationRequested(() => dismissed.abort()),
        services.foldRequests.event((carried) => {
          if (carried === follow) {
            tracked.track(job);
            dismissed.abort();
          }
        }),
        // Where another job is in the status bar by now, nothing would show how this one goes on.
        clock.setTimeout(() => (tracked.isTracked(job) ? dismissed.abort() : undefined), foldAfterMs),
        store.onDidChange(({ changed }) => {
          const mine = changed.find(({ after }) => isSameJob(after, job));
          if (mine) {
            report(mine.after);
          }
        }),
      ];
      report(job);
      try {
        await watcher.waitUntilFinal(job, dismissed.signal);
      } catch (error) {
        if (!(ServiceError.is(error) && error.kind === 'aborted' && dismissed.signal.aborted)) {
          throw error;
        }
      } finally {
        for (const subscription of subscriptions) {
          subscription.dispose();
        }
      }
    },
  );
}
