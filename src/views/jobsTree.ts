import * as vscode from 'vscode';
import type { AccountProblem, AccountsModel } from '../jobs/accountStatus.ts';
import type { Clock } from '../jobs/clock.ts';
import { type Job, type JobKey, jobKeyOf } from '../jobs/job.ts';
import type { JobFilter } from '../jobs/jobFilter.ts';
import type { JobRows } from '../jobs/jobRows.ts';
import type { JobChange, JobStore, StoreChange } from '../jobs/jobStore.ts';
import type { JobWatcher } from '../jobs/jobWatcher.ts';
import { type Disposable, DisposableStore } from '../jobs/lifecycle.ts';
import type { TrackedJob } from '../jobs/trackedJob.ts';
import type { JobGrouping } from './jobGrouping.ts';
import type { JobGroup } from './jobGroups.ts';
import type { AccountNode, GroupNode, JobNode, JobsNode, LoadMoreNode, ProblemNode } from './jobNodes.ts';
import type { PresentationContext } from './jobPresentation.ts';
import type { Panel } from './panel.ts';
import { plainLine } from './text.ts';

export interface JobsTreeOptions {
  readonly store: JobStore;
  readonly rows: JobRows;
  readonly filter: JobFilter;
  readonly grouping: JobGrouping;
  readonly watcher: JobWatcher;
  readonly tracked: TrackedJob;
  readonly clock: Clock;
  readonly accounts: () => AccountsModel;
  readonly context: () => PresentationContext;
  /** Loads what rows are drawn with, when there is first one to draw. */
  readonly panel: () => Panel;
}

/** What was handed to VS Code of an account. */
interface Drawn {
  readonly groups: readonly JobGroup[];
  /** Equal as long as all around the jobs looks the same. */
  readonly frame: string;
}

/** How often texts that grow old by themselves ("5 min ago") are looked at. */
const ageCheckMs = 30_000;

