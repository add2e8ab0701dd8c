import * as vscode from 'vscode';
import type { Disposable } from '../jobs/lifecycle.ts';
import type { JobsNode } from './jobNodes.ts';

export const jobsViewId = 'mediaServices.jobs';

/** Stands where VS Code wants the panel's data at its start, and has them made when it asks for them. */
export class LazyJobsTree implements vscode.TreeDataProvider<JobsNode>, Disposable {
  readonly #tree: () => vscode.TreeDataProvider<JobsNode>;
  readonly #change = new vscode.EventEmitter<JobsNode | JobsNode[] | undefined>();

  readonly onDidChangeTreeData = this.#change.event;

  constructor(tree: () => vscode.TreeDataProvider<JobsNode>) {
    this.#tree = tree;
  }

  /** Tells VS Code that there are other rows. */
  readonly fire = (nodes: JobsNode | JobsNode[] | undefined): void => this.#change.fire(nodes);

  getTreeItem: vscode.TreeDataProvider<JobsNode>['getTreeItem'] = (node) => this.#tree().getTreeItem(node);
  getChildren: vscode.TreeDataProvider<JobsNode>['getChildren'] = (node) => this.#tree().getChildren(node);
  getParent = (node: JobsNode): vscode.ProviderResult<JobsNode> => this.#tree().getParent?.(node);
  resolveTreeItem = (
    item: vscode.TreeItem,
    node: JobsNode,
    token: vscode.CancellationToken,
  ): vscode.ProviderResult<vscode.TreeItem> => this.#tree().resolveTreeItem?.(item, node, token);

  dispose(): void {
    this.#change.dispose();
  }
}
