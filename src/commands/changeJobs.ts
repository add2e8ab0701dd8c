import * as vscode from 'vscode';
import { forEachParallel } from '../jobs/forEachParallel.ts';
import type { Job, JobKey } from '../jobs/job.ts';
import { errorText } from '../views/errorText.ts';
import { jobDescription, jobTitle } from '../views/jobPresentation.ts';
import { shortLine, withoutIcons } from '../views/text.ts';
import { ChangeRun, type JobRequest, maxParallelRequests, type Refusal } from './changeRun.ts';
import { focusedJobs, isFocusArgument } from './focusedJobs.ts';
import { type JobArguments, jobFromArguments, jobsFromArguments } from './jobArguments.ts';
import {
  type ChangeContext,
  type ChosenJobs,
  chooseJobs,
  fitsState,
  isPossible,
  type JobChange,
  nothingFitsText,
  questionBefore,
  underWayText,
  wordsOf,
} from './jobChanges.ts';
import { type ErrorResult, errorResult, showFailure } from './messages.ts';
import { type PickPurpose, pickJob } from './pickJob.ts';
import type { Services } from './services.ts';

/** What takes longer gets a message with which it can be stopped. */
const longMs = 2_000;
/** In characters. */
const longestReason = 1_000;

export function changeContext({ accounts, presentation }: Services): ChangeContext {
  return { ...presentation(), namesAccounts: accounts.accounts.length > 1 };
}

/** A change that another extension, a keybinding or a link asks for: no question, and no word but the result. */
export async function changeForCaller(
  services: Services,
  args: JobArguments,
  requestFor: (key: JobKey) => JobRequest,
): Promise<ErrorResult | undefined> {
  try {
    const key = jobFromArguments(args, services);
    const request = requestFor(key);
    await services.watcher.ask(key, (asked, signal) => request(asked, key.id, signal));
    return undefined;
  } catch (error) {
    return errorResult(error);
  }
}

/**
 * The jobs that a person means: rows, the selection, or one that is picked. Says so where the change fits none of them.
 * @returns `undefined` where there is nothing to do
 */
export async function chooseFor(
  services: Services,
  change: JobChange,
  purpose: PickPurpose,
  node: unknown,
  nodes: unknown,
): Promise<ChosenJobs | undefined> {
  const isByKey = isFocusArgument(node);
  const keys = isByKey ? await focusedJobs(services) : jobsFromArguments(node, nodes, services);
  // A key that is pressed on another row is for no job.
  const isMeant = isByKey || keys.length > 0;
  const jobs = await knownJobs(services, isMeant ? keys : await pickFor(services, change, purpose));
  const context = changeContext(services);
  const chosen = chooseJobs(change, jobs, context);
  if (chosen.fitting.length === 0) {
    if (jobs.length > 0) {
      void vscode.window.showInformationMessage(nothingFitsText(change, chosen, context));
    }
    return undefined;
  }
  return chosen;
}

async function pickFor(services: Services, change: JobChange, purpose: PickPurpose): Promise<readonly JobKey[]> {
  const { capabilitiesOf } = services.presentation();
  const fits = ({ account, state }: Job): boolean =>
    fitsState(change, state) && isPossible(change, capabilitiesOf(account));
  const key = await pickJob(services, { ...purpose, fits });
  return key ? [key] : [];
}

/** Asks for what is not known of jobs, or not any more, as of one in a tab; says so where the service has none. */
async function knownJobs({ store, watcher }: Services, keys: readonly JobKey[]): Promise<readonly Job[]> {
  const failures: (() => Promise<void>)[] = [];
  await forEachParallel(
    keys.filter((key) => !store.get(key)),
    maxParallelRequests,
    async (key) => {
      await watcher.check(key).catch((error) => failures.push(() => showFailure(error, key.account)));
    },
  );
  void failures[0]?.();
  return keys.flatMap((key) => store.get(key) ?? []);
}

/** One modal question, however many jobs. */
export async function isConfirmed(
  services: Services,
  change: Exclude<JobChange, 'changePriority'>,
  chosen: ChosenJobs,
): Promise<boolean> {
  const { message, detail, confirm, decline } = questionBefore(change, chosen, changeContext(services));
  const yes: vscode.MessageItem = { title: confirm };
  const no: vscode.MessageItem[] = decline === null ? [] : [{ title: decline, isCloseAffordance: true }];
  const choice = await vscode.window.showWarningMessage(message, { modal: true, detail }, yes, ...no);
  return choice === yes;
}

/** Changes jobs, a few at a time, and says how that went. What the service refuses does not keep it from the others. */
export async function changeJobs(
  services: Services,
  change: JobChange,
  jobs: readonly Job[],
  request: JobRequest,
): Promise<void> {
  const { clock, view } = services;
  const run = new ChangeRun(services, change, jobs, request);
  await view.withProgress(async () => {
    const work = run.run();
    const title = underWayText(change, jobs.length, changeContext(services));
    const timer = jobs.length > 1 ? clock.setTimeout(() => showProgress(run, work, jobs.length, title), longMs) : null;
    await work;
    timer?.dispose();
  });
  const news = run.news(changeContext(services));
  if (news) {
    const { text, refusal, each } = news;
    const { showInformationMessage, showWarningMessage } = vscode.window;
    if (refusal && refusal.error.kind !== 'aborted') {
      const list = { title: vscode.l10n.t('Show Each Job'), run: () => showRefusals(services, each) };
      void showFailure(refusal.error, refusal.job.account, text, each.length > 0 ? [list] : []);
    } else {
      void (refusal ? showWarningMessage(text) : showInformationMessage(text));
    }
  }
}

/** Each job that was not changed, with the service's own words; picking one opens its details. */
async function showRefusals(services: Services, refusals: readonly Refusal[]): Promise<void> {
  const { l10n, window } = vscode;
  const context = services.presentation();
  const items = refusals.map(({ job, error }) => ({
    label: withoutIcons(jobTitle(job)),
    description: withoutIcons(jobDescription(services.store.get(job) ?? job, context)),
    detail: withoutIcons(shortLine(errorText(wordsOf(error), l10n), longestReason)),
    job,
  }));
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Jobs that were not changed'),
    matchOnDetail: true,
  });
  if (picked) {
    services.editors.get().openDetails(picked.job);
  }
}

function showProgress(run: ChangeRun, work: Promise<void>, count: number, title: string): void {
  const { l10n, window, ProgressLocation } = vscode;
  void window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      // What is sent is sent: it is waited for, so that nobody is left to guess what became of it.
      token.onCancellationRequested(() => run.stop());
      let shown = 0;
      run.onStep = () => {
        const { over } = run;
        const increment = ((over - shown) / count) * 100;
        shown = over;
        progress.report({
          message: l10n.t('{0} of {1}. To stop leaves the others as they are.', over, count),
          increment,
        });
      };
      run.onStep();
      await work;
    },
  );
}
