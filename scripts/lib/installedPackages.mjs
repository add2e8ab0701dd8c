import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Whether node_modules lacks something of package-lock.json. Times of files say little after a checkout, so this compares
 * what npm noted in node_modules/.package-lock.json with the lock file, package by package.
 *
 * @param {string} projectFolder
 * @returns {Promise<boolean>}
 */
export async function installedPackagesDiffer(projectFolder) {
  const wanted = await packagesOf(join(projectFolder, 'package-lock.json'));
  if (!wanted) {
    throw new Error('package-lock.json is missing or damaged; it is part of the repository.');
  }
  const installed = await packagesOf(join(projectFolder, 'node_modules', '.package-lock.json'));
  if (!installed) {
    return true;
  }
  return Object.entries(wanted).some(([path, entry]) => {
    const found = installed[path];
    return path !== '' && (found ? found.version !== entry.version : isMeantForThisMachine(entry));
  });
}

/** npm leaves out an optional package that is made for other machines. */
function isMeantForThisMachine(entry) {
  if (!entry.optional) {
    return true;
  }
  // Which C library this is cannot be asked of Node plainly; npm knows.
  return entry.libc === undefined && includes(entry.os, process.platform) && includes(entry.cpu, process.arch);
}

/** Reads package.json's `os` and `cpu`: a name or names that are allowed, or, with a "!", that are not. */
function includes(names, name) {
  const list = [names ?? []].flat();
  return list.includes(name) || (list.every((item) => item.startsWith('!')) && !list.includes(`!${name}`));
}

async function packagesOf(lockFile) {
  try {
    return JSON.parse(await readFile(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
