import type { Locator, Page } from 'playwright-core';
import { rowsWithText } from './rowsWithText.ts';
import type { TextPattern } from './textPattern.ts';

/** The list or the input box that opens at the top of the window, the command palette among them. */
export class QuickInput {
  readonly #page: Page;
  readonly root: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.root = page.locator('.quick-input-widget:visible');
  }

  /** Waits until it is open, with this placeholder or prompt if one is given. */
  async waitForOpen(prompt?: TextPattern): Promise<void> {
    await this.root.waitFor();
    if (prompt !== undefined) {
      const input = this.#input;
      await this.root
        .filter({ hasText: prompt })
        .or(this.root.filter({ has: this.#page.getByPlaceholder(prompt) }))
        .waitFor()
        .catch(async (error: Error) => {
          const shown = await input.getAttribute('placeholder').catch(() => undefined);
          throw new Error(`No input that asks ${prompt}; the one that is open says "${shown ?? ''}".`, {
            cause: error,
          });
        });
    }
  }

  /** What the input box says while it is empty. */
  placeholder(): Promise<string | null> {
    return this.#input.getAttribute('placeholder');
  }

  /** What the row below the input box says: a prompt or what is wrong with the input. */
  message(): Promise<string> {
    return this.root.locator('.quick-input-message').innerText();
  }

  /** Waits for that message. */
  waitForMessage(pattern: TextPattern): Promise<void> {
    return this.root.locator('.quick-input-message', { hasText: pattern }).waitFor();
  }

  /** Puts text into the input box in place of what is there. */
  async type(text: string): Promise<void> {
    await this.#input.waitFor();
    await this.#input.fill(text);
  }

  /** Types and presses Enter. */
  async enter(text: string): Promise<void> {
    await this.type(text);
    await this.accept();
  }

  accept(): Promise<void> {
    return this.#input.press('Enter');
  }

  async cancel(): Promise<void> {
    await this.#input.press('Escape');
    await this.waitForClosed();
  }

  waitForClosed(): Promise<void> {
    return this.root.waitFor({ state: 'hidden' });
  }

  row(pattern: TextPattern): Locator {
    return rowsWithText(this.root.locator('.quick-input-list .monaco-list-row'), pattern).first();
  }

  /** The rows on screen: label, description and detail, with blanks between. */
  async rows(): Promise<string[]> {
    const rows = await this.root.locator('.quick-input-list .monaco-list-row').all();
    const texts = await Promise.all(rows.map((row) => row.innerText()));
    return texts.map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** Waits for a row and clicks it. */
  async pick(pattern: TextPattern): Promise<void> {
    await this.row(pattern).click();
  }

  /** Checks a row's box with the keyboard, as in a list of which several can be chosen. */
  async check(pattern: TextPattern): Promise<void> {
    const focused = rowsWithText(this.root.locator('.quick-input-list .monaco-list-row.focused'), pattern);
    await this.row(pattern).waitFor();
    for (let row = 0; row < 20 && !(await focused.isVisible()); row++) {
      await this.#page.keyboard.press('ArrowDown');
    }
    // Arrow keys have left the input box, where a space would be a part of what is typed.
    await this.#page.keyboard.press('Space');
    await focused.locator('[role="checkbox"][aria-checked="true"]').waitFor();
  }

  get #input(): Locator {
    return this.root.locator('.quick-input-box input');
  }
}
