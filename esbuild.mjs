// Bundles the extension. Each entry point is a bundle of its own, because esbuild does not split CommonJS: the
// extension requires the later ones when they are first needed, so that start-up loads nothing it does not use.
import { mkdir, writeFile } from 'node:fs/promises';
import { context } from 'esbuild';

const flags = new Set(process.argv.slice(2));
const production = flags.has('--production');

/** Bundles of the extension that load each other at run time, by path relative to `dist`. */
const siblings = ['./client.cjs', './identity.cjs'];

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  // VS Code 1.101, the oldest supported, runs extensions on Node 22.
  target: 'node22',
  outExtension: { '.js': '.cjs' },
  minify: production,
  // Errors are recognised by name across bundles.
  keepNames: true,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};

/** @type {import('esbuild').BuildOptions} */
const extension = {
  ...common,
  entryPoints: {
    extension: 'src/extension.ts',
    client: 'src/client/clientBundle.ts',
    identity: 'src/client/identity.ts',
    emulator: 'src/emulator/main.ts',
  },
  outdir: 'dist',
  // node-fetch asks for the polyfill only where Node has no web streams, which no supported version lacks.
  external: ['vscode', 'web-streams-polyfill/*', ...siblings],
};

/** @type {import('esbuild').BuildOptions} */
const tests = {
  ...common,
  entryPoints: { index: 'test/vscode/index.ts' },
  outdir: 'out/test',
  external: ['vscode', 'mocha'],
};

const selected = flags.has('--tests') ? [extension, tests] : [extension];
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
