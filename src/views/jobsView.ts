import * as vscode from 'vscode';
import type { JobKey } from '../jobs/job.ts';
import { type Disposable, DisposableStore } from '../jobs/lifecycle.ts';
import { failureGroup } from './failure.ts';
import { formatLocalTime } from './format.ts';
import type { JobNode, JobsNode } from './jobNodes.ts';
import { hasAccountLevel, JobsTree, type JobsTreeOptions } from './jobsTree.ts';
import { plainLine } from './text.ts';

export const jobsViewId = 'mediaServices.jobs';

/** A badge must not tell of the past when nobody asks any more. */
const badgeAgeMs = 2 * 60_000;

/** Which of its states the panel is in, for the welcome texts and menus of the manifest. */
type ViewState = 'noAccount' | 'loading' | 'notSignedIn' | 'untrusted' | 'unreachable' | 'failed' | 'noJobs' | 'jobs';

/** The Jobs panel: the tree with all that VS Code shows around it. */
export class JobsView implements Disposable {
  readonly #options: JobsTreeOptions;
  readonly #disposables = new DisposableStore();
  readonly #tree: JobsTree;
  readonly #view: vscode.TreeView<JobsNode>;
  readonly #contexts = new Map<string, string | boolean>();
  #loading: Disposable | null = null;
  /** Set once nobody has asked for so long that the badge would tell of the past. */
  #badgeIsOld = false;
  #badgeTimer: Disposable | null = null;

  constructor(options: JobsTreeOptions) {
    this.#options = options;
    this.#tree = this.#disposables.add(new JobsTree(options));
    this.#view = this.#disposables.add(
      vscode.window.createTreeView(jobsViewId, { treeDataProvider: this.#tree, canSelectMany: true }),
    );
    this.#disposables.add(this.#view.onDidChangeVisibility(({ visible }) => this.#visibilityChanged(visible)));
    this.#disposables.add(options.store.onDidChange(() => this.#update()));
    this.#visibilityChanged(this.#view.visible);
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
    this.#badgeTimer?.dispose();
    this.#showLoading(false);
    this.#disposables.dispose();
  }

  #visibilityChanged(visible: boolean): void {
    this.#tree.setVisible(visible);
    this.#options.watcher.setListVisible(visible);
    this.#badgeTimer?.dispose();
    this.#badgeTimer = null;
    this.#badgeIsOld = false;
    if (!visible) {
      this.#badgeTimer = this.#options.clock.setTimeout(() => {
        this.#badgeIsOld = true;
        this.#updateBadge();
      }, badgeAgeMs);
    }
    this.#update();
  }

  #update(): void {
    const state = this.#computeState();
    this.#setContext('mediaServices.view', state);
    this.#setContext('mediaServices.failure', this.#computeFailure());
    const emulatorRunning = this.#options.accounts().accounts.some(({ isEmulator }) => isEmulator);
    this.#setContext('mediaServices.emulatorRunning', emulatorRunning);
    this.#showLoading(state === 'loading' && this.#view.visible);
    const description = this.#computeDescription();
    if ((this.#view.description ?? '') !== description) {
      this.#view.description = description;
    }
    const message = state === 'jobs' ? this.#computeMessage() : '';
    if ((this.#view.message ?? '') !== message) {
      this.#view.message = message;
    }
    this.#updateBadge();
  }

  #setContext(key: string, value: string | boolean): void {
    if (this.#contexts.get(key) !== value) {
      this.#contexts.set(key, value);
      void vscode.commands.executeCommand('setContext', key, value);
    }
  }

  #computeState(): ViewState {
    const { store, rows, accounts } = this.#options;
    const model = accounts();
    const only = model.accounts[0]?.name;
    if (only === undefined) {
      return 'noAccount';
    }
    const { loaded } = store.listing(only);
    const status = store.status(only);
    if (hasAccountLevel(model) || (rows.ids(only).length > 0 && (loaded || status.state !== 'failed'))) {
      return 'jobs';
    }
    if (status.state === 'failed') {
      return failureGroup(status.error);
    }
    return loaded ? 'noJobs' : 'loading';
  }

  /** What is wrong with an account whose rows are shown all the same: the title's buttons help then. */
  #computeFailure(): string {
    const { store, accounts } = this.#options;
    for (const { name } of accounts().accounts) {
      const status = store.status(name);
      if (status.state === 'failed') {
        return failureGroup(status.error);
      }
    }
    return 'none';
  }

  /** The view's progress bar runs until the first answer is there, whatever it is. */
  #showLoading(isLoading: boolean): void {
    if (isLoading && !this.#loading) {
      const ended = new Promise<void>((resolve) => {
        this.#loading = { dispose: resolve };
      });
      void this.withProgress(() => ended);
    } else if (!isLoading) {
      this.#loading?.dispose();
      this.#loading = null;
    }
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
    if (only === undefined || hasAccountLevel(accounts())) {
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
    for (const { name } of this.#badgeIsOld ? [] : accounts().accounts) {
      active += store.activeCount(name);
    }
    if ((this.#view.badge?.value ?? 0) !== active) {
      this.#view.badge =
        active === 0 ? undefined : { value: active, tooltip: vscode.l10n.t('Active jobs: {0}', active) };
    }
  }
}
