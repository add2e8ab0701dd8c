import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { ensureChromium, startChromium } from '../../host/chromium.ts';
import { type HostServer, startHostServer } from '../../host/hostServer.ts';
import { ActivityBar } from './activityBar.ts';
import { Dialogs } from './dialogs.ts';
import { JobsPanel } from './jobsPanel.ts';
import { Notifications } from './notifications.ts';
import { QuickInput } from './quickInput.ts';
import { StatusBar } from './statusBar.ts';

export interface JourneyWindowOptions {
  /** The packaged extension that is installed; `undefined` for a window without it. */
  readonly vsix: string | undefined;
  /** User settings on top of those that keep the window quiet. */
  readonly settings?: Settings;
  /** Environment variables for the extension host; `undefined` takes one away. */
  readonly env?: NodeJS.ProcessEnv;
  /** The folder that is open; an empty one if not given. */
  readonly folder?: string;
  /** The window's language, as in `vscode.env.language`. */
  readonly language?: string;
  readonly size?: { readonly width: number; readonly height: number };
  readonly report?: (message: string) => void;
}

export type Settings = Readonly<Record<string, unknown>>;

/** The colour themes that VS Code brings along, by the class of the window's root that each of them sets. */
const themes = {
  light: { name: 'Light Modern', selector: '.monaco-workbench.vs' },
  dark: { name: 'Dark Modern', selector: '.monaco-workbench.vs-dark' },
  highContrast: { name: 'Default High Contrast', selector: '.monaco-workbench.hc-black' },
  highContrastLight: { name: 'Default High Contrast Light', selector: '.monaco-workbench.hc-light' },
} as const;

export type ThemeKind = keyof typeof themes;

/** The longest that a window may take to come up, on a busy machine with cold caches. */
const startTimeoutMs = 60_000;
/** The longest that any one thing in it may take to appear. */
const actionTimeoutMs = 20_000;

/**
 * Opens VS Code as a person has it, with the packaged extension installed: a server of its own with fresh user data, and a
 * headless browser. Dispose of it when done.
 */
export async function openJourneyWindow(options: JourneyWindowOptions): Promise<JourneyWindow> {
  const executable = await ensureChromium(options.report ?? (() => undefined));
  const settings = { 'workbench.colorTheme': themes.dark.name, ...options.settings };
  const server = await startHostServer({
    settings,
    ...(options.vsix === undefined ? {} : { vsix: options.vsix }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.report === undefined ? {} : { report: options.report }),
  });
  try {
    const browser = await startChromium(executable);
    const dispose = async (): Promise<void> => {
      await browser.close();
      await server.dispose();
    };
    try {
      const context = await browser.newContext({ viewport: options.size ?? { width: 1280, height: 800 } });
      context.setDefaultTimeout(actionTimeoutMs);
      if (options.language !== undefined) {
        await context.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(options.language)}`);
      }
      const url = server.windowUrl(options.folder === undefined ? {} : { folder: options.folder });
      return new JourneyWindow(await openPage(context, url), server, settings, dispose);
    } catch (error) {
      await browser.close();
      throw error;
    }
  } catch (error) {
    await server.dispose();
    throw error;
  }
}

async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url, { timeout: startTimeoutMs });
  await workbenchOf(page);
  return page;
}

/** The window can be used once its status bar shows something; its parts come up from the outside in. */
async function workbenchOf(page: Page): Promise<void> {
  await page.locator('.statusbar-item:visible').first().waitFor({ timeout: startTimeoutMs });
}

/** A VS Code window and what a person uses in it. */
export class JourneyWindow {
  readonly page: Page;
  readonly activityBar: ActivityBar;
  readonly jobs: JobsPanel;
  readonly quickInput: QuickInput;
  readonly statusBar: StatusBar;
  readonly notifications: Notifications;
  readonly dialogs: Dialogs;
  readonly #server: HostServer;
  readonly #dispose: () => Promise<void>;
  #settings: Settings;

  constructor(page: Page, server: HostServer, settings: Settings, dispose: () => Promise<void>) {
    this.page = page;
    this.#server = server;
    this.#settings = settings;
    this.#dispose = dispose;
    this.activityBar = new ActivityBar(page);
    this.jobs = new JobsPanel(page);
    this.quickInput = new QuickInput(page);
    this.statusBar = new StatusBar(page);
    this.notifications = new Notifications(page);
    this.dialogs = new Dialogs(page);
  }

  /** Another window on the same server and user data, as a person has two. Disposing of the first closes both. */
  async openAnother(folder?: string): Promise<JourneyWindow> {
    const page = await openPage(this.page.context(), this.#server.windowUrl(folder === undefined ? {} : { folder }));
    return new JourneyWindow(page, this.#server, this.#settings, () => page.close());
  }

  /** Reloads the window; its extension host starts anew. */
  async reload(): Promise<void> {
    await this.page.reload({ timeout: startTimeoutMs });
    await workbenchOf(this.page);
  }

  /** Changes some of the user settings; `undefined` takes one away. */
  async changeSettings(changes: Settings): Promise<void> {
    const settings = { ...this.#settings, ...changes };
    await this.#server.writeSettings(settings);
    this.#settings = settings;
  }

  async useTheme(kind: ThemeKind): Promise<void> {
    await this.changeSettings({ 'workbench.colorTheme': themes[kind].name });
    await this.page.locator(themes[kind].selector).waitFor();
  }

  /** Runs a command from the palette by its title there, such as "Media Services: Refresh Jobs". */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.quickInput.type(`>${title}`);
    await this.quickInput.pick(title);
  }

  /** Takes a picture of the window, in a theme if one is named. */
  async picture(path: string, theme?: ThemeKind): Promise<void> {
    if (theme !== undefined) {
      await this.useTheme(theme);
    }
    await mkdir(dirname(path), { recursive: true });
    await this.page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  }

  /** What VS Code's server wrote, for the message of a failure. */
  get serverOutput(): string {
    return this.#server.output;
  }

  dispose(): Promise<void> {
    return this.#dispose();
  }
}
