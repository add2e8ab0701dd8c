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
  const files = {
    onDidChangeFile: new vscode.EventEmitter().event,
    stat: () => Promise.reject(vscode.FileSystemError.FileNotFound()),
    readFile: () => Promise.reject(vscode.FileSystemError.FileNotFound()),
    readDirectory: () => [],
    watch: () => new vscode.Disposable(() => undefined),
    writeFile: () => undefined,
    createDirectory: () => undefined,
    delete: () => undefined,
    rename: () => undefined,
  };
  const readOnly = { isReadonly: true, isCaseSensitive: true };
  subscriptions.push(vscode.workspace.registerFileSystemProvider('media-services', files, readOnly));
  subscriptions.push(...commands.map((command) => vscode.commands.registerCommand(command, () => undefined)));
};
