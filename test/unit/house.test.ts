import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { type BuildOptions, build, type Metafile, type OutputFile } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Import {
  /** As it is written. */
  readonly specifier: string;
  /** Path from the root, for one of our files. */
  readonly file: string | null;
  /** Gone when the file runs. */
  readonly isType: boolean;
  readonly isReExport: boolean;
}

interface Source {
  readonly path: string;
  /** The folder below `src`, or '' for the composition root. */
  readonly part: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const sources = readSources();

function readSources(): Source[] {
  return readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const file = path.posix.join('src', ...name.split(path.sep));
      const text = readFileSync(path.join(root, file), 'utf8');
      const [part = ''] = file.split('/').slice(1, -1);
      return { path: file, part, text, imports: importsOf(file, text) };
    });
}

/** Every import and re-export, written as a statement, `import()`, `import('…').Type` or `require()`. */
function importsOf(file: string, text: string): Import[] {
  const statements = text.matchAll(/^(import|export)(\s+type)?\b[^;'"]*?\bfrom\s*'([^']+)'/gm);
  const bare = text.matchAll(/^import\s*'([^']+)'/gm);
  const calls = text.matchAll(/\b(?:import|require)\(\s*'([^']+)'\s*\)/g);
  const of = (specifier: string, isType: boolean, isReExport: boolean): Import => ({
    specifier,
    file: specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : null,
    isType,
    isReExport,
  });
  return [
    ...Array.from(statements, ([, keyword, type, specifier]) =>
      of(specifier ?? '', type !== undefined, keyword === 'export'),
    ),
    ...Array.from(bare, ([, specifier]) => of(specifier ?? '', false, false)),
    ...Array.from(calls, ([, specifier]) => of(specifier ?? '', false, false)),
  ];
}

/** What each part may import beside itself; as the house is drawn. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  jobs: [],
  client: ['jobs'],
  emulator: [],
  accounts: ['client', 'jobs'],
  views: ['jobs'],
  commands: ['accounts', 'client', 'views', 'jobs'],
  '': ['accounts', 'client', 'commands', 'views', 'jobs'],
};

describe('the house', () => {
  test('has the parts that are drawn, and no other', () => {
    assert.deepEqual([...new Set(sources.map(({ part }) => part))].sort(), Object.keys(mayImport).sort());
    assert.deepEqual(
      sources.filter(({ part }) => part === '').map((source) => source.path),
      ['src/core.ts', 'src/extension.ts'],
    );
    assert.ok(sources.flatMap(({ imports }) => imports).length > 200, 'this test finds imports');
  });

  for (const source of sources) {
    test(`${source.path} imports only what is below it`, () => {
      for (const { specifier, file } of source.imports) {
        if (file !== null && !(source.part === '' && file.endsWith('.cjs'))) {
          const target = sources.find((candidate) => candidate.path === file);
          assert.ok(target, `${specifier} is a file`);
          assert.ok([source.part, ...(mayImport[source.part] ?? [])].includes(target.part), specifier);
        }
      }
    });
  }

  test('knows VS Code in four places alone', () => {
    const knowing = sources.filter(({ imports }) => imports.some(({ specifier }) => specifier === 'vscode'));
    const parts = new Set(knowing.map(({ part }) => part));
    assert.deepEqual([...parts].sort(), ['', 'accounts', 'commands', 'views']);
  });

  test('presents jobs without VS Code', () => {
    for (const name of [
      ...['badge', 'errorText', 'failure', 'format', 'jobDetailsModel', 'jobDetailsPage', 'jobGrouping', 'jobGroups'],
      ...['jobNodes', 'jobPresentation', 'localize', 'shownDetails'],
      ...['panelChoices', 'panelTexts', 'queueText', 'text'],
      ...[
        'curl',
        'documentSource',
        'exchangeText',
        'githubMarkdown',
        'jobDocument',
        'jobExport',
        'jobReport',
        'recordText',
      ],
    ]) {
      const source = sources.find((candidate) => candidate.path === `src/views/${name}.ts`);
      assert.ok(source, name);
      assert.ok(!source.imports.some(({ specifier }) => specifier === 'vscode'), name);
    }
  });

  test('says what jobs are without any package, HTTP, file or timer', () => {
    for (const { path: file, part, imports, text } of sources) {
      if (part === 'jobs') {
        assert.deepEqual(
          imports.filter((item) => item.file === null).map(({ specifier }) => specifier),
          [],
          file,
        );
        if (file !== 'src/jobs/clock.ts') {
          assert.doesNotMatch(text, /(?<![.\w])(setTimeout|setInterval|fetch)\(|\bDate\.now\(|new Date\(\)/, file);
        }
      }
    }
  });

  test('shows jobs without HTTP or credentials', () => {
    for (const { path: file, part, imports } of sources) {
      if (part === 'views') {
        // What runs in a webview has a chart library, and no VS Code.
        const allowed = file.startsWith('src/views/detailsPage/') ? 'uplot' : 'vscode';
        const others = imports.filter((item) => item.file === null).map(({ specifier }) => specifier);
        assert.deepEqual(
          others.filter((specifier) => specifier !== allowed),
          [],
          file,
        );
      }
    }
  });

  test('has no barrel and no default export', () => {
    for (const { path: file, imports, text } of sources) {
      assert.deepEqual(
        imports.filter(({ isReExport }) => isReExport).map(({ specifier }) => specifier),
        [],
        file,
      );
      assert.doesNotMatch(text, /^export default\b|^export \*/m, file);
      assert.notEqual(path.basename(file), 'index.ts');
    }
  });

  test('has a composition root that one can read at a glance', () => {
    const roots = sources.filter(({ part }) => part === '');
    for (const { path: file, text } of roots) {
      assert.ok(text.trimEnd().split('\n').length < 100, file);
    }
  });

  test('has one file per command, named after it', () => {
    const registry = sources.find((source) => source.path === 'src/commands/commands.ts');
    const table = /const commands: [^=]*= \{\n(.*?)\n\};/s.exec(registry?.text ?? '')?.[1] ?? '';
    const named = [...table.matchAll(/^ {2}(\w+),$/gm)].map(([, name]) => name);
    assert.ok(named.length > 8);
    for (const name of named) {
      const source = sources.find((candidate) => candidate.path === `src/commands/${name}.ts`);
      assert.match(source?.text ?? '', new RegExp(`^export (?:async )?function ${name}\\(`, 'm'), name);
    }
  });
});

