import * as vscode from 'vscode';
import type { AccountProblem, AccountsModel } from '../jobs/accountStatus.ts';
import type { Clock } from '../jobs/clock.ts';
import { type Job, type JobKey, jobKeyOf } from '../jobs/job.ts';
import type { JobFilter } from '../jobs/jobFilter.ts';
import type { JobRows } from '../jobs/jobRows.ts';
import type { JobStore, StoreChange } from '../jobs/jobStore.ts';
import type { JobWatcher } from '../jobs/jobWatcher.ts';
import { type Disposable, DisposableStore } from '../jobs/lifecycle.ts';
import type { TrackedJob } from '../jobs/trackedJob.ts';
import type { AccountNode, JobNode, JobsNode, LoadMoreNode, ProblemNode } from './jobNodes.ts';
import { jobDescription, type PresentationContext } from './jobPresentation.ts';
import { accountItem, jobHover, jobItem, loadMoreItem, noteItem, problemItem, taskItem } from './jobTreeItems.ts';

export interface JobsTreeOptions {
  readonly store: JobStore;
  readonly rows: JobRows;
  readonly filter: JobFilter;
  readonly watcher: JobWatcher;
  readonly tracked: TrackedJob;
  readonly clock: Clock;
  readonly accounts: () => AccountsModel;
  readonly context: () => PresentationContext;
}

/** How often texts that grow old by themselves ("5 min ago") are looked at. */
const ageCheckMs = 30_000;

/** The data of the Jobs panel. It hands VS Code exactly the nodes that changed, and keeps one node object per job. */
export class JobsTree implements vscode.TreeDataProvider<JobsNode>, Disposable {
  readonly #options: JobsTreeOptions;
  readonly #disposables = new DisposableStore();
  readonly #change = this.#disposables.add(new vscode.EventEmitter<JobsNode | JobsNode[] | undefined>());
  readonly #accountNodes = new Map<string, AccountNode>();
  readonly #jobNodes = new Map<string, JobNode>();
  readonly #loadMoreNodes = new Map<string, LoadMoreNode>();
  readonly #problemNodes = new Map<string, ProblemNode>();
  /** The descriptions on show, to find those that time has changed. */
  readonly #descriptions = new Map<string, string>();
  #ageTimer: Disposable | null = null;

  readonly onDidChangeTreeData = this.#change.event;

  constructor(options: JobsTreeOptions) {
    this.#options = options;
    this.#disposables.add(options.store.onDidChange((change) => this.#onStoreChange(change)));
    let tracked: JobKey | null = options.tracked.job;
    this.#disposables.add(
      options.tracked.onDidChange((job) => {
        const nodes = [tracked, job].filter((key) => key !== null).map((key) => this.#jobNodes.get(jobKeyOf(key)));
        if (tracked === null || job === null || jobKeyOf(tracked) !== jobKeyOf(job)) {
          this.#fire(nodes.filter((node) => node !== undefined));
        }
        tracked = job;
      }),
    );
  }

  /** Draws everything anew: accounts came or went. */
  accountsChanged(): void {
    this.#change.fire(undefined);
  }

  /** While the panel is visible, texts that speak of time are kept true. */
  setVisible(visible: boolean): void {
    this.#ageTimer?.dispose();
    if (visible) {
      this.#redrawAged();
    }
    this.#ageTimer = visible ? this.#options.clock.setTimeout(() => this.setVisible(true), ageCheckMs) : null;
  }

  /** The node of a job that the store knows, for revealing it. */
  nodeOf(key: JobKey): JobNode | undefined {
    return this.#options.store.get(key) ? this.#jobNode(key) : undefined;
  }

  getTreeItem(node: JobsNode): vscode.TreeItem {
    const { store, tracked, context } = this.#options;
    switch (node.type) {
      case 'account': {
        const account = this.#options.accounts().accounts.find(({ name }) => name === node.account);
        return account ? accountItem(node, account, store, context()) : new vscode.TreeItem(node.account);
      }
      case 'job': {
        const job = store.get(node);
        if (!job) {
          return new vscode.TreeItem(node.id);
        }
        const item = jobItem(node, job, tracked, context());
        this.#descriptions.set(jobKeyOf(node), String(item.description));
        return item;
      }
      case 'task': {
        const job = store.get(node.job);
        return (job && taskItem(node, job, context())) ?? new vscode.TreeItem(node.taskId);
      }
      case 'loadMore':
        return loadMoreItem(node);
      case 'note':
        return noteItem(node);
      case 'problem':
        return problemItem(node);
    }
  }

