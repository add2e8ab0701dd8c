// Bundles the extension: `--production` for its package, `--tests` with the tests that run in VS Code, `--watch` again
// whenever a source changes.
import { mkdir, writeFile } from 'node:fs/promises';
import { context } from 'esbuild';
import { extensionBundles, pageBundles, testBundle } from './scripts/lib/bundles.mjs';

const flags = new Set(process.argv.slice(2));
const production = flags.has('--production');
const extension = extensionBundles(production);
const parts = [extension, pageBundles(production)];
const selected = flags.has('--tests') ? [...parts, testBundle(production)] : parts;
const contexts = await Promise.all(selected.map((options) => context(options)));
if (flags.has('--watch')) {
  await Promise.all(contexts.map((builder) => builder.watch()));
  console.log('Watching for changes.');
} else {
  const results = await Promise.all(contexts.map((builder) => builder.rebuild()));
  await mkdir('out', { recursive: true });
  await writeFile('out/metafile.json', JSON.stringify(results[0]?.metafile));
  await Promise.all(contexts.map((builder) => builder.dispose()));
}
