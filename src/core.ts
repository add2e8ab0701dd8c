import * as vscode from 'vscode';
import { createBackground, sharedAccounts, withFormerTrackedJob } from './accounts/background.ts';
import type { Bundles } from './accounts/clientFactory.ts';
import { createAccounts } from './accounts/createAccounts.ts';
import { logFailure, logProblems } from './accounts/problemLog.ts';
import { onDidChangeSettings, watchSettings, windowNotices } from './accounts/settings.ts';
import type * as CommandsBundle from './commands/commands.ts';
import type { UseCommands } from './commands/registerEntrances.ts';
import type { Services } from './commands/services.ts';
import { systemClock as clock } from './jobs/clock.ts';
import type { Job } from './jobs/job.ts';
import { JobEnds } from './jobs/jobEnds.ts';
import { JobRows } from './jobs/jobRows.ts';
import { JobStore } from './jobs/jobStore.ts';
import { JobWatcher } from './jobs/jobWatcher.ts';
import { once } from './jobs/lifecycle.ts';
import { TrackedJob } from './jobs/trackedJob.ts';
import type { JobsTree } from './views/jobsTree.ts';
import { JobsView, type PanelParts } from './views/jobsView.ts';
import { LazyEditors } from './views/lazyEditors.ts';
import type { Panel } from './views/panel.ts';
import { PanelChoices } from './views/panelChoices.ts';
import { presentationBy } from './views/presentationBy.ts';
import { TrackedJobItem } from './views/trackedJobItem.ts';
import { followWindowFocus } from './views/windowFocus.ts';

/** What tests inside VS Code reach; nobody else gets anything. */
export type TestApi = Services & { readonly statusBarItem: TrackedJobItem; readonly context: vscode.ExtensionContext };

/** What stands behind the commands and the panel that VS Code knows since its start. */
export interface Core {
  readonly tree: JobsTree;
  readonly testApi: TestApi;
  readonly useCommands: UseCommands;
}

/** Builds the parts and wires them. Nothing here waits, asks a service or reads a file. */
export function start(context: vscode.ExtensionContext, panelParts: PanelParts): Core {
  const add = <T extends vscode.Disposable>(item: T): T => {
    context.subscriptions.push(item);
    return item;
  };
  const log = add(vscode.window.createOutputChannel('Media Services Jobs', { log: true }));
  const commands = (): typeof CommandsBundle => require('./commands.cjs');
  const presentation = presentationBy(clock, (account) => accounts.get(account)?.capabilities);
  const { shared, emulator, createPoller, history, logExchange } = add(
    createBackground({
      load: () => require('./watch.cjs'),
      storage: context.globalStorageUri.fsPath,
      emulator: context.asAbsolutePath('dist/emulator.cjs'),
      clock,
      log: (message) => log.info(message),
    }),
  );

  const store = add(new JobStore());
  const tracked = add(new TrackedJob(store, withFormerTrackedJob(shared.tracked, context.globalState), clock));
  const loaded = { client: () => require('./client.cjs'), identity: () => require('./identity.cjs') };
  const bundles: Bundles = { ...loaded, prompts: () => commands().prompts };
  const accounts = add(createAccounts({ context, bundles, files: shared, clock, log, store, logExchange }));
  const onPollFailed = (account: string, error: Error): void => logFailure(log, account, error);
  const { filter, grouping } = add(new PanelChoices(context.workspaceState));
  const rows = add(new JobRows(store, filter, tracked));
  const known = { store, rows, filter, grouping, tracked, clock };
  const asking = { random: Math.random, settings: watchSettings, createPoller, onPollFailed };
  const watcher = add(new JobWatcher({ ...known, ...asking, ...sharedAccounts(accounts, shared) }));
  const panel = once<Panel>(() => require('./panel.cjs').createPanel(store, presentation, add));
  const seen = { ...known, settings: watchSettings, accounts: () => accounts.model, context: presentation, panel };
  const view = add(new JobsView({ ...seen, watcher }, panelParts));
  const statusBarItem = add(new TrackedJobItem(seen));
  const tabs = { ...panelParts, details: () => require('./details.cjs') };
  const tab = { ...seen, watcher, extension: context, history: () => history(store) };
  const editors = add(new LazyEditors(tabs, { ...tab, onAccountsChanged: accounts.onDidChange }));
  const foldRequests = add(new vscode.EventEmitter<unknown>());
  const others = { log, presentation, foldRequests, editors, client: bundles.client };
  const told = { ...windowNotices, announce: (jobs: readonly Job[]) => commands().announceEnds(services, jobs) };
  const ends = add(new JobEnds({ ...known, ...told, claim: shared.claim }));
  const services: Services = { ...known, ...others, ends, watcher, accounts, emulator, view };

  const accountsChanged = (): void => {
    logProblems(log, accounts.problems);
    watcher.setClients(accounts.clients);
    view.accountsChanged();
    statusBarItem.accountsChanged();
  };
  add(accounts.onDidChange(accountsChanged));
  accountsChanged();
  add(emulator.onDidChange((running) => accounts.setEmulator(running)));
  add(onDidChangeSettings(() => accounts.reload()));
  add(onDidChangeSettings(() => watcher.settingsChanged()));
  add(followWindowFocus((focused) => watcher.setWindowFocused(focused)));
  // Looking for a running emulator and for what other windows track reads files, so it comes after activation.
  add(clock.setTimeout(() => void Promise.all([tracked.restore(), emulator.watch()]), 0));
  return {
    tree: view.tree,
    testApi: { ...services, statusBarItem, context },
    useCommands: (use) => use(commands(), services),
  };
}
