import type { Locator, Page } from 'playwright-core';

/** The bar at the side that opens views. */
export class ActivityBar {
  readonly #page: Page;
  readonly root: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.root = page.locator('.part.activitybar');
  }

  item(title: string): Locator {
    return this.#page.locator('.activitybar .action-item', {
      has: this.#page.locator(`.action-label[aria-label^=${JSON.stringify(title)}]`),
    });
  }

  /** Opens a view container; stays as it is when that one is open. */
  async open(title: string): Promise<void> {
    const item = this.item(title);
    // An extension's item is shown before the click reaches what handles it; the sidebar's title says that it did.
    await item.waitFor();
    if (!(await item.getAttribute('class'))?.split(' ').includes('checked')) {
      // A badge may lie over the icon; a click there counts all the same.
      await item.click();
    }
    await this.#page.locator('.part.sidebar .composite.title', { hasText: title }).waitFor();
  }
}
