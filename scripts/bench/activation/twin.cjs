// An extension that registers what ours registers when it is activated, and does nothing with it. Replaced in it are the
// lists in capitals, which are ours.
const vscode = require('vscode');

const commands = COMMANDS;
const views = VIEWS;

exports.activate = ({ subscriptions }) => {
  subscriptions.push(vscode.window.createOutputChannel('Twin', { log: true }));
  for (const view of views) {
    const treeDataProvider = {
      onDidChangeTreeData: new vscode.EventEmitter().event,
      getChildren: () => [],
      getTreeItem: (node) => node,
    };
    const tree = vscode.window.createTreeView(view, { treeDataProvider });
    subscriptions.push(
      tree,
      tree.onDidChangeVisibility(() => undefined),
    );
  }
  const decorations = new vscode.EventEmitter();
  subscriptions.push(
    vscode.window.registerFileDecorationProvider({
      onDidChangeFileDecorations: decorations.event,
      provideFileDecoration: () => undefined,
    }),
    vscode.window.createStatusBarItem('twin.item', vscode.StatusBarAlignment.Left, 10),
    vscode.workspace.onDidChangeConfiguration(() => undefined),
    vscode.window.onDidChangeWindowState(() => undefined),
    ...commands.map((command) => vscode.commands.registerCommand(command, () => undefined)),
  );
};
