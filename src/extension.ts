import * as vscode from 'vscode';
import { registerCommands } from './commands/registerCommands.ts';
import { registerEntrances, type UseCommands } from './commands/registerEntrances.ts';
import type * as CoreBundle from './core.ts';
import { documentScheme } from './views/documentScheme.ts';
import { LazyJobFiles } from './views/lazyJobFiles.ts';
import { jobsViewId, LazyJobsTree } from './views/lazyJobsTree.ts';

/**
 * The entry that VS Code loads at its start. It registers what must be there at once, and builds nothing: the rest comes
 * the moment after, or as soon as somebody looks or runs a command.
 */
export function activate(context: vscode.ExtensionContext): CoreBundle.TestApi | undefined {
  let core: CoreBundle.Core | undefined;
  const started = (): CoreBundle.Core => {
    core ??= (require('./core.cjs') as typeof CoreBundle).start(context, { tree, view, files });
    return core;
  };
  const tree = new LazyJobsTree(() => started().tree);
  const view = vscode.window.createTreeView(jobsViewId, { treeDataProvider: tree, canSelectMany: true });
  const use: UseCommands = (run) => started().useCommands(run);
  const files = new LazyJobFiles(started);
  const start = setTimeout(started, 0);
  context.subscriptions.push(
    { dispose: () => clearTimeout(start) },
    tree,
    view,
    registerCommands((name, args) => use((commands, services) => commands.runCommand(name, services, args))),
    registerEntrances(use),
    files,
    vscode.workspace.registerFileSystemProvider(documentScheme, files, { isReadonly: true, isCaseSensitive: true }),
  );
  return context.extensionMode === vscode.ExtensionMode.Test ? started().testApi : undefined;
}
