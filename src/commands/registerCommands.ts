import * as vscode from 'vscode';

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
  'openJob',
  'openRow',
  'openJobJson',
  'showExchange',
  'copyExchange',
  'refreshDocument',
  'copyJobReport',
  'cancelJob',
  'deleteJob',
  'changeJobPriority',
  'exportJobs',
  'copyJobId',
  'copyJobLink',
  'showLog',
  'loadMoreJobs',
  'explainFailure',
  'trackedJobActions',
  'revealTrackedJob',
  'openTrackedJob',
  'openTrackedJobJson',
  'checkTrackedJob',
  'followLink',
  'continueInStatusBar',
] as const;

export type CommandName = (typeof commandNames)[number];

/** Registers all commands. */
export function registerCommands(run: (name: CommandName, args: readonly unknown[]) => unknown): vscode.Disposable {
  return vscode.Disposable.from(
    ...commandNames.map((name) =>
      vscode.commands.registerCommand(`mediaServices.${name}`, (...args: unknown[]) => run(name, args)),
    ),
  );
}
