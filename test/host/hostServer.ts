import { access, mkdir, readFile, symlink, watch, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand, startProcess } from './processes.ts';
import { makeTemporaryFolder } from './temporaryFolder.ts';
import { quietSettings } from './userSettings.ts';
import { ensureVscodeServer } from './vscodeServer.ts';

export interface HostServerOptions {
  /** User settings on top of the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Environment variables for the extension host, on top of this process's own. `undefined` takes one away. */
  readonly env?: NodeJS.ProcessEnv;
  /** Packaged extensions to install first. */
  readonly vsix?: string | readonly string[];
  /**
   * Lets the window read the payload of its address, which loads an extension under development and runs tests. Toasts
   * then stay hidden and modal dialogs are refused, so leave it off where a person's window is wanted.
   */
  readonly driver?: boolean;
  /**
   * Leaves out most of the extensions that VS Code brings along, such as those for languages and Git: a sixth of what a
   * window costs to start.
   */
  readonly fewBuiltIns?: boolean;
  /** Node's own arguments, which the extension host gets as well. */
  readonly nodeArguments?: readonly string[];
  readonly report?: (message: string) => void;
}

/** A VS Code server of our own: fresh data and extensions folders, on a free port of the loopback. */
export interface HostServer {
  readonly origin: string;
  /** Its user data: settings, storage, logs. */
  readonly dataFolder: string;
  /** The address of a window on a folder. The payload is read if the server was started with `driver`. */
  windowUrl(window?: { folder?: string; payload?: WindowPayload }): string;
  /** Settles when a window has saved the user settings as this text; rejects when the time is up. */
  settingsChangedTo(text: string, timeoutMs: number): Promise<void>;
  /** What the server wrote so far. */
  readonly output: string;
  /** Settles when the server ended. */
  readonly ended: Promise<unknown>;
  dispose(): Promise<void>;
}

export interface WindowPayload {
  /** The folder of an extension under development. */
  readonly extensionDevelopmentPath: string;
  /** A module whose `run` the extension host calls; without it the window is for a person. */
  readonly extensionTestsPath?: string;
}

const startTimeoutMs = 60_000;

/** Colours, icons, and what is used to edit settings and to read documents and reports. */
const neededBuiltIns = [
  ...['theme-defaults', 'theme-seti', 'theme-modern-icons', 'configuration-editing', 'json', 'json-language-features'],
  ...['markdown-basics', 'markdown-language-features'],
];

export async function startHostServer(options: HostServerOptions = {}): Promise<HostServer> {
  const serverMain = await ensureVscodeServer(options.report ?? (() => undefined));
  const folder = await makeTemporaryFolder();
  const dataFolder = join(folder.path, 'data');
  const emptyFolder = join(folder.path, 'workspace');
  const folders = ['--server-data-dir', dataFolder, '--extensions-dir', join(folder.path, 'extensions')];
  const env = hostEnvironment(options.env);
  const builtIns = join(folder.path, 'builtIns');
  const settingsFile = join(dataFolder, 'data', 'User', 'settings.json');
  try {
    await Promise.all([mkdir(emptyFolder), mkdir(dirname(settingsFile), { recursive: true })]);
    await writeFile(settingsFile, JSON.stringify({ ...quietSettings, ...options.settings }, undefined, 2));
    if (options.fewBuiltIns) {
      await linkBuiltIns(serverMain, builtIns);
    }
    if (options.vsix) {
      const packages = [options.vsix].flat().flatMap((vsix) => ['--install-extension', vsix]);
      const install = [...packages, '--accept-server-license-terms'];
      await runCommand(process.execPath, [serverMain, ...folders, ...install], { env });
    }
    const server = startProcess(
      process.execPath,
      [
        ...(options.nodeArguments ?? []),
        serverMain,
        ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--accept-server-license-terms'],
        ...folders,
        '--disable-telemetry',
        ...(options.fewBuiltIns ? ['--builtin-extensions-dir', builtIns] : []),
        ...(options.driver ? ['--enable-smoke-test-driver'] : []),
      ],
      { env },
    );
    const dispose = async (): Promise<void> => {
      await server.dispose();
      await folder.dispose();
    };
    const [, port] = await server
      .waitForOutput(/Extension host agent listening on (\d+)/, startTimeoutMs)
      .catch(async (error: unknown) => {
        await server.dispose();
        throw error;
      });
    return {
      origin: `http://127.0.0.1:${port}`,
      dataFolder,
      windowUrl: (window = {}) => windowUrl(`127.0.0.1:${port}`, window.folder ?? emptyFolder, window.payload),
      settingsChangedTo: (text, timeoutMs) => fileChangedTo(settingsFile, text, timeoutMs),
      get output() {
        return server.output;
      },
      ended: server.ended,
      dispose,
    };
  } catch (error) {
    await folder.dispose();
    throw error;
  }
}

async function linkBuiltIns(serverMain: string, folder: string): Promise<void> {
  const all = join(dirname(dirname(serverMain)), 'extensions');
  await mkdir(folder);
  await Promise.all(
    neededBuiltIns.map(async (name) => {
      // A link to nothing would go unnoticed.
      await access(join(all, name, 'package.json'));
      await symlink(join(all, name), join(folder, name), 'junction');
    }),
  );
}

/** Each window of a server belongs to a folder, the remote's files are named by URIs of its authority. */
function windowUrl(authority: string, folder: string, payload: WindowPayload | undefined): string {
  const url = new URL(`http://${authority}/`);
  url.searchParams.set('folder', folder);
  if (payload) {
    const entries = Object.entries(payload).map(([key, path]) => [key, `vscode-remote://${authority}${path}`]);
    url.searchParams.set('payload', JSON.stringify([...entries, ['skipWelcome', 'true']]));
  }
  return url.href;
}

async function fileChangedTo(file: string, text: string, timeoutMs: number): Promise<void> {
  for await (const _event of watch(dirname(file), { signal: AbortSignal.timeout(timeoutMs) })) {
    if ((await readFile(file, 'utf8')) === text) {
      return;
    }
  }
}

/** Ours, without what a VS Code terminal or a test runner put into it. */
function hostEnvironment(additions: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VSCODE_.*|ELECTRON_.*|NODE_TEST_CONTEXT|NODE_OPTIONS)$/.test(name),
    ),
  );
  return {
    ...env,
    // A gallery without an address is none: nothing is looked up there.
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    ...additions,
  };
}
