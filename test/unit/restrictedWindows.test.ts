import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { manifest, projectText } from '../support/manifest.ts';

/** What the extension's own code does with files and processes, in windows whose folder nobody trusts. */
const sources = ['accounts', 'client', 'commands', 'jobs', 'views'].flatMap((part) =>
  readdirSync(new URL(`../../src/${part}/`, import.meta.url))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ file: `src/${part}/${name}`, text: projectText(`src/${part}/${name}`) })),
);

function filesWith(pattern: RegExp): string[] {
  return sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);
}

describe('a window that is restricted', () => {
  test('is supported where the workspace is not trusted, and where it is virtual', () => {
    assert.deepEqual(manifest.capabilities, { untrustedWorkspaces: { supported: true }, virtualWorkspaces: true });
  });

  test('has a workspace that can set what is shown alone', () => {
    const { properties } = manifest.contributes.configuration;
    const scopes = Object.entries(properties).map(([key, { scope }]) => [key, scope] as const);
    assert.deepEqual(
      scopes.filter(([, scope]) => scope !== 'application'),
      [
        ['mediaServices.notifications', 'window'],
        ['mediaServices.jobs.pageSize', 'window'],
      ],
    );
    assert.ok(scopes.length > 4);
  });

  test('takes accounts from the person’s own settings, also where VS Code would let others have a say', () => {
    assert.deepEqual(filesWith(/getConfiguration\('mediaServices'\)/), [
      'src/accounts/settings.ts',
      'src/commands/accountEntries.ts',
    ]);
    for (const file of ['src/accounts/settings.ts', 'src/commands/accountEntries.ts']) {
      const text = projectText(file);
      assert.match(text, /inspect\('accounts'\)\?\.globalValue/, file);
      assert.doesNotMatch(text, /get\('accounts'\)/, file);
    }
  });

  test('has no file of its workspace read or run', () => {
    // The certificate's path is in the person's settings, all others are below the extension's own storage.
    assert.deepEqual(filesWith(/'node:fs(?:\/promises)?'/), [
      'src/accounts/emulatorHost.ts',
      'src/accounts/emulatorServices.ts',
      'src/accounts/endpointFile.ts',
      'src/accounts/fileMutex.ts',
      'src/accounts/leaseFile.ts',
      'src/accounts/sharedFiles.ts',
      'src/accounts/sharedFolder.ts',
      'src/client/certificateToken.ts',
    ]);
    // It runs the emulator of the extension itself, in the folder of the extension's storage.
    assert.deepEqual(filesWith(/'node:(?:child_process|worker_threads|vm)'/), ['src/accounts/emulatorLaunch.ts']);
    assert.match(
      projectText('src/accounts/emulatorLaunch.ts'),
      /spawn\(process\.execPath, \[bundle,.*\n.*\n.*\n\s*cwd: folder,/,
    );
    assert.deepEqual(filesWith(/\bfindFiles\b|\bcreateTerminal\b|\bvscode\.tasks\b|\bcreateFileSystemWatcher\b/), []);
    assert.deepEqual(filesWith(/workspace\.fs\.(?!writeFile\()/), []);
    // Where a person is offered to save an export, and it is no more than an offer.
    assert.deepEqual(filesWith(/\bworkspaceFolders\b|\brootPath\b/), ['src/commands/exportJobs.ts']);
    assert.deepEqual(filesWith(/\bopenTextDocument\(/), ['src/views/jobDocuments.ts']);
  });
});

describe('SECURITY.md', () => {
  const text = projectText('SECURITY.md');

  test('is linked, and says where to report in private', () => {
    assert.match(projectText('README.md'), /\[Security\]\(SECURITY\.md\)/);
    assert.ok(text.includes(`${manifest.repository.url.replace(/\.git$/, '')}/security`));
    assert.doesNotMatch(text, /\S@\S/);
  });

  test('names every setting that a workspace can change', () => {
    const named = [...text.matchAll(/`(mediaServices\.[\w.]+)`/g)].map(([, key]) => key);
    const { properties } = manifest.contributes.configuration;
    const ofWindow = Object.keys(properties).filter((key) => properties[key]?.['scope'] === 'window');
    assert.deepEqual(named.sort(), ofWindow.sort());
  });
});
