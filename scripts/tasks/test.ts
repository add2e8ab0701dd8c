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
import { Turns } from '../lib/turns.ts';
import { runVscodeTests } from '../lib/vscodeTests.ts';

const biome = commandOf('@biomejs/biome', 'bin/biome');
const tsc = commandOf('typescript', 'bin/tsc');

/** A tool that says by its exit code whether all is well. */
async function check(tool: string, ...args: readonly string[]): Promise<Counts> {
  await runCommand(process.execPath, [tool, ...args], { cwd: projectFolder });
  return onePassed;
}

/** @param name under which is kept what the compiler knows of the sources, for the next time */
function checkTypes(project: string, name: string): Promise<Counts> {
  const known = ['--incremental', '--tsBuildInfoFile', inProject('out', 'types', `${name}.tsbuildinfo`)];
  return check(tsc, '--project', project, ...known);
}

const stages: readonly Stage[] = [
  { name: 'format', run: () => check(biome, 'check', '--linter-enabled=false', '--error-on-warnings') },
  { name: 'lint', run: () => check(biome, 'lint', '--error-on-warnings') },
  {
    name: 'types',
    run: async () => {
      await checkTypes(projectFolder, 'all');
      // What runs in webviews knows the browser's names, which the rest must not.
      return checkTypes(inProject('src', 'views', 'detailsPage'), 'detailsPage');
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
    run: (print) => runNodeTests({ files: 'test/unit/**/*.test.ts', reporter: 'dot', concurrency: 2 }, print),
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

/**
 * What waits for timers, windows or the network as much as for a processor runs beside other stages: one row of lanes after
 * the other, and within a lane one stage after the other. Format and types are those of the sources, whatever is built.
 */
const rows: readonly (readonly (readonly string[])[])[] = [
  [['package', 'build'], ['format', 'lint'], ['types']],
  [['unit'], ['vscode', 'journeys']],
];

const results: StageResult[] = [];
for (const row of rows) {
  const turns = new Turns(row.length, (text) => process.stdout.write(text));
  const ofLanes = row.map(async (lane, index) => {
    const print = (text: string): void => turns.print(index, text);
    const ofLane: StageResult[] = [];
    for (const stage of lane.flatMap((name) => selected.filter((candidate) => candidate.name === name))) {
      const result = await runStage(stage, print);
      print(`${lineOf(result)}\n`);
      ofLane.push(result);
    }
    turns.end(index);
    return ofLane;
  });
  results.push(...(await Promise.all(ofLanes)).flat());
}

console.log(`\n${results.map(lineOf).join('\n')}`);
const { passed, failed } = sumOf(results);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
