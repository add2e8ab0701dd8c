import { type WindowPrompts, windowPrompts } from '../accounts/windowPrompts.ts';
import type { Job } from '../jobs/job.ts';
import { shortLine } from '../views/text.ts';
import { addAccount } from './addAccount.ts';
import { cancelJob } from './cancelJob.ts';
import { changeJobPriority } from './changeJobPriority.ts';
import { checkJobProgress } from './checkJobProgress.ts';
import { copyExchange } from './copyExchange.ts';
import { copyJobId } from './copyJobId.ts';
import { copyJobLink } from './copyJobLink.ts';
import { copyJobReport } from './copyJobReport.ts';
import { deleteJob } from './deleteJob.ts';
import { editAccount } from './editAccount.ts';
import { explainFailure } from './explainFailure.ts';
import { exportJobs } from './exportJobs.ts';
import { filterJobs } from './filterJobs.ts';
import { followLink } from './followLink.ts';
import { groupJobs } from './groupJobs.ts';
import { isJobArguments } from './jobArguments.ts';
import { showJobEnds } from './jobEnd.ts';
import { invokeTool, prepareTool } from './languageModelTools.ts';
import { listJobs } from './listJobs.ts';
import { loadMoreJobs } from './loadMoreJobs.ts';
import { showFailure } from './messages.ts';
import { openAccountSettings } from './openAccountSettings.ts';
import { openJob } from './openJob.ts';
import { openJobJson } from './openJobJson.ts';
import { openRow } from './openRow.ts';
import { openUri } from './openUri.ts';
import { refreshDocument } from './refreshDocument.ts';
import { refreshJobs } from './refreshJobs.ts';
import type { CommandName } from './registerCommands.ts';
import { removeAccount } from './removeAccount.ts';
import type { Services } from './services.ts';
import { showExchange } from './showExchange.ts';
import { signIn } from './signIn.ts';
import { signOut } from './signOut.ts';
import { startEmulator } from './startEmulator.ts';
import { testConnection } from './testConnection.ts';
import { trackedJobActions } from './trackedJobActions.ts';
import { trackJob } from './trackJob.ts';
import { trustHost } from './trustHost.ts';

/** The entry of the commands' bundle, which is loaded when the first command is run. */

type Command = (services: Services, ...args: unknown[]) => unknown;

/** Every command by the last part of its id. */
const commands: Readonly<Record<CommandName, Command>> = {
  addAccount,
  editAccount,
  removeAccount,
  testConnection,
  checkJobProgress,
  listJobs,
  trackJob,
  // Only a person's choice changes the tracked job, so a call that names a job changes nothing.
  stopTracking: ({ tracked }, argument) => (isJobArguments(argument) ? undefined : tracked.stop()),
  refreshJobs,
  filterJobs,
  // The same by another name, as the button looks different while a filter is on.
  changeFilter: filterJobs,
  clearFilter: ({ filter }) => filter.set({}),
  stopSearch: ({ watcher }) => watcher.stopSearch(),
  groupJobs,
  signIn,
  signOut,
  trustHost,
  openAccountSettings,
  startEmulator,
  stopEmulator: ({ emulator }) => emulator.stop(),
  openJob,
  openRow,
  openJobJson,
  showExchange,
  copyExchange,
  refreshDocument,
  copyJobReport,
  cancelJob,
  deleteJob,
  changeJobPriority,
  exportJobs,
  copyJobId,
  copyJobLink,
  showLog: ({ log }) => log.show(),
  loadMoreJobs,
  explainFailure,
  trackedJobActions,
  revealTrackedJob: ({ tracked, view }) => (tracked.job ? view.reveal(tracked.job) : undefined),
  openTrackedJob: ({ tracked, editors }) => (tracked.job ? editors.get().openDetails(tracked.job) : undefined),
  openTrackedJobJson: ({ tracked, editors }) =>
    tracked.job ? editors.get().openDocument('json', tracked.job) : undefined,
  checkTrackedJob: ({ tracked, watcher }) => (tracked.job ? watcher.check(tracked.job) : undefined),
  followLink,
  continueInStatusBar: ({ foldRequests }, follow) => foldRequests.fire(follow),
};

/** What signing in asks of the window; here, as it is not needed before somebody signs in. */
export const prompts: WindowPrompts = windowPrompts;

/** Tells a person how jobs ended that they did not wait for. */
export function announceEnds(services: Services, jobs: readonly Job[]): void {
  showJobEnds(services, jobs);
}

/** What comes in by other ways than commands: an address that the system opens, and tools of language models. */
export const entrances = { openUri, prepareTool, invokeTool };

/** Runs a command. What it throws is told to the person who ran it. */
export async function runCommand(name: CommandName, services: Services, args: readonly unknown[]): Promise<unknown> {
  try {
    return await commands[name](services, ...args);
  } catch (error) {
    services.log.error(`${name}: ${shortLine(error instanceof Error ? error.message : String(error), 1_000)}`);
    void showFailure(error, undefined);
    return undefined;
  }
}
