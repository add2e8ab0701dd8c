import * as vscode from 'vscode';
import type { Disposable } from '../jobs/lifecycle.ts';
import { DisposableStore } from '../jobs/lifecycle.ts';
import type { AccountSetup } from './accountSetup.ts';
import { checkJobProgress } from './checkJobProgress.ts';
import { copyJobId } from './copyJobId.ts';
import { explainFailure } from './explainFailure.ts';
import { isJobArguments } from './jobArguments.ts';
import { listJobs } from './listJobs.ts';
import { loadMoreJobs } from './loadMoreJobs.ts';
import { showFailure } from './messages.ts';
import { openAccountSettings } from './openAccountSettings.ts';
import { refreshJobs } from './refreshJobs.ts';
import type { Services } from './services.ts';
import { signOut } from './signOut.ts';
import { startEmulator } from './startEmulator.ts';
import { trackedJobActions } from './trackedJobActions.ts';
import { trackJob } from './trackJob.ts';

type Command = (services: Services, ...args: unknown[]) => unknown;

/** A command of the bundle for setting accounts up. */
function setUp(name: keyof AccountSetup): Command {
  return (services, argument) => services.loadAccountSetup()[name](services, argument);
}

/** Every command by the last part of its id. */
const commands: Readonly<Record<string, Command>> = {
  addAccount: setUp('addAccount'),
  editAccount: setUp('editAccount'),
  removeAccount: setUp('removeAccount'),
  testConnection: setUp('testConnection'),
  checkJobProgress,
  listJobs,
  trackJob,
  // Only a person's choice changes the tracked job, so a call that names a job changes nothing.
  stopTracking: ({ tracked }, argument) => (isJobArguments(argument) ? undefined : tracked.stop()),
  refreshJobs,
  signIn: setUp('signIn'),
  signOut,
  trustHost: setUp('trustHost'),
  openAccountSettings,
  startEmulator,
  stopEmulator: ({ emulator }) => emulator.stop(),
  copyJobId,
  showLog: ({ log }) => log.show(),
  loadMoreJobs,
  explainFailure,
  trackedJobActions,
  revealTrackedJob: ({ tracked, view }) => (tracked.job ? view.reveal(tracked.job) : undefined),
  checkTrackedJob: ({ tracked, watcher }) => (tracked.job ? watcher.check(tracked.job) : undefined),
  continueInStatusBar: ({ foldRequests }, follow) => foldRequests.fire(follow),
};

/** Registers all commands. What one throws is told to the person who ran it. */
export function registerCommands(services: Services): Disposable {
  const disposables = new DisposableStore();
  for (const [name, run] of Object.entries(commands)) {
    disposables.add(
      vscode.commands.registerCommand(`mediaServices.${name}`, async (...args: unknown[]) => {
        try {
          return await run(services, ...args);
        } catch (error) {
          services.log.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
          void showFailure(error, undefined);
          return undefined;
        }
      }),
    );
  }
  return disposables;
}
