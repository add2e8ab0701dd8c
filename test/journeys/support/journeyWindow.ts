import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import type { ConnectionInfo } from '../../../src/emulator/emulator.ts';
import { ensureChromium, startChromium } from '../../host/chromium.ts';
import { type HostServer, startHostServer } from '../../host/hostServer.ts';
import { quietSettings } from '../../host/userSettings.ts';
import { ActivityBar } from './activityBar.ts';
import { Dialogs } from './dialogs.ts';
import { JobsPanel } from './jobsPanel.ts';
import { Notifications } from './notifications.ts';
import { QuickInput } from './quickInput.ts';
import { StatusBar } from './statusBar.ts';
import { Terminal } from './terminal.ts';
import { TextEditor } from './textEditor.ts';
import { secretsLeftIn, stateOfEmulator } from './windowSecrets.ts';

export interface JourneyWindowOptions {
  /** The packaged extension that is installed; `undefined` for a window without it. */
  readonly vsix: string | undefined;
  /** User settings on top of those that keep the window quiet. */
  readonly settings?: Settings;
  /** Environment variables for the extension host; `undefined` takes one away. */
  readonly env?: NodeJS.ProcessEnv;
  /** What must be nowhere in user data and pages once the window closes, by name. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** The folder that is open; an empty one if not given. */
  readonly folder?: string;
  /** The window's language, as in `vscode.env.language`. */
  readonly language?: string;
  /** Dark if not given. */
  readonly theme?: ThemeKind;
  readonly size?: { readonly width: number; readonly height: number };
  /** Picture dots to a pixel of the page; 1 if not given. */
  readonly deviceScaleFactor?: number;
  /** Leaves out what VS Code brings along and no step needs. */
  readonly fewBuiltIns?: boolean;
  /** Node's own arguments for the server and the extension host. */
  readonly nodeArguments?: readonly string[];
  readonly report?: (message: string) => void;
}

export type Settings = Readonly<Record<string, unknown>>;

/** The colour theme of a window. */
const themes = {
  light: { workbench: 'vs' },
  dark: { workbench: 'vs-dark' },
  highContrast: { workbench: 'hc-black', theme: 'Default High Contrast' },
  highContrastLight: { workbench: 'hc-light', theme: 'Default High Contrast Light' },
} as const;

export type ThemeKind = keyof typeof themes;

function themeSettings(kind: ThemeKind): Settings {
  const theme = themes[kind];
  // A light or dark window follows its browser, which is told at any time.
  return 'theme' in theme ? { 'workbench.colorTheme': theme.theme } : { 'window.autoDetectColorScheme': true };
}

