// What is bundled, and how. Each entry point is a bundle of its own, because esbuild does not split CommonJS: the
// extension requires the later ones when they are first needed, so that start-up loads nothing it does not use.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Bundles of the extension that load each other at run time, by path relative to `dist`. */
const siblings = ['client', 'commands', 'core', 'details', 'identity', 'panel', 'watch'].map((name) => `./${name}.cjs`);

/** Packages that others bring along for what never happens here; each file says why it is safe. */
const replacements = {
  debug: replacement('debug.cjs'),
  open: replacement('open.cjs'),
  semver: replacement('semver.cjs'),
};

function replacement(file) {
  return fileURLToPath(new URL(`replacements/${file}`, import.meta.url));
}

/**
 * Requires `vscode` once per bundle and uses it as it is. Otherwise every file that imports it gets a copy, with a getter
 * for each of the API's hundreds of names: made a dozen times, they took half of the time that start-up takes.
 *
 * @returns {import('esbuild').Plugin}
 */
function vscodeOnce() {
  const name = 'vscode-once';
  return {
    name,
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const contents = text.replace(/^import \* as vscode from 'vscode';$/m, `import { vscode } from '${name}';`);
        return contents === text ? undefined : { contents, loader: 'ts' };
      });
      build.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: name }));
      build.onLoad({ filter: /.*/, namespace: name }, () => ({ contents: "export const vscode = require('vscode');" }));
    },
  };
}

/**
 * Makes a function of a package load it when it is first called: the table of all public suffixes takes longer to build
 * than the rest of the client, and only an account with a wildcard in its trusted hosts looks into it.
 *
 * @param {string} name of the package
 * @param {string} exported name of the function
 * @returns {import('esbuild').Plugin}
 */
function loadedOnCall(name, exported) {
  const namespace = `${name}-on-call`;
  return {
    name: namespace,
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, ({ namespace: from, resolveDir }) =>
        from === namespace ? undefined : { path: name, namespace, pluginData: resolveDir },
      );
      build.onLoad({ filter: /.*/, namespace }, ({ pluginData }) => ({
        contents: `export const ${exported} = (...args) => require('${name}').${exported}(...args);`,
        resolveDir: pluginData,
      }));
    },
  };
}

/** @returns {import('esbuild').BuildOptions} */
function common(production) {
  return {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // VS Code 1.101, the oldest supported, runs extensions on Node 22.
    target: 'node22',
    outExtension: { '.js': '.cjs' },
    minify: production,
    sourcemap: production ? false : 'linked',
    legalComments: 'none',
    alias: replacements,
    plugins: [vscodeOnce(), loadedOnCall('tldts', 'parse')],
    logLevel: 'warning',
    metafile: true,
  };
}

/**
 * @param {boolean} production
 * @returns {import('esbuild').BuildOptions}
 */
export function extensionBundles(production) {
  return {
    ...common(production),
    entryPoints: {
      extension: 'src/extension.ts',
      core: 'src/core.ts',
      commands: 'src/commands/commands.ts',
      client: 'src/client/clientBundle.ts',
      identity: 'src/client/identity.ts',
      panel: 'src/views/panel.ts',
      details: 'src/views/details.ts',
      watch: 'src/accounts/watchBundle.ts',
      emulator: 'src/emulator/main.ts',
    },
    outdir: 'dist',
    // node-fetch asks for the polyfill only where Node has no web streams, which no supported version lacks.
    external: ['vscode', 'web-streams-polyfill/*', ...siblings],
  };
}

/**
 * What runs in webviews.
 * @param {boolean} production
 * @returns {import('esbuild').BuildOptions}
 */
export function pageBundles(production) {
  return {
    bundle: true,
    platform: 'browser',
    format: 'iife',
    // The Chromium of VS Code 1.101.
    target: 'chrome134',
    minify: production,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    entryPoints: ['ts', 'css'].map((kind) => ({ in: `src/views/detailsPage/page.${kind}`, out: 'detailsPage' })),
    outdir: 'dist',
  };
}

/**
 * What runs inside VS Code to test the extension.
 * @param {boolean} production
 * @returns {import('esbuild').BuildOptions}
 */
export function testBundle(production) {
  return {
    ...common(production),
    entryPoints: { index: 'test/vscode/index.ts' },
    outdir: 'out/test',
    external: ['vscode', 'mocha'],
  };
}
