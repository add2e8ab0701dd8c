import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../jobs/lifecycle.ts';
import type * as CommandsBundle from './commands.ts';
import type { Services } from './services.ts';

/** The last parts of all commands' ids. What they do is in a bundle of its own, of which start-up needs nothing. */
const commandNames = [
  'addAccount',
  'editAccount',
  'removeAccount',
  'testConnection',
  'checkJobProgress',
  'listJobs',
  'trackJob',
  'stopTracking',
  'refreshJobs',
  'filterJobs',
  'changeFilter',
  'clearFilter',
  'stopSearch',
  'groupJobs',
  'signIn',
  'signOut',
  'trustHost',
  'openAccountSettings',
  'startEmulator',
  'stopEmulator',
  'copyJobId',
  'showLog',
  'loadMoreJobs',
  'explainFailure',
  'trackedJobActions',
  'revealTrackedJob',
  'checkTrackedJob',
  'continueInStatusBar',
] as const;

/** Gives the bundle with what commands do. */
export type LoadCommands = () => typeof CommandsBundle;

export type CommandName = (typeof commandNames)[number];

/** Registers all commands; the first that is run loads their bundle. */
export function registerCommands(services: Services, loadCommands: LoadCommands): Disposable {
  const disposables = new DisposableStore();
  for (const name of commandNames) {
    disposables.add(
      vscode.commands.registerCommand(`mediaServices.${name}`, (...args: unknown[]) =>
        loadCommands().runCommand(name, services, args),
      ),
    );
  }
  return disposables;
}