describe('bundles', () => {
  const outputs = new Map<string, Metafile['outputs'][string]>();
  const texts = new Map<string, string>();
  let inputs: Metafile['inputs'] = {};
  let pages: readonly OutputFile[] = [];
  let pageInputs: readonly string[] = [];

  before(async () => {
    const { extensionBundles, pageBundles } = (await import(
      new URL('../../scripts/lib/bundles.mjs', import.meta.url).href
    )) as Record<'extensionBundles' | 'pageBundles', (production: boolean) => BuildOptions>;
    const page = await build({ ...pageBundles(true), metafile: true, write: false, absWorkingDir: root });
    pages = page.outputFiles;
    pageInputs = Object.keys(page.metafile.inputs);
    const { metafile, outputFiles } = await build({
      ...extensionBundles(true),
      metafile: true,
      write: false,
      absWorkingDir: root,
    });
    ({ inputs } = metafile);
    for (const [file, output] of Object.entries(metafile.outputs)) {
      outputs.set(path.basename(file, '.cjs'), output);
    }
    for (const file of outputFiles) {
      texts.set(path.basename(file.path, '.cjs'), file.text);
    }
  });

  const packagesIn = (bundle: string): string[] => {
    const inputs = Object.keys(outputs.get(bundle)?.inputs ?? {});
    const names = inputs.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
    return [...new Set(names)].sort();
  };
  const ownPartsIn = (bundle: string): string[] => {
    const inputs = Object.keys(outputs.get(bundle)?.inputs ?? {});
    return [...new Set(inputs.flatMap((file) => /^src\/(\w+)\//.exec(file)?.[1] ?? []))].sort();
  };
  const externalsOf = (bundle: string): string[] => {
    const imports = outputs.get(bundle)?.imports ?? [];
    const names = imports.filter(({ external, path: name }) => external && !isBuiltin(name)).map((item) => item.path);
    return [...new Set(names)].sort();
  };
  const isBuiltin = (name: string): boolean => name.startsWith('node:') || process.getBuiltinModule(name) !== undefined;

  test('are the ones that are packaged', () => {
    assert.deepEqual([...outputs.keys()].sort(), [
      'client',
      'commands',
      'core',
      'details',
      'emulator',
      'extension',
      'identity',
      'panel',
      'watch',
    ]);
  });

  test('the extension holds no package at all, so that start-up loads none', () => {
    for (const bundle of ['extension', 'core', 'commands', 'panel']) {
      assert.deepEqual(packagesIn(bundle), [], bundle);
    }
    assert.deepEqual(externalsOf('extension'), ['./core.cjs', 'vscode']);
    assert.deepEqual(externalsOf('core'), [
      './client.cjs',
      './commands.cjs',
      './details.cjs',
      './identity.cjs',
      './panel.cjs',
      './watch.cjs',
      'vscode',
    ]);
  });

  test('the extension copies nothing of the API, which start-up would wait for', () => {
    for (const bundle of ['extension', 'core']) {
      assert.equal(texts.get(bundle)?.match(/require\("vscode"\)/g)?.length, 1);
      assert.doesNotMatch(texts.get(bundle) ?? '', /\w\(require\("vscode"\)/);
    }
  });

  test('each package is in the one bundle that needs it', () => {
    const where = (name: string): string[] =>
      [...outputs.keys()].filter((bundle) => packagesIn(bundle).includes(name)).sort();
    assert.deepEqual(where('node-fetch'), ['client']);
    assert.deepEqual(where('tldts'), ['client']);
    assert.deepEqual(where('@azure/identity'), ['identity']);
    assert.deepEqual(where('jose'), ['emulator']);
  });

  test('hold no package whose licence is not shipped, or that runs something when it is installed', () => {
    const files = [...Object.keys(inputs), ...pageInputs].filter((file) => file.includes('node_modules/'));
    const folders = new Set(files.flatMap((file) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
    const notices = readFileSync(path.join(root, 'ThirdPartyNotices.txt'), 'utf8');
    for (const folder of folders) {
      const { name, version, scripts } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')) as {
        name: string;
        version: string;
        scripts?: Record<string, string>;
      };
      assert.ok(notices.includes(` - ${name}@${version}\n`), `${name} ${version}: run "npm run notices"`);
      const onInstall = Object.keys(scripts ?? {}).filter((script) => /^(pre|post)?install$/.test(script));
      assert.deepEqual(onInstall, [], name);
    }
    assert.ok(folders.size > 20, 'with those that others bring along');
  });

  test('the emulator shares no code with the rest', () => {
    assert.deepEqual(ownPartsIn('emulator'), ['emulator']);
    for (const bundle of ['extension', 'core', 'panel', 'client', 'identity', 'watch']) {
      assert.ok(!ownPartsIn(bundle).includes('emulator'), bundle);
    }
  });

  test('of the client, the extension holds only what accounts need', () => {
    const inputs = Object.keys(outputs.get('core')?.inputs ?? {}).filter((file) => file.startsWith('src/client/'));
    assert.deepEqual(inputs.sort(), [
      'src/client/account.ts',
      'src/client/ams/amsCapabilities.ts',
      'src/client/capabilitiesOf.ts',
      'src/client/clouds.ts',
      'src/client/v3/v3Capabilities.ts',
    ]);
  });

  test('the client runs outside VS Code', () => {
    for (const bundle of ['client', 'identity', 'emulator', 'watch']) {
      assert.ok(!externalsOf(bundle).includes('vscode'), bundle);
    }
  });

  test('what stands in for a package does so for the code alone that it is made for', () => {
    const askingFor = (name: string): string[] =>
      Object.entries(inputs)
        .filter(([, { imports }]) => imports.some(({ original }) => original === name))
        .map(([file]) => /.*node_modules\/(.*)/.exec(file)?.[1] ?? file)
        .sort();
    const versionChecks = askingFor('semver');
    assert.equal(versionChecks.length, 3);
    const require = createRequire(import.meta.url);
    for (const file of versionChecks) {
      // What it makes of the real package is what it makes of the one that always says yes.
      assert.match(file, /^jsonwebtoken\/lib\//);
      assert.equal(require(file), true);
    }
    assert.deepEqual(askingFor('open'), ['@azure/identity/dist/esm/msal/nodeFlows/msalClient.js']);
    assert.ok(!sources.some(({ text }) => text.includes('InteractiveBrowserCredential')));
    assert.deepEqual(askingFor('debug'), [
      'http-proxy-agent/dist/index.js',
      'https-proxy-agent/dist/index.js',
      'https-proxy-agent/dist/parse-proxy-response.js',
    ]);
  });

  test('make a small package', () => {
    const all = [...texts.values(), ...pages.map(({ text }) => text)];
    const zipped = all.map((text) => deflateRawSync(text, { level: 9 }).length);
    const bytes = zipped.reduce((sum, size) => sum + size, 0);
    assert.ok(bytes > 100_000 && bytes <= 385_000, `${bytes} bytes`);
  });

  test('what every start loads stays small, and what VS Code waits for tiny', () => {
    const bytesOf = (bundle: string): number => Buffer.byteLength(texts.get(bundle) ?? '');
    const [first, then] = [bytesOf('extension'), bytesOf('core')];
    assert.ok(first > 1_000 && first <= 5_000, `${first} bytes`);
    assert.ok(then > 10_000 && first + then <= 62_000, `${first} and ${then} bytes`);
  });
});
