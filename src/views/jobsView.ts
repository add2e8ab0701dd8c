import * as vscode from 'vscode';
import { isActive, type JobKey } from '../jobs/job.ts';
import { type Disposable, DisposableStore } from '../jobs/lifecycle.ts';
import { failureGroup } from './failure.ts';
import { formatLocalTime } from './format.ts';
import type { JobNode, JobsNode } from './jobNodes.ts';
import { JobsTree, type JobsTreeOptions } from './jobsTree.ts';
import { plainLine } from './text.ts';

export const jobsViewId = 'mediaServices.jobs';

/** Which of its states the panel is in, for the welcome texts and menus of the manifest. */
type ViewState = 'noAccount' | 'loading' | 'notSignedIn' | 'untrusted' | 'unreachable' | 'failed' | 'noJobs' | 'jobs';

/** The Jobs panel: the tree with all that VS Code shows around it. */
export class JobsView implements Disposable {
  readonly #options: JobsTreeOptions;
  readonly #disposables = new DisposableStore();
  readonly #tree: JobsTree;
  readonly #view: vscode.TreeView<JobsNode>;
  #state: ViewState | null = null;
  #emulatorRunning: boolean | null = null;

  constructor(options: JobsTreeOptions) {
    this.#options = options;
    this.#tree = this.#disposables.add(new JobsTree(options));
    this.#view = this.#disposables.add(
      vscode.window.createTreeView(jobsViewId, { treeDataProvider: this.#tree, canSelectMany: true }),
    );
    this.#disposables.add(this.#view.onDidChangeVisibility(({ visible }) => this.#visibilityChanged(visible)));
    this.#disposables.add(options.store.onDidChange(() => this.#update()));
    this.#visibilityChanged(this.#view.visible);
    this.#update();
  }

  get tree(): JobsTree {
    return this.#tree;
  }

  /** The jobs that are selected in the panel. */
  get selectedJobs(): readonly JobNode[] {
    return this.#view.selection.filter((node) => node.type === 'job');
  }

  accountsChanged(): void {
    this.#tree.accountsChanged();
    this.#update();
  }

  /** Shows a job in the panel, where it is among the loaded ones. */
  async reveal(key: JobKey): Promise<void> {
    const node = this.#tree.nodeOf(key);
    if (node) {
      await this.#view.reveal(node, { select: true, focus: true, expand: true });
    } else {
      await vscode.commands.executeCommand(`${jobsViewId}.focus`);
    }
  }

  /** Runs something while the panel shows that it is busy. */
  async withProgress(run: () => Promise<void>): Promise<void> {
    await vscode.window.withProgress({ location: { viewId: jobsViewId } }, run);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #visibilityChanged(visible: boolean): void {
    this.#tree.setVisible(visible);
    this.#options.watcher.setListVisible(visible);
  }

  #update(): void {
    const state = this.#computeState();
    if (state !== this.#state) {
      this.#state = state;
      void vscode.commands.executeCommand('setContext', 'mediaServices.view', state);
    }
    const emulatorRunning = this.#options.accounts().accounts.some(({ isEmulator }) => isEmulator);
    if (emulatorRunning !== this.#emulatorRunning) {
      this.#emulatorRunning = emulatorRunning;
      void vscode.commands.executeCommand('setContext', 'mediaServices.emulatorRunning', emulatorRunning);
    }
    const description = this.#computeDescription();
    if ((this.#view.description ?? '') !== description) {
      this.#view.description = description;
    }
    const message = this.#computeMessage();
    if ((this.#view.message ?? '') !== message) {
      this.#view.message = message;
    }
    this.#updateBadge();
  }

  #computeState(): ViewState {
    const { store, accounts } = this.#options;
    const names = accounts().accounts.map(({ name }) => name);
    const only = names[0];
    if (only === undefined) {
      return 'noAccount';
    }
    if (names.length > 1 || store.jobs(only).length > 0) {
      return 'jobs';
    }
    const status = store.status(only);
    if (status.state === 'failed') {
      return failureGroup(status.error);
    }
    return store.listing(only).loaded ? 'noJobs' : 'loading';
  }

  /** As whom the only account is signed in; with several, each account's row says it. */
  #computeDescription(): string {
    const { accounts } = this.#options.accounts();
    return accounts.length === 1 ? plainLine(accounts[0]?.identity ?? '') : '';
  }

  /** Why rows may be old, where only one account is shown; with several, each account's row says it. */
  #computeMessage(): string {
    const { store, accounts, context } = this.#options;
    const names = accounts().accounts.map(({ name }) => name);
    const only = names[0];
    if (only === undefined || names.length > 1 || store.jobs(only).length === 0) {
      return '';
    }
    const status = store.status(only);
    if (status.state !== 'failed') {
      return '';
    }
    return status.asOf === null
      ? status.error.message
      : vscode.l10n.t('{0} Jobs as of {1}.', status.error.message, formatLocalTime(status.asOf, context().locale));
  }

  #updateBadge(): void {
    const { store, accounts } = this.#options;
    let active = 0;
    for (const { name } of accounts().accounts) {
      active += store.jobs(name).filter(isActive).length;
    }
    if ((this.#view.badge?.value ?? 0) !== active) {
      this.#view.badge =
        active === 0 ? undefined : { value: active, tooltip: vscode.l10n.t('{0} active jobs', active) };
    }
  }
}