  /** Hovers are made when somebody hovers, with what is known then. */
  resolveTreeItem(item: vscode.TreeItem, node: JobsNode): vscode.TreeItem {
    const job = node.type === 'job' ? this.#options.store.get(node) : undefined;
    if (job) {
      item.tooltip = jobHover(job, this.#options.context());
    }
    return item;
  }

  async getChildren(node?: JobsNode): Promise<JobsNode[]> {
    if (!node) {
      return this.#roots();
    }
    if (node.type === 'account') {
      return this.#jobsBelow(node);
    }
    return node.type === 'job' ? await this.#tasksBelow(node) : [];
  }

  getParent(node: JobsNode): JobsNode | undefined {
    switch (node.type) {
      case 'job':
      case 'loadMore':
        return this.#hasAccountLevel() ? this.#accountNode(node.account) : undefined;
      case 'task':
        return node.job;
      case 'note':
        return node.parent;
      default:
        return undefined;
    }
  }

  dispose(): void {
    this.setVisible(false);
    this.#disposables.dispose();
  }

  #roots(): JobsNode[] {
    const { accounts, problems } = this.#options.accounts();
    const problemNodes = problems.map((problem) => this.#problemNode(problem));
    const only = accounts[0];
    if (!only || this.#hasAccountLevel()) {
      return [...accounts.map(({ name }) => this.#accountNode(name)), ...problemNodes];
    }
    return [...this.#jobRows(only.name), ...problemNodes];
  }

  #hasAccountLevel(): boolean {
    return hasAccountLevel(this.#options.accounts());
  }

  #jobRows(account: string): JobsNode[] {
    const { store, rows } = this.#options;
    if (!store.listing(account).loaded && store.status(account).state === 'failed') {
      // A job of the last run or one that was asked for by its id is no list; what is wrong comes first.
      return [];
    }
    const nodes: JobsNode[] = rows.ids(account).map((id) => this.#jobNode({ account, id }));
    if (rows.hasMore(account)) {
      nodes.push(this.#loadMoreNode(account));
    }
    return nodes;
  }

  #jobsBelow(node: AccountNode): JobsNode[] {
    const rows = this.#jobRows(node.account);
    if (rows.length > 0) {
      return rows;
    }
    const { store } = this.#options;
    const status = store.status(node.account);
    if (store.listing(node.account).loaded && status.state === 'ready') {
      return [{ type: 'note', parent: node, text: vscode.l10n.t('No jobs') }];
    }
    return status.state === 'failed' ? [{ type: 'note', parent: node, text: status.error.message }] : [];
  }

  async #tasksBelow(node: JobNode): Promise<JobsNode[]> {
    const { store, watcher } = this.#options;
    if ((store.get(node)?.tasks ?? null) === null) {
      await watcher.loadTasks(node).catch(() => undefined);
    }
    const tasks = store.get(node)?.tasks ?? null;
    if (tasks === null) {
      const status = store.status(node.account);
      const reason = status.state === 'failed' ? status.error.message : vscode.l10n.t('The tasks are not known.');
      return [{ type: 'note', parent: node, text: reason }];
    }
    return tasks.length === 0
      ? [{ type: 'note', parent: node, text: vscode.l10n.t('No tasks') }]
      : tasks.map(({ id }) => ({ type: 'task', job: node, taskId: id }));
  }

  #onStoreChange(change: StoreChange): void {
    for (const job of change.removed) {
      this.#jobNodes.delete(jobKeyOf(job));
      this.#descriptions.delete(jobKeyOf(job));
    }
    const moved = this.#options.rows.update(change);
    if (moved || change.statusChanged) {
      this.#change.fire(this.#hasAccountLevel() ? this.#accountNodes.get(change.account) : undefined);
      return;
    }
    const nodes = change.changed.map(({ after }) => this.#jobNodes.get(jobKeyOf(after)));
    this.#fire(nodes.filter((node) => node !== undefined));
  }

  #fire(nodes: JobsNode[]): void {
    if (nodes.length > 0) {
      this.#change.fire(nodes);
    }
  }

  #redrawAged(): void {
    const { store, context } = this.#options;
    const now = context();
    const aged: JobsNode[] = [];
    for (const [key, node] of this.#jobNodes) {
      const job = store.get(node);
      const shown = this.#descriptions.get(key);
      if (job && shown !== undefined && jobDescription(job, now) !== shown) {
        aged.push(node);
      }
    }
    this.#fire(aged);
  }

  #accountNode(account: string): AccountNode {
    return kept(this.#accountNodes, account, () => ({ type: 'account', account }));
  }

  #jobNode(job: JobKey | Job): JobNode {
    const { account, id } = job;
    return kept(this.#jobNodes, jobKeyOf(job), () => ({ type: 'job', account, id }));
  }

  #loadMoreNode(account: string): LoadMoreNode {
    return kept(this.#loadMoreNodes, account, () => ({ type: 'loadMore', account }));
  }

  #problemNode(problem: AccountProblem): ProblemNode {
    const { index, label, message } = problem;
    return kept(this.#problemNodes, JSON.stringify([index, label, message]), () => ({
      type: 'problem',
      index,
      label,
      message,
    }));
  }
}

/** One account needs no level of its own, unless rows about wrong settings stand beside it. */
export function hasAccountLevel({ accounts, problems }: AccountsModel): boolean {
  return accounts.length > 1 || (accounts.length === 1 && problems.length > 0);
}

function kept<T>(nodes: Map<string, T>, key: string, create: () => T): T {
  let node = nodes.get(key);
  if (!node) {
    node = create();
    nodes.set(key, node);
  }
  return node;
}
