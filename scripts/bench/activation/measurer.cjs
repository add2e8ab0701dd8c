// Activates the extension whose id is in the open folder's file `extension`, once the window is quiet, and writes into
// the file `result` how long that took.
const { readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const vscode = require('vscode');

/** After the last extension that starts with the window. */
const quietMs = 1500;
/** For what an extension puts off until it is activated. */
const afterwardsMs = 500;

exports.activate = () => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (folder !== undefined) {
    setTimeout(() => measure(folder), quietMs);
  }
};

async function measure(folder) {
  const write = (result) => {
    const file = join(folder, 'result');
    writeFileSync(`${file}.new`, JSON.stringify(result));
    renameSync(`${file}.new`, file);
  };
  try {
    const id = readFileSync(join(folder, 'extension'), 'utf8');
    const extension = vscode.extensions.getExtension(id);
    if (!extension || extension.isActive) {
      throw new Error(`${id} is ${extension ? 'active already' : 'not there'}.`);
    }
    const began = performance.now();
    await extension.activate();
    const wholeMs = performance.now() - began;
    await new Promise((resolve) => setTimeout(resolve, afterwardsMs));
    write({ wholeMs, ...globalThis.activationBench });
  } catch (error) {
    write({ error: String(error) });
  }
}
