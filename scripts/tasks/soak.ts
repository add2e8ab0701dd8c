/** `npm run soak`: what `npm test` has no time for, such as journeys that wait for minutes of outage. */
import { ensureChromium } from '../../test/host/chromium.ts';
import { ensureVscodeServer } from '../../test/host/vscodeServer.ts';
import { build } from '../lib/build.ts';
import { runNodeTests } from '../lib/nodeTests.ts';
import { packageExtension } from '../lib/packageExtension.ts';
import { lineOf, runStage } from '../lib/stages.ts';

await Promise.all([ensureVscodeServer(console.log), ensureChromium(console.log)]);
await packageExtension();
await build('--tests');
const soak = await runStage(
  {
    name: 'soak',
    run: (print) => runNodeTests({ files: 'test/soak/**/*.test.ts', reporter: 'spec', concurrency: 2 }, print),
  },
  (text) => process.stdout.write(text),
);
console.log(`\n${lineOf(soak)}`);
console.log(`\n${soak.passed} passed, ${soak.failed} failed`);
process.exitCode = soak.failed > 0 ? 1 : 0;
