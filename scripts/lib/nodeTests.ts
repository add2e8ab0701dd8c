import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess } from '../../test/host/processes.ts';
import { makeTemporaryFolder } from '../../test/host/temporaryFolder.ts';
import { type Counts, countsOfRun } from './counts.ts';
import { inProject, projectFolder } from './project.ts';

export interface NodeTests {
  /** The test files or glob patterns for them, from the root of the project. */
  readonly files: string | readonly string[];
  readonly reporter: 'dot' | 'spec';
  /** How many files run at a time. */
  readonly concurrency: number;
  readonly env?: NodeJS.ProcessEnv;
  /** The longest that a test may take, milliseconds; four minutes where it is left out. */
  readonly timeoutMs?: number;
}

/** Nothing that hangs may hang the whole run. */
const testTimeoutMs = 240_000;

/** Each file of tests is a process, which finds here what the one before it has compiled. */
const compileCache = inProject('out', 'compileCache');

/** Runs tests with Node's own test runner. */
export async function runNodeTests(tests: NodeTests, print: (text: string) => void): Promise<Counts> {
  const folder = await makeTemporaryFolder();
  try {
    const countsFile = join(folder.path, 'counts.json');
    const runner = startProcess(
      process.execPath,
      [
        '--test',
        `--test-concurrency=${tests.concurrency}`,
        `--test-timeout=${tests.timeoutMs ?? testTimeoutMs}`,
        ...[`--test-reporter=${tests.reporter}`, '--test-reporter-destination=stdout'],
        ...[`--test-reporter=${inProject('scripts', 'lib', 'testCounts.mjs')}`],
        `--test-reporter-destination=${countsFile}`,
        ...[tests.files].flat(),
      ],
      { cwd: projectFolder, env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ...tests.env }, onOutput: print },
    );
    const { code } = await runner.ended;
    const counts = await readFile(countsFile, 'utf8').catch(() => '');
    return countsOfRun(counts ? JSON.parse(counts) : undefined, code === 0, print);
  } finally {
    await folder.dispose();
  }
}
