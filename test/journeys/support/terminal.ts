import type { Locator, Page } from 'playwright-core';

/** The terminal; the window must draw it as elements (`terminal.integrated.gpuAcceleration` off). */
export class Terminal {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Opens one, and waits for its prompt. */
  async open(): Promise<void> {
    await this.#page.keyboard.press('Control+Shift+Backquote');
    await this.#rows
      .filter({ hasText: /[$#%>]\s*$/ })
      .first()
      .waitFor();
  }

  /** Types a line and presses Enter. */
  async run(line: string): Promise<void> {
    await this.#page.locator('.terminal-wrapper.active .xterm-helper-textarea').focus();
    await this.#page.keyboard.type(line);
    await this.#page.keyboard.press('Enter');
  }

  /** Points at a text in the row that begins so until VS Code has found a link there, and reads what comes up. */
  async hover(rowBegin: string, link: string): Promise<string> {
    const row = this.#rows.filter({ hasText: new RegExp(`^${rowBegin}`) }).first();
    await row.waitFor();
    const { x, y } = await this.#placeOf(row, link);
    await this.#page.mouse.move(x + 20, y);
    await this.#page.mouse.move(x, y, { steps: 3 });
    await row.locator('span[style*="underline"]', { hasText: link }).waitFor();
    const hover = this.#page.locator('.monaco-hover:visible').first();
    await hover.waitFor();
    return (await hover.innerText()).replaceAll('\u00a0', ' ');
  }

  /** Follows such a link. */
  async followLink(rowBegin: string, link: string): Promise<void> {
    await this.hover(rowBegin, link);
    const row = this.#rows.filter({ hasText: new RegExp(`^${rowBegin}`) }).first();
    const { x, y } = await this.#placeOf(row, link);
    await this.#page.keyboard.down('Control');
    await this.#page.mouse.click(x, y);
    await this.#page.keyboard.up('Control');
  }

  /** In the middle of a text of a row, in the window's pixels. */
  async #placeOf(row: Locator, text: string): Promise<{ x: number; y: number }> {
    const place = await row.evaluate((element, wanted) => {
      const range = element.ownerDocument.createRange();
      range.selectNodeContents(element);
      const all = range.toString();
      const middle = all.indexOf(wanted) + wanted.length / 2;
      const box = element.getBoundingClientRect();
      const first = element.firstElementChild?.getBoundingClientRect() ?? box;
      const last = element.lastElementChild?.getBoundingClientRect() ?? box;
      return { x: first.left + ((last.right - first.left) * middle) / all.length, y: box.top + box.height / 2 };
    }, text);
    return place;
  }

  get #rows(): Locator {
    return this.#page.locator('.terminal-wrapper.active .xterm-rows > div');
  }
}
