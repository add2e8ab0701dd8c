import type { Locator, Page } from 'playwright-core';
import type { TextPattern } from './textPattern.ts';

export interface DialogContent {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}

/** Modal dialogs. */
export class Dialogs {
  readonly #root: Locator;

  constructor(page: Page) {
    this.#root = page.locator('.monaco-dialog-box:visible');
  }

  /** Waits for a dialog that says this, and reads it. */
  async waitFor(pattern: TextPattern): Promise<DialogContent> {
    const dialog = this.#root.filter({ hasText: pattern });
    await dialog.waitFor();
    const [message, details, buttons] = await Promise.all([
      dialog.locator('.dialog-message-text').innerText(),
      dialog.locator('.dialog-message-detail').allInnerTexts(),
      dialog.locator('.dialog-buttons .monaco-button').allInnerTexts(),
    ]);
    return { message, detail: details.join('\n'), buttons };
  }

  /** Presses a button of the dialog that is open, after which another one comes. */
  pressAndGoOn(button: string): Promise<void> {
    return this.#root.locator('.dialog-buttons .monaco-button', { hasText: button }).first().click();
  }

  /** Presses a button of the dialog that is open. */
  async press(button: string): Promise<void> {
    await this.pressAndGoOn(button);
    await this.#root.waitFor({ state: 'hidden' });
  }
}
