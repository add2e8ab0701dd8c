import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { runCommand } from './processes.ts';

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome.exe', 'msedge.exe'];
const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Resolves to a Chromium's executable; where there is none, Debian's package is installed if this process may. */
export async function ensureChromium(report: (message: string) => void): Promise<string> {
  const given = process.env['CHROMIUM_EXECUTABLE'];
  if (given) {
    if (!(await isExecutable(given))) {
      throw new Error(`CHROMIUM_EXECUTABLE names ${given}, which is no program that can be run.`);
    }
    return given;
  }
  const found = await findChromium();
  if (found) {
    return found;
  }
  if (process.getuid?.() === 0 && (await findOnPath('apt-get'))) {
    report('Installing the Debian package chromium …');
    await installWithApt();
  }
  const installed = await findChromium();
  if (!installed) {
    throw new Error(
      'A Chromium is needed to show VS Code\'s window, and none is on PATH. Install the Debian package "chromium" ' +
        '(as root: apt-get install -y chromium), or name one in CHROMIUM_EXECUTABLE.',
    );
  }
  return installed;
}

async function installWithApt(): Promise<void> {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  try {
    await runCommand('apt-get', ['update', '-qq'], options);
    await runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The Debian package "chromium" could not be installed.\n${reason}`);
  }
}

async function findChromium(): Promise<string | undefined> {
  for (const name of commands) {
    const path = await findOnPath(name);
    if (path) {
      return path;
    }
  }
  const present = await Promise.all(applications.map(async (path) => ((await isExecutable(path)) ? [path] : [])));
  return present.flat()[0];
}

/** The first executable file of this name in PATH's folders. */
export async function findOnPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    if (await isExecutable(path)) {
      return path;
    }
  }
  return undefined;
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Starts a headless browser with an empty profile that reaches nothing but this machine. */
export async function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    // Chromium refuses its sandbox to root; the one page it shows is our own.
    chromiumSandbox: false,
    // A signal is for this process to handle; the browser ends with it in any case.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost',
    ],
  });
}
