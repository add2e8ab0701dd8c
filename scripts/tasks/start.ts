/**
 * `npm start`: VS Code with the extension signed in to the embedded emulator, where jobs are on their way. With
 * `--headless` it does the main job by itself, through the same window.
 */
import { parseArgs } from 'node:util';
import { startHostServer } from '../../test/host/hostServer.ts';
import { openJourneyWindow } from '../../test/journeys/support/journeyWindow.ts';
import { build } from '../lib/build.ts';
import { findDesktop, openDesktop } from '../lib/desktop.ts';
import { type RunningEmulator, startEmulator } from '../lib/emulator.ts';
import { interruption } from '../lib/interruption.ts';
import { doMainJob } from '../lib/mainJob.ts';
import { packageExtension } from '../lib/packageExtension.ts';

/** At this speed the jobs that run at the start are final within about a minute. */
const headlessSpeed = '3';

const report = (message: string): void => console.log(message);

const { values } = parseArgs({ options: { headless: { type: 'boolean' } } });
const interrupted = interruption();
const hasDisplay = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
const headless = values.headless ?? (!hasDisplay && !process.stdout.isTTY);

try {
  await (headless ? runHeadless() : runInteractive());
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

/** With what caused it. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.cause === undefined ? error.message : `${error.message}\n${messageOf(error.cause)}`;
}

async function runHeadless(): Promise<void> {
  const started = performance.now();
  const { path } = await packageExtension();
  const emulator = await startEmulator('--speed', headlessSpeed);
  console.log(`Emulator: ${emulator.address.root}`);
  try {
    const { settings, env } = emulator;
    const window = await openJourneyWindow({ vsix: path, settings, env, report });
    try {
      const outcome = await Promise.race([doMainJob(window), interrupted]);
      if (outcome) {
        throw new Error(`Interrupted by ${outcome}.`);
      }
    } finally {
      await window.dispose();
    }
  } finally {
    await emulator.dispose();
  }
  console.log(`Done in ${Math.round((performance.now() - started) / 1_000)} s.`);
}

async function runInteractive(): Promise<void> {
  const desktop = await findDesktop();
  if (desktop) {
    await build();
    await withEmulator(async ({ settings, env }) => {
      const window = await openDesktop(desktop, settings, env);
      console.log(
        'VS Code is open: see "Media Services" in its activity bar. Close the window or press Ctrl+C to end.',
      );
      await Promise.race([window.closed, interrupted]).finally(() => window.dispose());
    });
    return;
  }
  const { path } = await packageExtension();
  await withEmulator(async ({ settings, env }) => {
    const server = await startHostServer({ vsix: path, settings, env, report });
    console.log(`\n  ${server.windowUrl()}\n`);
    console.log('Open this address in a browser: VS Code, with "Media Services" in its activity bar. Ctrl+C ends it.');
    await Promise.race([server.ended, interrupted]).finally(() => server.dispose());
  });
}

async function withEmulator(use: (emulator: RunningEmulator) => Promise<void>): Promise<void> {
  const emulator = await startEmulator();
  console.log(`Emulator: ${emulator.address.root}`);
  try {
    await use(emulator);
  } finally {
    await emulator.dispose();
  }
}
