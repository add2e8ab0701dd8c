import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { ensureChromium, startChromium } from '../../test/host/chromium.ts';
import { type HostServer, startHostServer } from '../../test/host/hostServer.ts';
import { runCommand } from '../../test/host/processes.ts';
import { makeTemporaryFolder } from '../../test/host/temporaryFolder.ts';
import { commandOf, inProject } from '../lib/project.ts';
import type { Bench, Figure } from './support/figure.ts';
import { ratio } from './support/figure.ts';
import { compare, summaryOf } from './support/statistics.ts';

const samples = 7;
const windowTimeoutMs = 60_000;

const publisher = 'activation-bench';

/** Files of the checkout that are as they are in both extensions. */
const sharedFiles = ['package.nls.json', 'media'];

interface Taken {
  readonly loadMs: number;
  readonly activateMs: number;
  /** What it does the moment after. */
  readonly afterMs: number;
  /** As another extension waits for it, with what VS Code does around it. */
  readonly wholeMs: number;
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
  };
}

/**
 * Loading and activating the packaged extension in the real VS Code, beside an extension with the same registrations and
 * nothing behind them: each in a window of its own, at a quiet moment.
 */
export const activation: Figure = {
  name: 'activation',
  async measure(bench: Bench) {
    const folder = await makeTemporaryFolder();
    try {
      await bench.packaged();
      const vsix = await Promise.all([
        makeMeasurer(join(folder.path, 'measurer')),
        makeExtension(
          join(folder.path, 'ours'),
          'ours',
          await readFile(inProject('dist', 'extension.cjs'), 'utf8'),
          'core.cjs',
        ),
        makeExtension(join(folder.path, 'twin'), 'twin', await twinSource()),
      ]);
      const executable = await ensureChromium(bench.print);
      const server = await startHostServer({
        vsix,
        settings: { 'mediaServices.accounts': [account] },
        report: bench.print,
      });
      try {
        const browser = await startChromium(executable);
        try {
          return await measureIn(server, browser, folder.path);
        } finally {
          await browser.close();
        }
      } finally {
        await server.dispose();
      }
    } finally {
      await folder.dispose();
    }
  },
};

/** Start-up asks no service, so there is none here. */
const account = {
  name: 'bench',
  kind: 'ams',
  endpoint: 'https://127.0.0.1:9/',
  authentication: { method: 'environment' },
};

async function measureIn(server: HostServer, browser: Browser, folder: string): ReturnType<Figure['measure']> {
  const taken: Record<'ours' | 'twin', Taken[]> = { ours: [], twin: [] };
  let windows = 0;
  const open = async (which: 'ours' | 'twin'): Promise<number> => {
    const result = await activateIn(server, browser, join(folder, `window-${windows++}`), `${publisher}.${which}`);
    taken[which].push(result);
    return result.loadMs + result.activateMs;
  };
  // The first window also fills the caches of the operating system.
  await open('twin');
  taken.twin.pop();
  const comparison = await compare(
    samples,
    () => open('ours'),
    () => open('twin'),
  );
  const wholes = taken.ours.map(({ wholeMs }, sample) => wholeMs / (taken.twin[sample]?.wholeMs ?? Number.NaN));
  const baseline = 'an extension with the same registrations';
  return [
    ratio('activation in VS Code / an extension with the same registrations', 1.5, comparison, {
      unit: 'ms',
      baseline,
      note: 'loading the main bundle and activate(), timed around both by an entry point that both extensions share',
    }),
    {
      what: 'what it puts off until the moment after: the parts that were not there yet',
      value: summaryOf(taken.ours.map(({ afterMs }) => afterMs)),
      unit: 'ms',
      bar: null,
    },
    {
      what: 'the same as another extension waits for it',
      value: summaryOf(wholes),
      unit: '×',
      bar: null,
      of: {
        unit: 'ms',
        ours: summaryOf(taken.ours.map(({ wholeMs }) => wholeMs)),
        baseline: summaryOf(taken.twin.map(({ wholeMs }) => wholeMs)),
        name: baseline,
      },
      note: 'vscode.extensions.getExtension(…).activate() from a third extension, with what VS Code does around it',
    },
  ];
}

