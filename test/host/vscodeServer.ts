/**
 * A complete VS Code without a download site, a display or a compiler: the npm package code-server carries the server
 * build, which a browser shows.
 */
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cacheFolder } from './cacheFolder.ts';
import { npm } from './npm.ts';
import { runCommand } from './processes.ts';

/** The version of code-server. */
const version = '4.139.1';
/** The version of the VS Code in it. */
export const vscodeVersion = '1.139.1';

/** An installation that has not ended after this long was given up. */
const abandonedAfterMs = 60 * 60 * 1_000;

/**
 * Resolves to the file that Node runs as the VS Code server, installed first if need be. Safe to call from several
 * processes at once: an installation is made aside and moved to its place when it is complete.
 */
export async function ensureVscodeServer(report: (message: string) => void): Promise<string> {
  const folder = join(cacheFolder(), `code-server-${version}`);
  if (!(await isComplete(folder))) {
    report(`Installing the VS Code server ${version} into ${folder} …`);
    await install(folder);
  }
  return serverIn(folder);
}

function serverIn(folder: string): string {
  return join(folder, 'lib', 'vscode', 'out', 'server-main.js');
}

/** Where the names of the installed packages are noted, as the last step of an installation. */
function noteIn(folder: string): string {
  return join(folder, 'installed.json');
}

async function isComplete(folder: string): Promise<boolean> {
  try {
    const packages: string[] = JSON.parse(await readFile(noteIn(folder), 'utf8'));
    await access(serverIn(folder));
    await Promise.all(packages.map((name) => access(join(modulesIn(folder), name, 'package.json'))));
    return true;
  } catch {
    return false;
  }
}

function modulesIn(folder: string): string {
  return join(folder, 'lib', 'vscode', 'node_modules');
}

async function install(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  await removeAbandoned(folder);
  const aside = await mkdtemp(`${folder}.new-`);
  try {
    // Packed and unpacked rather than installed: what code-server itself depends on is not needed.
    const archive = (await npm(['pack', `code-server@${version}`, '--pack-destination', aside])).trim();
    await runCommand('tar', ['-xzf', archive, '--strip-components=1'], { cwd: aside });
    await rm(join(aside, archive));
    // Scripts would compile native modules that only better logs and file watching need. "npm ci" does not work: the
    // package's shrinkwrap lags behind its package.json.
    await npm(['install', '--omit=dev', '--ignore-scripts'], { cwd: join(aside, 'lib', 'vscode') });
    await writeFile(noteIn(aside), JSON.stringify(await directDependencies(aside)));
    await putInPlace(aside, folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The npm package code-server ${version}, a VS Code to test in, could not be installed.\n${reason}`);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Those of package.json that are there; the rest are for other platforms. */
async function directDependencies(folder: string): Promise<string[]> {
  const { dependencies } = JSON.parse(await readFile(join(folder, 'lib', 'vscode', 'package.json'), 'utf8'));
  const found = await Promise.all(
    Object.keys(dependencies).map((name) =>
      access(join(modulesIn(folder), name, 'package.json')).then(
        () => [name],
        () => [],
      ),
    ),
  );
  return found.flat();
}

/** Renames, unless another process was faster. What is there and incomplete gives way. */
async function putInPlace(aside: string, folder: string): Promise<void> {
  if (await isComplete(folder)) {
    return;
  }
  const broken = `${aside}-replaces`;
  await rename(folder, broken).catch(() => undefined);
  try {
    await rename(aside, folder);
  } catch (error) {
    if (!(await isComplete(folder))) {
      throw error;
    }
  } finally {
    await rm(broken, { recursive: true, force: true });
  }
}

async function removeAbandoned(folder: string): Promise<void> {
  const prefix = `${basename(folder)}.new-`;
  const names = (await readdir(dirname(folder))).filter((name) => name.startsWith(prefix));
  for (const name of names) {
    const path = join(dirname(folder), name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > abandonedAfterMs) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
