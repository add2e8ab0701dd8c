import { readFile } from 'node:fs/promises';
import { runCommand } from '../../test/host/processes.ts';
import { build } from './build.ts';
import { commandOf, extensionVersion, inProject, projectFolder } from './project.ts';
import { type ZipEntry, zipEntries } from './zipEntries.ts';

/** What may be in the package, and nothing else. */
const allowed = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/package(\.nls(\.[a-z-]+)?)?\.json$/,
  /^extension\/(readme\.md|changelog\.md|LICENSE\.txt|SECURITY\.md|ThirdPartyNotices\.txt)$/,
  /^extension\/dist\/[a-z]+\.(cjs|js|css)$/i,
  /^extension\/l10n\/[\w.-]+\.json$/,
  /^extension\/media\/[\w.-]+\.(svg|png)$/,
  /^extension\/media\/walkthrough\/[\w-]+\.png$/,
];

/** What it cannot do without. */
const required = [
  'package.json',
  'package.nls.json',
  'package.nls.ko.json',
  'l10n/bundle.l10n.ko.json',
  'readme.md',
  'LICENSE.txt',
  'ThirdPartyNotices.txt',
  'SECURITY.md',
  'dist/extension.cjs',
  'dist/client.cjs',
  'dist/commands.cjs',
  'dist/core.cjs',
  'dist/details.cjs',
  'dist/detailsPage.css',
  'dist/detailsPage.js',
  'dist/identity.cjs',
  'dist/panel.cjs',
  'dist/watch.cjs',
];

export interface ExtensionPackage {
  readonly path: string;
  readonly entries: readonly ZipEntry[];
  readonly bytes: number;
}

export async function packagePath(): Promise<string> {
  return inProject(`media-services-jobs-${await extensionVersion()}.vsix`);
}

/** Makes the VSIX in the root of the project, and sees that it holds what runs and nothing else. */
export async function packageExtension(): Promise<ExtensionPackage> {
  await build('--production');
  const path = await packagePath();
  const vsce = commandOf('@vscode/vsce', 'vsce');
  await runCommand(process.execPath, [vsce, 'package', '--no-dependencies', '--out', path], { cwd: projectFolder });
  const archive = await readFile(path);
  const entries = zipEntries(archive);
  const names = entries.map(({ name }) => name);
  const surplus = names.filter((entry) => !allowed.some((pattern) => pattern.test(entry)));
  const missing = required.filter((name) => !names.includes(`extension/${name}`));
  if (surplus.length > 0 || missing.length > 0) {
    const list = (label: string, listed: string[]): string => listed.map((name) => `\n  ${label} ${name}`).join('');
    throw new Error(`${path} does not hold what it should:${list('surplus:', surplus)}${list('missing:', missing)}`);
  }
  return { path, entries, bytes: archive.length };
}
