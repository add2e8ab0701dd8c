import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout, where package.json is. */
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

export function inProject(...path: readonly string[]): string {
  return join(projectFolder, ...path);
}

/** The script that a package of the lock file runs as a command. */
export function commandOf(packageName: string, path: string): string {
  return inProject('node_modules', packageName, path);
}

export async function extensionVersion(): Promise<string> {
  return JSON.parse(await readFile(inProject('package.json'), 'utf8')).version;
}