function colorSchemeOf(kind: ThemeKind): 'light' | 'dark' {
  return kind === 'light' || kind === 'highContrastLight' ? 'light' : 'dark';
}

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
  const theme = options.theme ?? 'dark';
  const settings = { ...themeSettings(theme), ...options.settings };
  const server = await startHostServer({
    settings,
    ...(options.vsix === undefined ? {} : { vsix: options.vsix }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.fewBuiltIns === undefined ? {} : { fewBuiltIns: options.fewBuiltIns }),
    ...(options.nodeArguments === undefined ? {} : { nodeArguments: options.nodeArguments }),
    ...(options.report === undefined ? {} : { report: options.report }),
  });
  try {
    const browser = await startChromium(executable);
    const dispose = async (): Promise<void> => {
      await browser.close();
      await server.dispose();
    };
    try {
      const viewport = options.size ?? { width: 1280, height: 800 };
      const deviceScaleFactor = options.deviceScaleFactor ?? 1;
      const context = await browser.newContext({ viewport, deviceScaleFactor, colorScheme: colorSchemeOf(theme) });
      context.setDefaultTimeout(actionTimeoutMs);
      if (options.language !== undefined) {
        await context.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(options.language)}`);
      }
      const url = server.windowUrl(options.folder === undefined ? {} : { folder: options.folder });
      // Nothing of it is thrown: what else a journey has to close comes after this.
      const lookAndDispose = async (): Promise<void> => {
        try {
          const left = await secretsLeftIn(server.dataFolder, context, options.secrets ?? {});
          if (left.length > 0) {
            console.error(`There are secrets where none may be:\n${left.join('\n')}`);
            process.exitCode = 1;
          }
        } catch (error) {
          console.error(error);
          process.exitCode = 1;
        }
        await dispose();
      };
      return new JourneyWindow(await openPage(context, url), server, settings, lookAndDispose);
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
  readonly editor: TextEditor;
  readonly terminal: Terminal;
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
    this.editor = new TextEditor(page);
    this.terminal = new Terminal(page);
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

  /** Reloads the window by its command, so that VS Code saves first which tabs are open: a page that goes does not wait. */
  async reloadByCommand(): Promise<void> {
    const loaded = this.page.waitForEvent('load', { timeout: startTimeoutMs });
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await workbenchOf(this.page);
  }

  /**
   * Changes some of the user settings in the editor for them, as a person does; `undefined` takes one away. A change of
   * the file itself would go unnoticed: this build of VS Code does not recognise its own settings file in file events.
   */
  async changeSettings(changes: Settings): Promise<void> {
    this.#settings = { ...this.#settings, ...changes };
    const text = JSON.stringify({ ...quietSettings, ...this.#settings });
    await this.runCommand('Preferences: Open User Settings (JSON)');
    const editor = this.page.locator('.monaco-editor[data-uri$="/User/settings.json"]');
    await editor.locator('.view-line').first().click();
    await this.page.keyboard.press('Control+A');
    // Typed, it would come with the quotes and brackets that the editor closes by itself.
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await this.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await this.page.keyboard.press('Control+V');
    const saved = this.#server.settingsChangedTo(text, actionTimeoutMs);
    await this.page.keyboard.press('Control+S');
    await saved;
    await this.page.locator('.modal-editor-part .action-label.codicon-close').click();
    await editor.waitFor({ state: 'hidden' });
  }

  /** Changes the colour theme of a window that was not opened in high contrast. */
  async useTheme(kind: ThemeKind): Promise<void> {
    // High contrast as the operating system asks for it; VS Code keeps its own colours all the same.
    const forcedColors = 'theme' in themes[kind] ? 'active' : 'none';
    await this.page.emulateMedia({ colorScheme: colorSchemeOf(kind), forcedColors });
    await this.page.locator(`.monaco-workbench.${themes[kind].workbench}`).waitFor();
  }

  /** Runs a command from the palette by its title there, such as "Media Services: Refresh Jobs". */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.quickInput.type(`>${title}`);
    await this.quickInput.pick(title);
  }

  /** Drags the border of the side bar, so that it is about as wide as this. */
  async widenSideBar(width: number): Promise<void> {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (!box) {
      throw new Error('The side bar is not open.');
    }
    const y = box.y + box.height / 2;
    await this.page.mouse.move(box.x + box.width, y);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + width, y, { steps: 5 });
    await this.page.mouse.up();
  }

  /** Waits until the clipboard holds such a text, and resolves to it. */
  async waitForClipboard(pattern: RegExp): Promise<string> {
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const end = Date.now() + actionTimeoutMs;
    for (;;) {
      const text = String(await this.page.evaluate('navigator.clipboard.readText()'));
      if (pattern.test(text)) {
        return text;
      }
      if (Date.now() > end) {
        throw new Error(`The clipboard holds ${JSON.stringify(text)}.`);
      }
      await this.page.waitForTimeout(100);
    }
  }

  /** How to reach the local emulator that was started in this window. */
  async localEmulator(): Promise<ConnectionInfo> {
    const state = JSON.parse(await readFile(stateOfEmulator(this.#server.dataFolder), 'utf8'));
    return (state as { readonly connection: ConnectionInfo }).connection;
  }

  /** Takes a picture of the window. */
  async picture(path: string): Promise<void> {
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
