import type { Locator, Page } from 'playwright-core';
import type { TextPattern } from './textPattern.ts';

/** The messages in the corner of the window. */
export class Notifications {
  readonly #toasts: Locator;

  constructor(page: Page) {
    this.#toasts = page.locator('.notification-toast:visible');
  }

  toast(pattern: TextPattern): Locator {
    return this.#toasts.filter({
      has: this.#toasts.page().locator('.notification-list-item-message', { hasText: pattern }),
    });
  }

  /** The messages that are shown. */
  texts(): Promise<string[]> {
    return this.#toasts.locator('.notification-list-item-message').allInnerTexts();
  }

  /** Waits for a message and resolves to its text. */
  async waitFor(pattern: TextPattern, timeoutMs?: number): Promise<string> {
    const toast = this.toast(pattern).first();
    await toast.waitFor(timeoutMs === undefined ? {} : { timeout: timeoutMs });
    return toast.locator('.notification-list-item-message').innerText();
  }

  waitForGone(pattern: TextPattern): Promise<void> {
    return this.toast(pattern).first().waitFor({ state: 'hidden' });
  }

  buttons(pattern: TextPattern): Promise<string[]> {
    return this.toast(pattern).first().locator('.monaco-button:visible').allInnerTexts();
  }

  /** Presses a button of a message. */
  press(pattern: TextPattern, button: string): Promise<void> {
    return this.toast(pattern).first().locator('.monaco-button', { hasText: button }).first().click();
  }

  /** Follows a link in the text of a message. */
  follow(pattern: TextPattern, link: string): Promise<void> {
    return this.toast(pattern).first().locator('.notification-list-item-message a', { hasText: link }).click();
  }

  /** Closes a message by its cross. */
  async close(pattern: TextPattern): Promise<void> {
    const toast = this.toast(pattern).first();
    await toast.hover();
    await toast.locator('.codicon-notifications-clear, .codicon-notifications-hide').first().click();
  }
}
