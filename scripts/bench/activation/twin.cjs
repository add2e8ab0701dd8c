// An extension that registers what ours registers when it is activated, and does nothing with it. Replaced in it are the
// lists in capitals, which are ours.
const vscode = require('vscode');

const commands = COMMANDS;
const views = VIEWS;

exports.activate = ({ subscriptions }) => {
  for (const view of views) {
    const treeDataProvider = {
      onDidChangeTreeData: new vscode.EventEmitter().event,
      getChildren: () => [],
      getTreeItem: (node) => node,
      getParent: () => undefined,
      resolveTreeItem: (item) => item,
    };
    subscriptions.push(vscode.window.createTreeView(view, { treeDataProvider, canSelectMany: true }));
  }
  subscriptions.push(...commands.map((command) => vscode.commands.registerCommand(command, () => undefined)));
};
