/**
 * `npm run soak`: what `npm test` has no time for, such as journeys that wait for minutes of outage. All of it, or the files
 * whose names have one of the texts that are given (`npm run soak -- tenMinutes`).
 */
import { readdir } from 'node:fs/promises';
import { ensureChromium } from '../../test/host/chromium.ts';
import { ensureVscodeServer } from '../../test/host/vscodeServer.ts';
import { build } from '../lib/build.ts';
import { sumOf } from '../lib/counts.ts';
import { runNodeTests } from '../lib/nodeTests.ts';
import { packageExtension } from '../lib/packageExtension.ts';
import { inProject } from '../lib/project.ts';
import { lineOf, runStage, type StageResult } from '../lib/stages.ts';

/** Measures, so nothing may run beside it, and comes last. It has no window of VS Code. */
const measured = 'tenMinutes.test.ts';

const parts = process.argv.slice(2);
const all = (await readdir(inProject('test', 'soak'))).filter((name) => name.endsWith('.test.ts')).sort();
const selected = all.filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)));
if (selected.length === 0) {
  console.error(`No such file: ${parts.join(', ')}. There are ${all.join(', ')}.`);
  process.exit(2);
}
const journeys = selected.filter((name) => name !== measured);
const results: StageResult[] = [];

if (journeys.length > 0) {
  await Promise.all([ensureVscodeServer(console.log), ensureChromium(console.log)]);
  await packageExtension();
  await build('--tests');
  await run('soak', journeys, { concurrency: 2 });
}
if (selected.includes(measured)) {
  console.log('\nTen minutes at full speed: eleven minutes of real time from now on.');
  await run('minutes', [measured], { concurrency: 1, timeoutMs: 15 * 60_000 });
}

console.log(`\n${results.map(lineOf).join('\n')}`);
const { passed, failed } = sumOf(results);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function run(
  name: string,
  names: readonly string[],
  how: { readonly concurrency: number; readonly timeoutMs?: number },
): Promise<void> {
  const tests = { files: names.map((file) => `test/soak/${file}`), reporter: 'spec', ...how } as const;
  const stage = { name, run: (print: (text: string) => void) => runNodeTests(tests, print) };
  results.push(await runStage(stage, (text) => process.stdout.write(text)));
}
