import * as vscode from 'vscode';
import { sleep } from '../jobs/clock.ts';
import type { JobKey } from '../jobs/job.ts';
import type { StoreChange } from '../jobs/jobStore.ts';
import { type Disposable, DisposableStore } from '../jobs/lifecycle.ts';
import { Badge } from './badge.ts';
import { failureGroup } from './failure.ts';
import type { JobNode, JobsNode } from './jobNodes.ts';
import { hasAccountLevel, JobsTree, type JobsTreeOptions } from './jobsTree.ts';
import type { LazyJobFiles } from './lazyJobFiles.ts';
import { jobsViewId, type LazyJobsTree } from './lazyJobsTree.ts';
import { plainLine } from './text.ts';

/** Which of its states the panel is in, for the welcome texts and menus of the manifest. */
type ViewState = 'noAccount' | 'loading' | 'notSignedIn' | 'untrusted' | 'unreachable' | 'failed' | 'noJobs' | 'jobs';

/** How long VS Code may take to have the rows again that it was told to take anew, and how often that is looked at. */
const longestRedrawMs = 2_000;
const redrawCheckMs = 50;

/** What VS Code has of the extension since its start. */
export interface PanelParts {
  readonly files: LazyJobFiles;
  readonly tree: LazyJobsTree;
  readonly view: vscode.TreeView<JobsNode>;
}

/** The Jobs panel: the tree with all that VS Code shows around it. */
export class JobsView implements Disposable {
  readonly #options: JobsTreeOptions;
  readonly #disposables = new DisposableStore();
  readonly #tree: JobsTree;
  readonly #view: vscode.TreeView<JobsNode>;
  readonly #contexts = new Map<string, string | boolean>();
  /** Accounts all of whose jobs are being looked at. */
  readonly #searching = new Set<string>();
  readonly #badge: Badge;
  #loading: Disposable | null = null;

  constructor(options: JobsTreeOptions, { tree, view }: Pick<PanelParts, 'tree' | 'view'>) {
    this.#options = options;
    this.#tree = this.#disposables.add(new JobsTree(options));
    this.#disposables.add(this.#tree.onDidChangeTreeData(tree.fire));
    this.#view = view;
    this.#disposables.add(this.#view.onDidChangeSelection(() => this.#sortIfUntouched()));
    this.#disposables.add(this.#view.onDidChangeVisibility(({ visible }) => this.#visibilityChanged(visible)));
    const { store, clock, filter } = options;
    const badge = {
      store,
      clock,
      accounts: () => this.#accountNames,
      show: (active: number) => this.#showBadge(active),
    };
    this.#badge = this.#disposables.add(new Badge(badge));
    this.#disposables.add(store.onDidChange((change) => this.#storeChanged(change)));
    this.#disposables.add(filter.onDidChange(() => this.#update()));
    this.#visibilityChanged(this.#view.visible);
  }

  get tree(): JobsTree {
    return this.#tree;
  }

  get visible(): boolean {
    return this.#view.visible;
  }

  get selection(): readonly JobsNode[] {
    return this.#view.selection;
  }

  /** The jobs that are selected in the panel. */
  get selectedJobs(): readonly JobNode[] {
    return this.selection.filter((node) => node.type === 'job');
  }

  /** The row that is selected alone; waits for it while VS Code takes the rows anew, as it knows of none meanwhile. */
  async selectedRow(): Promise<JobsNode | undefined> {
    for (let waited = 0; this.selection.length === 0 && waited < longestRedrawMs; waited += redrawCheckMs) {
      await sleep(this.#options.clock, redrawCheckMs);
    }
    return this.selection.length === 1 ? this.selection[0] : undefined;
  }

  accountsChanged(): void {
    this.#tree.accountsChanged();
    this.#update();
  }

  /** Puts rows in order that a search has left where they were; of all accounts where none is named. */
  sortRows(account?: string): void {
    for (const name of account === undefined ? this.#accountNames : [account]) {
      this.#tree.sortRows(name);
    }
  }

  /** Shows a job in the panel, where it is one of its rows, with its tasks unless they are not wanted. */
  async reveal(key: JobKey, expand = true): Promise<void> {
    this.sortRows(key.account);
    const node = this.#tree.nodeOf(key);
    if (node) {
      await this.#view.reveal(node, { select: true, focus: true, expand });
    } else {
      await vscode.commands.executeCommand(`${jobsViewId}.focus`);
    }
  }

  /** Runs something while the panel shows that it is busy. */
  async withProgress(run: () => Promise<void>): Promise<void> {
    await vscode.window.withProgress({ location: { viewId: jobsViewId } }, run);
  }

  dispose(): void {
    this.#showLoading(false);
    this.#disposables.dispose();
  }

  #visibilityChanged(visible: boolean): void {
    this.#tree.setVisible(visible);
    this.#options.watcher.setListVisible(visible);
    this.#sortIfUntouched();
    this.#update();
  }

