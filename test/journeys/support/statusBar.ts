import type { Locator, Page } from 'playwright-core';
import type { TextPattern } from './textPattern.ts';

const hovers = '.monaco-hover:visible .hover-contents';

/** The bar at the bottom of the window, with the tracked job in it. */
export class StatusBar {
  /** The status bar item that follows the tracked job. */
  readonly trackedJob: StatusBarItem;

  constructor(page: Page) {
    this.trackedJob = new StatusBarItem(page, 'mediaServices.trackedJob');
  }
}

export class StatusBarItem {
  readonly #page: Page;
  readonly #selector: string;
  readonly root: Locator;

  /** @param id a part of the item's id that no other item's has */
  constructor(page: Page, id: string) {
    this.#page = page;
    this.#selector = `.statusbar-item[id*=${JSON.stringify(id)}]`;
    this.root = page.locator(`${this.#selector}:visible`);
  }

  isShown(): Promise<boolean> {
    return this.root.isVisible();
  }

  waitForHidden(): Promise<void> {
    return this.root.waitFor({ state: 'hidden' });
  }

  /** Its text, without icons. */
  async text(): Promise<string> {
    return (await this.root.innerText()).trim();
  }

  /** Waits until its text matches, and resolves to it. */
  async waitForText(pattern: TextPattern, timeoutMs?: number): Promise<string> {
    const item = this.root.filter({ hasText: pattern });
    await item.waitFor(timeoutMs === undefined ? {} : { timeout: timeoutMs });
    return (await item.innerText()).trim();
  }

  /** Its text as it changes, beginning with the text that it has, until it stays the same for this long. */
  async *texts(quietMs: number): AsyncGenerator<string> {
    let text = await this.text();
    for (;;) {
      yield text;
      // A string, because these functions run in the page and have nothing of this file.
      const shown = `document.querySelector(${JSON.stringify(this.#selector)})?.innerText.trim()`;
      const next = `(() => { const text = ${shown}; return text !== ${JSON.stringify(text)} && text !== undefined && { text }; })()`;
      const changed = await this.#page.waitForFunction(next, undefined, { timeout: quietMs });
      ({ text } = (await changed.jsonValue()) as { text: string });
    }
  }

  /** What a screen reader says: the text and the hover. */
  async ariaLabel(): Promise<string> {
    return (await this.root.locator('.statusbar-item-label').getAttribute('aria-label')) ?? '';
  }

  /** The codicon's name, such as `sync`. */
  async icon(): Promise<string | undefined> {
    const icons = await this.root.locator('.codicon').all();
    const classes = icons[0] === undefined ? null : await icons[0].getAttribute('class');
    return classes?.match(/\bcodicon-(?!modifier)([\w-]+)/)?.[1];
  }

  /** `error` or `warning` where the item has the background of one. */
  async backgroundKind(): Promise<'error' | 'warning' | undefined> {
    const classes = (await this.root.getAttribute('class')) ?? '';
    return classes.includes('error-kind') ? 'error' : classes.includes('warning-kind') ? 'warning' : undefined;
  }

  /** Waits until the text of its hover matches, and resolves to it. */
  async hoverText(pattern: TextPattern): Promise<string> {
    const hover = await this.openHover(pattern);
    // Its own time-out, since a hover that closes in this moment takes its text along.
    return hover.innerText({ timeout: 2_000 }).catch(() => this.openHover(pattern).then((again) => again.innerText()));
  }

  /** @param pattern what the hover says, where another hover, that of a button pointed at before, may still be closing */
  async openHover(pattern?: TextPattern): Promise<Locator> {
    const hover = pattern === undefined ? this.hover : this.#page.locator(hovers).filter({ hasText: pattern }).first();
    for (let attempt = 1; ; attempt++) {
      await this.root.hover();
      try {
        await hover.waitFor({ timeout: 5_000 });
        return hover;
      } catch (error) {
        // One that changes in the moment before its hover opens does not open it; a person points at it again.
        if (attempt === 4) {
          throw error;
        }
        await this.#page.mouse.move(0, 0);
      }
    }
  }

  /** What pointing at it opens. */
  get hover(): Locator {
    return this.#page.locator(hovers).first();
  }

  click(): Promise<void> {
    return this.root.click();
  }
}