/** The data of the Jobs panel. It hands VS Code exactly the nodes that changed, and keeps one node object per job. */
export class JobsTree implements vscode.TreeDataProvider<JobsNode>, Disposable {
  readonly #options: JobsTreeOptions;
  readonly #disposables = new DisposableStore();
  readonly #change = this.#disposables.add(new vscode.EventEmitter<JobsNode | JobsNode[] | undefined>());
  readonly #accountNodes = new Map<string, AccountNode>();
  readonly #groupNodes = new Map<string, GroupNode>();
  readonly #jobNodes = new Map<string, JobNode>();
  readonly #loadMoreNodes = new Map<string, LoadMoreNode>();
  readonly #problemNodes = new Map<string, ProblemNode>();
  readonly #drawn = new Map<string, Drawn>();
  /** The descriptions on show, to find those that time has changed. */
  readonly #descriptions = new Map<string, string>();
  /** What VS Code was told to take anew, and has not come for yet. */
  readonly #told = new Set<AccountNode | undefined>();
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
          // The tracked job is a row however old it is, so there may be another row now.
          this.#redrawAll();
        }
        tracked = job;
      }),
    );
    this.#disposables.add(options.filter.onDidChange(() => this.#drawAnew()));
    this.#disposables.add(options.grouping.onDidChange(() => this.#drawAnew()));
  }

  /** Draws everything anew: accounts came or went. */
  accountsChanged(): void {
    this.#drawAnew();
  }

  /** Puts the rows of an account in order: nobody is about to click one. */
  sortRows(account: string): void {
    if (this.#options.rows.sort(account)) {
      this.#redraw(account);
    }
  }

  /** While the panel is visible, texts that speak of time are kept true. */
  setVisible(visible: boolean): void {
    this.#ageTimer?.dispose();
    if (visible) {
      this.#redrawAged();
    }
    this.#ageTimer = visible ? this.#options.clock.setTimeout(() => this.setVisible(true), ageCheckMs) : null;
  }

  /** The node of a job that is a row, for revealing it. */
  nodeOf(key: JobKey): JobNode | undefined {
    return this.#options.rows.ids(key.account).includes(key.id) ? this.#jobNode(key) : undefined;
  }

  getTreeItem(node: JobsNode): vscode.TreeItem {
    if (node.type === 'account') {
      this.#told.delete(node);
    }
    return this.#item(node);
  }

  #item(node: JobsNode): vscode.TreeItem {
    const { store, tracked, filter, context } = this.#options;
    const panel = this.#options.panel();
    switch (node.type) {
      case 'account': {
        const { accounts } = this.#options.accounts();
        const account = accounts.find(({ name }) => name === node.account);
        const isOfSeveral = new Set(accounts.map(({ capabilities }) => capabilities.service)).size > 1;
        return account
          ? panel.accountItem(node, account, isOfSeveral, store, filter.query, context())
          : new vscode.TreeItem(plainLine(node.account));
      }
      case 'group':
        return panel.groupItem(node, this.#idsOf(node).length, context());
      case 'job': {
        const job = store.get(node);
        if (!job) {
          return new vscode.TreeItem(plainLine(node.id));
        }
        const item = panel.jobItem(node, job, tracked, context());
        this.#descriptions.set(jobKeyOf(node), String(item.description));
        return item;
      }
      case 'task': {
        const job = store.get(node.job);
        return (job && panel.taskItem(node, job, context())) ?? new vscode.TreeItem(plainLine(node.taskId));
      }
      case 'loadMore':
        return panel.loadMoreItem(node);
      case 'note':
        return panel.noteItem(node);
      case 'problem':
        return panel.problemItem(node);
    }
  }

  /** Hovers are made when somebody hovers, with what is known then. */
  resolveTreeItem(item: vscode.TreeItem, node: JobsNode): vscode.TreeItem {
    const job = node.type === 'job' ? this.#options.store.get(node) : undefined;
    if (job) {
      item.tooltip = this.#options.panel().jobHover(job, this.#options.context());
    }
    return item;
  }

  async getChildren(node?: JobsNode): Promise<JobsNode[]> {
    if (!node) {
      this.#told.clear();
      return this.#roots();
    }
    if (node.type === 'account') {
      return this.#jobsBelow(node);
    }
    if (node.type === 'group') {
      return this.#idsOf(node).map((id) => this.#jobNode({ account: node.account, id }));
    }
    return node.type === 'job' ? await this.#tasksBelow(node) : [];
  }

  getParent(node: JobsNode): JobsNode | undefined {
    switch (node.type) {
      case 'job':
        return this.#groupOf(node) ?? this.#parentOf(node.account);
      case 'group':
      case 'loadMore':
        return this.#parentOf(node.account);
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
    const rows = this.#jobRows(only.name);
    return rows.length === 0 && this.#options.filter.isOn ? this.#notesOf(only.name, undefined) : rows;
  }

  #hasAccountLevel(): boolean {
    return hasAccountLevel(this.#options.accounts());
  }

  #parentOf(account: string): AccountNode | undefined {
    return this.#hasAccountLevel() ? this.#accountNode(account) : undefined;
  }

  #groupOf({ account, id }: JobNode): GroupNode | undefined {
    const { groups } = this.#drawn.get(account) ?? this.#draw(account);
    const key = groups.find(({ ids }) => ids.includes(id))?.key ?? null;
    return key === null ? undefined : this.#groupNode(account, key);
  }

  #idsOf({ account, key }: GroupNode): readonly string[] {
    return this.#drawn.get(account)?.groups.find((group) => group.key === key)?.ids ?? [];
  }

  #jobRows(account: string): JobsNode[] {
    const { store, rows } = this.#options;
    if (!store.listing(account).loaded && store.status(account).state === 'failed') {
      // A job of the last run or one that was asked for by its id is no list; what is wrong comes first.
      return [];
    }
    const nodes = this.#draw(account).groups.flatMap<JobsNode>(({ key, ids }) =>
      key === null ? ids.map((id) => this.#jobNode({ account, id })) : this.#groupNode(account, key),
    );
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
    const status = this.#options.store.status(node.account);
    return status.state === 'failed'
      ? [{ type: 'note', parent: node, text: this.#options.panel().errorText(status.error.message, vscode.l10n) }]
      : this.#notesOf(node.account, node);
  }

  /** Why an account that has answered has no rows. */
  #notesOf(account: string, parent: AccountNode | undefined): JobsNode[] {
    const { store, filter } = this.#options;
    const { loaded, searched } = store.listing(account);
    if (!loaded || searched !== null || store.status(account).state !== 'ready') {
      return [];
    }
    return filter.isOn
      ? [{ type: 'note', parent, text: vscode.l10n.t('No job matches the filter'), isFiltered: true }]
      : [{ type: 'note', parent, text: vscode.l10n.t('No jobs') }];
  }

  async #tasksBelow(node: JobNode): Promise<JobsNode[]> {
    const { store, watcher } = this.#options;
    if ((store.get(node)?.tasks ?? null) === null) {
      await watcher.loadTasks(node).catch(() => undefined);
    }
    const tasks = store.get(node)?.tasks ?? null;
    if (tasks === null) {
      const status = store.status(node.account);
      const reason =
        status.state === 'failed'
          ? this.#options.panel().errorText(status.error.message, vscode.l10n)
          : vscode.l10n.t('The tasks are not known.');
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
    const { account, added, changed, removed, statusChanged } = change;
    const moved = this.#options.rows.update(change);
    const nodes = this.#rowsOf(account, changed);
    if (
      moved ||
      statusChanged ||
      added.length + removed.length > 0 ||
      changed.some(({ before, after }) => before.state !== after.state)
    ) {
      this.#redraw(account, nodes);
    } else {
      this.#fire(nodes);
    }
  }

  /** The nodes of those that are rows. */
  #rowsOf(account: string, changes: readonly JobChange[]): JobNode[] {
    const nodes = changes.flatMap(({ after }) => this.#jobNodes.get(jobKeyOf(after)) ?? []);
    const ids = new Set(nodes.length > 0 ? this.#options.rows.ids(account) : []);
    return nodes.filter(({ id }) => ids.has(id));
  }

  /** Has VS Code draw what is not as it was, along with these jobs. */
  #redraw(account: string, jobs: readonly JobNode[] = []): void {
    const before = this.#drawn.get(account);
    const after = before && this.#draw(account);
    const changed =
      before && after?.frame === before.frame && this.#options.panel().changedGroups(before.groups, after.groups);
    if (changed) {
      this.#fire([...changed.map((key) => this.#groupNode(account, key)), ...jobs]);
    } else {
      this.#fireWhole(this.#hasAccountLevel() ? this.#accountNodes.get(account) : undefined);
    }
  }

  #redrawAll(): void {
    for (const account of [...this.#drawn.keys()]) {
      this.#redraw(account);
    }
  }

  #drawAnew(): void {
    this.#drawn.clear();
    this.#fireWhole(undefined);
  }

  /** Works out what there is to draw of an account, and takes it down as drawn. */
  #draw(account: string): Drawn {
    const { store, rows, grouping } = this.#options;
    const ids = rows.ids(account);
    const jobs = (): Job[] => ids.flatMap((id) => store.get({ account, id }) ?? []);
    const groups: readonly JobGroup[] =
      grouping.by === 'none' ? [{ key: null, ids }] : this.#options.panel().groupJobsBy(grouping.by, jobs());
    const drawn = { groups, frame: this.#frame(account) };
    this.#drawn.set(account, drawn);
    return drawn;
  }

  #frame(account: string): string {
    const { store, rows, context, grouping } = this.#options;
    const { loaded, searched } = store.listing(account);
    const status = store.status(account);
    const node = this.#parentOf(account);
    const item = node && this.#item(node);
    // What is called "Today" changes at midnight.
    const day = grouping.by === 'day' && new Date(context().now).toDateString();
    const error = status.state === 'failed' && status.error.message;
    // Whether it is the first answer makes a difference only while there is nothing else to show.
    const state = rows.ids(account).length === 0 && status.state;
    const around = [loaded, searched === null, rows.hasMore(account), state, error];
    return JSON.stringify([...around, day, item?.description, item?.tooltip]);
  }

  /**
   * Has VS Code take all rows of an account anew, or all there are, unless it was told so and has not come for them yet.
   * While it takes rows it knows none of them, and a click goes nowhere.
   */
  #fireWhole(node: AccountNode | undefined): void {
    if (!this.#told.has(node)) {
      this.#told.add(node);
      this.#change.fire(node);
    }
  }

  #fire(nodes: JobsNode[]): void {
    if (nodes.length > 0) {
      this.#change.fire(nodes);
    }
  }

  #redrawAged(): void {
    const { store, context } = this.#options;
    const now = context();
    for (const [account, { frame }] of [...this.#drawn]) {
      if (frame !== this.#frame(account)) {
        this.#redraw(account);
      }
    }
    const aged: JobsNode[] = [];
    for (const [key, node] of this.#jobNodes) {
      const job = store.get(node);
      const shown = this.#descriptions.get(key);
      if (job && shown !== undefined && this.#options.panel().jobDescription(job, now) !== shown) {
        aged.push(node);
      }
    }
    this.#fire(aged);
  }

  #accountNode(account: string): AccountNode {
    return kept(this.#accountNodes, account, () => ({ type: 'account', account }));
  }

  #groupNode(account: string, key: string): GroupNode {
    return kept(this.#groupNodes, `${account}\n${key}`, () => ({ type: 'group', account, key }));
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
