import type { Locator, Page } from 'playwright-core';
import type { TextPattern } from './textPattern.ts';

/** The text editor that is open. */
export class TextEditor {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Points at a link with this text until the hover says so, and reads it: its parts come one after the other. */
  async hover(text: string, pattern: TextPattern): Promise<string> {
    const link = this.#link(text);
    await link.waitFor();
    // A hover that is open would be the one that is read.
    await this.#page.mouse.move(0, 0);
    await this.#hover.waitFor({ state: 'hidden' });
    await link.hover();
    await this.#hover.filter({ hasText: pattern }).waitFor();
    return this.#hover.innerText();
  }

  /** Clicks on a link as a person does who wants to go where it leads. */
  async followLink(text: string): Promise<void> {
    const box = await this.#link(text).boundingBox();
    if (!box) {
      throw new Error(`There is no link with this text: ${text}`);
    }
    // A click on the element itself would miss it: it is drawn anew as soon as the key is down.
    await this.#page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await this.#page.keyboard.down('Control');
    await this.#page.locator('.monaco-editor .detected-link-active').first().waitFor();
    await this.#page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await this.#page.keyboard.up('Control');
  }

  get #hover(): Locator {
    return this.#page.locator('.monaco-editor .monaco-hover:visible');
  }

  #link(text: string): Locator {
    return this.#page.locator('.monaco-editor .view-line .detected-link', { hasText: text }).first();
  }
}
