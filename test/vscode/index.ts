import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

/** What the line that sums a run up starts with; scripts/tasks/test.ts reads what follows. */
const summaryPrefix = 'Tests inside VS Code: ';

/**
 * Runs every *.test.ts beside this file in the extension host that VS Code started for it. The tests are part of this
 * bundle; mocha is not, so that it finds its own files.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 20_000, slow: 2_000, forbidOnly: true });
  const sources = join(__dirname, '..', '..', 'test', 'vscode');
  for (const file of readdirSync(sources).filter((name) => name.endsWith('.test.ts'))) {
    const name = file.slice(0, -'.test.ts'.length);
    mocha.suite.emit('pre-require', globalThis, file, mocha);
    await import(`./${name}.test.ts`);
  }
  const stats = await new Promise<Mocha.Stats>((resolve) => {
    const runner = mocha.run(() => resolve(runner.stats as Mocha.Stats));
  });
  console.log(`${summaryPrefix}${JSON.stringify({ passed: stats.passes, failed: stats.failures })}`);
  if (stats.failures > 0 || stats.passes === 0) {
    throw new Error(stats.failures > 0 ? `${stats.failures} failed` : 'No test ran');
  }
}
