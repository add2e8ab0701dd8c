import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { decoders } from '../../support/hostile/decoders.ts';

const src = fileURLToPath(new URL('../../../src/', import.meta.url));

/** What makes something of anything: parses JSON, or takes a value that may be of any type (but not something thrown). */
const decodes = /\bJSON\.parse\(|(?<!\b(?:error|reason|thrown|cause)\??): unknown\b(?=[^=\n]*[),])/;

/** Files that look as if they did, and why they are not tried: by reason. */
const others: Readonly<Record<string, readonly string[]>> = {
  'hands arguments of a command on to jobArguments.ts, accountArguments.ts and emulatorArguments.ts': [
    ...['cancelJob', 'changeJobPriority', 'changeJobs', 'checkJobProgress', 'commands', 'copyExchange', 'copyJobId'],
    ...['copyJobLink', 'copyJobReport', 'deleteJob', 'editAccount', 'exportJobs', 'followLink', 'jobsToShow'],
    ...['loadMoreJobs', 'openJob', 'openJobDocument', 'openJobJson', 'refreshDocument', 'refreshJobs'],
    ...[
      'registerCommands',
      'removeAccount',
      'showExchange',
      'signIn',
      'signOut',
      'startEmulator',
      'testConnection',
      'trackJob',
      'trustHost',
    ],
  ].map((name) => `commands/${name}.ts`),
  'compares with a name, and takes nothing else': [
    ...['commands/accountArguments.ts', 'commands/accountEntries.ts', 'commands/focusedJobs.ts'],
    ...['jobs/job.ts', 'views/jobDetailsPanel.ts'],
  ],
  'keeps values whose readers are tried': [
    'accounts/accountRegistry.ts',
    'accounts/sharedFolder.ts',
    'commands/accountWizard.ts',
  ],
  'hands the state of a tab on to detailsState.ts': ['views/editors.ts', 'views/jobDetailsPanels.ts'],
  'is told by Node or by the extension itself': [
    ...['client/httpSender.ts', 'emulator/main.ts', 'views/detailsPage/page.ts'],
  ],
};

const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((name) => name.split(path.sep).join('/'))
  .filter((name) => name.endsWith('.ts'));

describe('every file that makes something of anything', () => {
  const tried = new Set(decoders.flatMap(({ files }) => files));
  const excused = Object.values(others).flat();

  for (const name of sources.filter((name) => decodes.test(readFileSync(path.join(src, name), 'utf8')))) {
    test(`${name} is tried with hostile payloads, or says why not`, () => {
      assert.ok(tried.has(name) !== excused.includes(name), 'either a decoder names it, or this test');
    });
  }

  test('is a file that there is', () => {
    assert.deepEqual(
      [...tried, ...excused].filter((name) => !sources.includes(name)),
      [],
    );
  });
});
