import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath } from '../../test/host/chromium.ts';
import { startProcess } from '../../test/host/processes.ts';
import { makeTemporaryFolder } from '../../test/host/temporaryFolder.ts';
import { projectFolder } from './project.ts';

/** The desktop VS Code of this machine, if there is one and a display to show it on. */
export async function findDesktop(): Promise<string | undefined> {
  const hasDisplay = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
  if (!hasDisplay) {
    return undefined;
  }
  const names = process.platform === 'win32' ? ['code.cmd'] : ['code'];
  return process.env['VSCODE_EXECUTABLE'] || (await findOnPath(names[0] as string));
}

export interface DesktopWindow {
  /** Settles when the window was closed. */
  readonly closed: Promise<unknown>;
  dispose(): Promise<void>;
}

/** Opens desktop VS Code with user data and extensions of its own, and the extension as it is in the checkout. */
export async function openDesktop(
  executable: string,
  settings: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
): Promise<DesktopWindow> {
  const folder = await makeTemporaryFolder();
  const userData = join(folder.path, 'user-data');
  await mkdir(join(userData, 'User'), { recursive: true });
  await writeFile(join(userData, 'User', 'settings.json'), JSON.stringify(settings, undefined, 2));
  const window = startProcess(
    executable,
    [
      ...['--new-window', '--wait', '--skip-welcome', '--skip-release-notes', '--disable-workspace-trust'],
      ...['--user-data-dir', userData, '--extensions-dir', join(folder.path, 'extensions')],
      `--extensionDevelopmentPath=${projectFolder}`,
    ],
    { env: { ...process.env, ...env } },
  );
  return {
    closed: window.ended,
    async dispose() {
      // The command line only waits for the window; the window's own process has noted its id.
      const id = Number(await readFile(join(userData, 'code.lock'), 'utf8').catch(() => ''));
      if (id > 0) {
        try {
          process.kill(id, 'SIGTERM');
        } catch {
          // It was closed by hand.
        }
      }
      await window.dispose();
      await folder.dispose();
    },
  };
}