  #storeChanged({ account }: StoreChange): void {
    if (this.#options.store.listing(account).searched !== null) {
      this.#searching.add(account);
    } else if (this.#searching.delete(account)) {
      this.#sortIfUntouched();
    }
    this.#update();
  }

  /** Puts rows in order that a search has left where they were, unless somebody is about to do something with one. */
  #sortIfUntouched(): void {
    if (this.#view.selection.length === 0 || !this.#view.visible) {
      for (const account of this.#accountNames) {
        if (!this.#searching.has(account)) {
          this.#tree.sortRows(account);
        }
      }
    }
  }

  #update(): void {
    const state = this.#computeState();
    const { filter } = this.#options;
    this.#setContext('mediaServices.filtered', filter.isOn);
    this.#setContext('mediaServices.searching', this.#searching.size > 0);
    this.#setContext('mediaServices.view', state);
    this.#setContext('mediaServices.failure', this.#computeFailure());
    const emulatorRunning = this.#options.accounts().accounts.some(({ isEmulator }) => isEmulator);
    this.#setContext('mediaServices.emulatorRunning', emulatorRunning);
    this.#showLoading((state === 'loading' || this.#searching.size > 0) && this.#view.visible);
    const description = this.#computeDescription();
    if ((this.#view.description ?? '') !== description) {
      this.#view.description = description;
    }
    const message = state === 'jobs' || this.#searching.size > 0 ? this.#computeMessage() : '';
    if ((this.#view.message ?? '') !== message) {
      this.#view.message = message;
    }
    this.#badge.update();
  }

  #setContext(key: string, value: string | boolean): void {
    if (this.#contexts.get(key) !== value) {
      this.#contexts.set(key, value);
      void vscode.commands.executeCommand('setContext', key, value);
    }
  }

  #computeState(): ViewState {
    const { store, rows, filter, accounts } = this.#options;
    const model = accounts();
    const only = model.accounts[0]?.name;
    if (only === undefined) {
      return 'noAccount';
    }
    const { loaded, searched } = store.listing(only);
    const status = store.status(only);
    if (hasAccountLevel(model) || (rows.ids(only).length > 0 && (loaded || status.state !== 'failed'))) {
      return 'jobs';
    }
    if (status.state === 'failed') {
      return failureGroup(status.error);
    }
    if (!loaded || searched !== null) {
      return 'loading';
    }
    // A row says that no job matches the filter; a message says which it is, and would hide any other text.
    return filter.isOn ? 'jobs' : 'noJobs';
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

  get #accountNames(): readonly string[] {
    return this.#options.accounts().accounts.map(({ name }) => name);
  }

  /** As whom the only account is signed in; with several, each account's row says it. */
  #computeDescription(): string {
    const { accounts, panel, context } = this.#options;
    const [account, ...others] = accounts().accounts;
    if (!account || others.length > 0) {
      return '';
    }
    // Nobody reads what a hidden view says, so that nothing is loaded for it.
    const isShort = account.expiresAt === undefined || !this.#view.visible;
    return isShort ? plainLine(account.identity ?? '') : panel().signInText(account, context());
  }

  /** Which filter is on, how many jobs it means, how far a search is, and why rows may be old. */
  #computeMessage(): string {
    const { store, accounts, filter, context, panel } = this.#options;
    const names = this.#accountNames;
    const [only] = names;
    const now = context();
    const parts: string[] = [];
    if (filter.isOn || this.#searching.size > 0) {
      const { filterText, countText, searchText, searchReason } = panel();
      parts.push(filterText(filter.query, now));
      parts.push(filter.isOn && !hasAccountLevel(accounts()) ? countText(store, names, filter.query, now) : '');
      parts.push(searchText(store, names, now), searchReason(store, names, filter.query, now));
    }
    // With several accounts, each account's row says it.
    const status = only !== undefined && !hasAccountLevel(accounts()) ? store.status(only) : null;
    if (status?.state === 'failed') {
      const { errorText, formatLocalTime } = panel();
      const reason = plainLine(errorText(status.error.message, now.l10n));
      parts.push(
        status.asOf === null
          ? reason
          : vscode.l10n.t('{0} Jobs as of {1}.', reason, formatLocalTime(status.asOf, now.locale)),
      );
    }
    return parts.filter(Boolean).join(' · ');
  }

  #showBadge(active: number): void {
    this.#view.badge = active === 0 ? undefined : { value: active, tooltip: vscode.l10n.t('Active jobs: {0}', active) };
  }
}