/** Opens a window on a folder that says which extension to activate, and waits for what came of it. */
async function activateIn(server: HostServer, browser: Browser, folder: string, extension: string): Promise<Taken> {
  await mkdir(folder);
  await writeFile(join(folder, 'extension'), extension);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(server.windowUrl({ folder }), { timeout: windowTimeoutMs });
    const end = Date.now() + windowTimeoutMs;
    for (;;) {
      const text = await readFile(join(folder, 'result'), 'utf8').catch(() => null);
      if (text !== null) {
        const result = JSON.parse(text) as Taken & { readonly error?: string };
        if (result.error !== undefined) {
          throw new Error(result.error);
        }
        return result;
      }
      if (Date.now() > end) {
        throw new Error(`The window has not activated ${extension} in time.\n${server.output}`);
      }
      await sleep(100);
    }
  } finally {
    await context.close();
  }
}

/** Our manifest without the event that starts the extension with the window: when it starts is the measurer's to say. */
async function makeExtension(folder: string, name: string, source: string, ...beside: string[]): Promise<string> {
  await mkdir(join(folder, 'dist'), { recursive: true });
  for (const file of sharedFiles) {
    await cp(inProject(file), join(folder, file), { recursive: true });
  }
  const manifest = { ...(await readManifest()), name, publisher, activationEvents: [], main: './dist/main.cjs' };
  await copyFile(inProject('scripts', 'bench', 'activation', 'timedMain.cjs'), join(folder, 'dist', 'main.cjs'));
  await writeFile(join(folder, 'dist', 'measured.cjs'), source);
  for (const bundle of beside) {
    await copyFile(inProject('dist', bundle), join(folder, 'dist', bundle));
  }
  return packageFolder(folder, manifest);
}

async function makeMeasurer(folder: string): Promise<string> {
  await mkdir(folder);
  await copyFile(inProject('scripts', 'bench', 'activation', 'measurer.cjs'), join(folder, 'main.cjs'));
  const { engines, version } = await readManifest();
  const manifest = { name: 'measurer', publisher, engines, version, main: './main.cjs' };
  return packageFolder(folder, { ...manifest, activationEvents: ['onStartupFinished'], extensionKind: ['workspace'] });
}

async function packageFolder(folder: string, manifest: object): Promise<string> {
  const {
    scripts: _scripts,
    dependencies: _dependencies,
    devDependencies: _dev,
    ...rest
  } = manifest as Record<string, unknown>;
  await writeFile(join(folder, 'package.json'), JSON.stringify(rest));
  await writeFile(join(folder, 'README.md'), 'For a measurement alone.\n');
  const out = `${folder}.vsix`;
  const vsce = commandOf('@vscode/vsce', 'vsce');
  const flags = ['--no-dependencies', '--allow-missing-repository', '--skip-license'];
  await runCommand(process.execPath, [vsce, 'package', ...flags, '--out', out], { cwd: folder });
  return out;
}

async function twinSource(): Promise<string> {
  const { contributes } = (await readManifest()) as unknown as Manifest;
  const views = Object.values(contributes.views).flatMap((container) => container.map(({ id }) => id));
  const source = await readFile(inProject('src', 'commands', 'registerCommands.ts'), 'utf8');
  const list = /const commandNames = \[([^\]]*)\]/.exec(source)?.[1] ?? '';
  const commands = Array.from(list.matchAll(/'(\w+)'/g), ([, name]) => `mediaServices.${name}`);
  const missing = contributes.commands.filter(({ command }) => !commands.includes(command));
  if (missing.length > 0) {
    throw new Error(`Not found among the registered commands: ${missing.map(({ command }) => command).join(', ')}`);
  }
  const template = await readFile(inProject('scripts', 'bench', 'activation', 'twin.cjs'), 'utf8');
  return template
    .replace('= COMMANDS', `= ${JSON.stringify(commands)}`)
    .replace('= VIEWS', `= ${JSON.stringify(views)}`);
}

async function readManifest(): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(inProject('package.json'), 'utf8'));
}
