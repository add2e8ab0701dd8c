import * as vscode from 'vscode';
import { AccountRegistry } from './accounts/accountRegistry.ts';
import { AccountSecrets } from './accounts/accountSecrets.ts';
import { createBackground } from './accounts/background.ts';
import { clientFactory } from './accounts/clientFactory.ts';
import { logExchange } from './accounts/exchangeLog.ts';
import { logProblems } from './accounts/problemLog.ts';
import { accountsSetting, onDidChangeSettings, watchSettings, windowNotices } from './accounts/settings.ts';
import { type LoadCommands, registerCommands } from './commands/registerCommands.ts';
import type { Services } from './commands/services.ts';
import { systemClock as clock } from './jobs/clock.ts';
import type { Job } from './jobs/job.ts';
import { JobEnds } from './jobs/jobEnds.ts';
import { JobRows } from './jobs/jobRows.ts';
import { JobStore } from './jobs/jobStore.ts';
import { JobWatcher } from './jobs/jobWatcher.ts';
import { TrackedJob } from './jobs/trackedJob.ts';
import { JobDecorations } from './views/jobDecorations.ts';
import { JobsView } from './views/jobsView.ts';
import type { Panel } from './views/panel.ts';
import { PanelChoices } from './views/panelChoices.ts';
import { presentationBy } from './views/presentationBy.ts';
import { TrackedJobItem } from './views/trackedJobItem.ts';

/** What tests inside VS Code reach; nobody else gets anything. */
export type TestApi = Services & { readonly statusBarItem: TrackedJobItem };

/** Builds the parts and wires them. Nothing here waits, asks a service or reads a file. */
export function activate(context: vscode.ExtensionContext): TestApi | undefined {
  const add = <T extends vscode.Disposable>(item: T): T => {
    context.subscriptions.push(item);
    return item;
  };
  const { globalState, workspaceState, secrets, globalStorageUri, extension } = context;
  const log = add(vscode.window.createOutputChannel('Media Services Jobs', { log: true }));
  const commands: LoadCommands = () => require('./commands.cjs');
  const presentation = presentationBy(clock);
  const { shared, emulator, createPoller } = add(
    createBackground({
      load: () => require('./watch.cjs'),
      storage: globalStorageUri.fsPath,
      emulator: context.asAbsolutePath('dist/emulator.cjs'),
      clock,
      log: (message) => log.info(message),
    }),
  );

  const store = add(new JobStore());
  const tracked = add(new TrackedJob(store, shared.tracked, clock));
  const createClient = clientFactory({
    bundles: { client: () => require('./client.cjs'), identity: () => require('./identity.cjs') },
    clock,
    onExchange: (exchange) => {
      store.recordExchange(exchange);
      logExchange(log, exchange);
    },
    version: String(extension.packageJSON.version),
  });
  const kept = { secrets: new AccountSecrets(secrets), state: globalState, files: shared };
  const accounts = add(new AccountRegistry({ readSetting: accountsSetting, ...kept, createClient }));
  const onPollFailed = (account: string, error: Error): void => log.warn(`[${account}] ${error.message}`);
  const { filter, grouping } = add(new PanelChoices(workspaceState));
  const rows = add(new JobRows(store, filter, tracked));
  const known = { store, rows, filter, grouping, tracked, clock };
  const watcher = add(
    new JobWatcher({
      ...{ ...known, random: Math.random, settings: watchSettings, createPoller, onPollFailed },
      sharing: (account) => shared.account(account, accounts.fingerprintOf(account)),
    }),
  );

  const panel = (): Panel => require('./panel.cjs').panel;
  const seen = { ...known, accounts: () => accounts.model, context: presentation, panel };
  const view = add(new JobsView({ ...seen, watcher }));
  add(new JobDecorations(store, presentation));
  const statusBarItem = add(new TrackedJobItem(seen));
  const foldRequests = add(new vscode.EventEmitter<unknown>());
  const announce = (job: Job): void => commands().announceEnd(services, job);
  const ends = add(new JobEnds({ ...known, ...windowNotices, claim: shared.claim, announce }));
  const services: Services = { ...known, ends, watcher, accounts, emulator, view, log, presentation, foldRequests };
  add(registerCommands(services, commands));

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
  watcher.setWindowFocused(vscode.window.state.focused);
  add(vscode.window.onDidChangeWindowState(({ focused }) => watcher.setWindowFocused(focused)));
  // Looking for a running emulator and for what other windows track reads files, so it comes after activation.
  add(clock.setTimeout(() => void Promise.all([tracked.restore(), emulator.watch()]), 0));
  return context.extensionMode === vscode.ExtensionMode.Test ? { ...services, statusBarItem } : undefined;
}
