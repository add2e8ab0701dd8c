/** `npm test`: everything, or the stages that are named (`npm test -- unit vscode`). */
import { ensureChromium } from '../../test/host/chromium.ts';
import { runCommand } from '../../test/host/processes.ts';
import { ensureVscodeServer } from '../../test/host/vscodeServer.ts';
import { build } from '../lib/build.ts';
import { type Counts, onePassed, sumOf } from '../lib/counts.ts';
import { runNodeTests } from '../lib/nodeTests.ts';
import { packageExtension } from '../lib/packageExtension.ts';
import { commandOf, inProject, projectFolder } from '../lib/project.ts';
import { lineOf, runStage, type Stage, type StageResult } from '../lib/stages.ts';
import { runVscodeTests } from '../lib/vscodeTests.ts';

const biome = commandOf('@biomejs/biome', 'bin/biome');
const tsc = commandOf('typescript', 'bin/tsc');

/** A tool that says by its exit code whether all is well. */
async function check(tool: string, ...args: readonly string[]): Promise<Counts> {
  await runCommand(process.execPath, [tool, ...args], { cwd: projectFolder });
  return onePassed;
}

const stages: readonly Stage[] = [
  { name: 'format', run: () => check(biome, 'check', '--linter-enabled=false', '--error-on-warnings') },
  { name: 'lint', run: () => check(biome, 'lint', '--error-on-warnings') },
  {
    name: 'types',
    run: async () => {
      await check(tsc, '--project', projectFolder);
      // What runs in webviews knows the browser's names, which the rest must not.
      return check(tsc, '--project', inProject('src', 'views', 'detailsPage'));
    },
  },
  // Packaged before the build for the other stages: both write the same bundles, minified and not.
  {
    name: 'package',
    run: async (print) => {
      const { entries, bytes } = await packageExtension();
      print(`${entries.length} files, ${Math.round(bytes / 1024)} kB\n`);
      return onePassed;
    },
  },
  {
    name: 'build',
    run: async () => {
      await build('--tests');
      return onePassed;
    },
  },
  {
    name: 'unit',
    run: (print) => runNodeTests({ files: 'test/unit/**/*.test.ts', reporter: 'dot', concurrency: 3 }, print),
  },
  {
    name: 'vscode',
    run: async (print) => {
      await host;
      return runVscodeTests(print);
    },
  },
  {
    name: 'journeys',
    run: async (print) => {
      await host;
      return runNodeTests({ files: 'test/journeys/**/*.test.ts', reporter: 'spec', concurrency: 2 }, print);
    },
  },
];

/** What a stage cannot do without, when it is named alone. */
const needs: Readonly<Record<string, readonly string[]>> = {
  unit: ['build'],
  vscode: ['build'],
  journeys: ['package', 'build'],
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(`No such stage: ${unknown.join(', ')}. There are ${stages.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const wanted = new Set(names.flatMap((name) => [...(needs[name] ?? []), name]));
const selected = stages.filter(({ name }) => wanted.size === 0 || wanted.has(name));

/** What VS Code runs in is fetched while the first stages run: they wait for a processor, this for the network. */
const host = selected.some(({ name }) => name === 'vscode' || name === 'journeys') ? prepareHost() : Promise.resolve();
host.catch(() => undefined);

async function prepareHost(): Promise<void> {
  await Promise.all([ensureVscodeServer(console.log), ensureChromium(console.log)]);
}

/** These wait for timers and windows as much as for a processor, so that both together take little longer than one. */
const sideBySide = ['unit', 'vscode'];

const results: StageResult[] = [];
for (const stage of selected.filter(({ name }) => name !== 'vscode' || !wantsBoth())) {
  const others = stage.name === 'unit' && wantsBoth() ? selected.filter(({ name }) => name === 'vscode') : [];
  // What the other prints comes after it.
  let late = '';
  const beside = others.map((other) =>
    runStage(other, (text) => {
      late += text;
    }),
  );
  results.push(await print(runStage(stage, (text) => process.stdout.write(text))));
  for (const other of beside) {
    const result = await other;
    process.stdout.write(late);
    results.push(await print(Promise.resolve(result)));
  }
}

function wantsBoth(): boolean {
  return sideBySide.every((name) => selected.some((stage) => stage.name === name));
}

async function print(running: Promise<StageResult>): Promise<StageResult> {
  const result = await running;
  console.log(lineOf(result));
  return result;
}

console.log(`\n${results.map(lineOf).join('\n')}`);
const { passed, failed } = sumOf(results);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
