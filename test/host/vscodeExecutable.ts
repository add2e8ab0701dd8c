#!/usr/bin/env node
/**
 * Stands in for desktop VS Code where `@vscode/test-electron` starts an executable to run extension tests: takes
 * `--extensionDevelopmentPath` and `--extensionTestsPath`, runs them in the server build with a browser as its window,
 * and exits with the tests' exit code. A folder may be named; other arguments have no meaning here.
 */
import { format, parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { ensureChromium, startChromium } from './chromium.ts';
import { isHostNoise } from './hostNoise.ts';
import { startHostServer } from './hostServer.ts';

/** The longest that a window may take to come up, on a busy machine with cold caches. */
const windowTimeoutMs = 90_000;

/**
 * VS Code reads all certificates that the machine trusts into each new connection, 50 ms of a processor; the tests make
 * hundreds, to servers that they vouch for themselves. Journeys do without this: there it is as a person has it.
 */
const settings = { 'http.systemCertificates': false };

/** Nobody looks at it, and what is painted costs a processor. */
const viewport = { width: 800, height: 500 };

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { extensionDevelopmentPath: { type: 'string' }, extensionTestsPath: { type: 'string' } },
    strict: false,
    allowPositionals: true,
  });
  const { extensionDevelopmentPath, extensionTestsPath } = values;
  if (typeof extensionDevelopmentPath !== 'string' || typeof extensionTestsPath !== 'string') {
    console.error('Usage: vscodeExecutable.ts --extensionDevelopmentPath=FOLDER --extensionTestsPath=FILE [FOLDER]');
    return 2;
  }
  const executable = await ensureChromium(console.error);
  const server = await startHostServer({ settings, driver: true, fewBuiltIns: true, report: console.error });
  try {
    const browser = await startChromium(executable);
    try {
      const page = await browser.newPage({ viewport });
      const folder = positionals[0];
      const payload = { extensionDevelopmentPath, extensionTestsPath };
      const url = server.windowUrl({ payload, ...(folder === undefined ? {} : { folder }) });
      return await Promise.race([exitCodeOfTests(page, url), failureOf(page, server.ended)]);
    } finally {
      await browser.close();
    }
  } catch (error) {
    console.error(server.output);
    throw error;
  } finally {
    await server.dispose();
  }
}

/** Opens the window; it calls two functions of ours, with what the tests print and with their exit code. */
async function exitCodeOfTests(page: Page, url: string): Promise<number> {
  const exitCode = new Promise<number>((resolve, reject) => {
    Promise.all([
      page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => printOutput(format(...args))),
      page.exposeFunction('codeAutomationExit', (code: number) => resolve(code)),
    ]).catch(reject);
  });
  await page.goto(url, { timeout: windowTimeoutMs });
  await page.locator('.monaco-workbench').waitFor({ timeout: windowTimeoutMs });
  return exitCode;
}

function printOutput(text: string): void {
  if (!isHostNoise(text)) {
    console.log(text);
  }
}

function failureOf(page: Page, serverEnded: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    page.on('crash', () => reject(new Error('The window crashed.')));
    serverEnded.then(() => reject(new Error('The VS Code server ended while the tests ran.')), reject);
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
