import type { FrameLocator, Locator, Page } from 'playwright-core';

/** The details of a job, in the tab that is in front. */
export class DetailsTab {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The page in the webview, which is a frame in a frame. */
  get frame(): FrameLocator {
    return this.#page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  get title(): Locator {
    return this.frame.locator('#title');
  }

  get state(): Locator {
    return this.frame.locator('#state-text');
  }

  get bar(): Locator {
    return this.frame.getByRole('progressbar');
  }

  button(name: string): Locator {
    return this.frame.getByRole('button', { name, exact: true });
  }

  /** The tabs of the editor area by their titles. */
  async tabTitles(): Promise<readonly string[]> {
    return await this.#page.locator('.tabs-container .tab .label-name').allTextContents();
  }

  async percent(): Promise<number> {
    return Number(await this.bar.getAttribute('aria-valuenow'));
  }

  /** Waits until the percent is as it is to be. */
  async waitForPercent(isMeant: (percent: number) => boolean, timeoutMs = 60_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (!isMeant(await this.percent())) {
      if (Date.now() > end) {
        throw new Error(`The details still say ${await this.percent()} percent.`);
      }
      await this.#page.waitForTimeout(100);
    }
  }

  /** A fact by its label, such as "Priority". */
  fact(label: string): Locator {
    return this.frame.locator('#fact-list > div').filter({ hasText: label }).locator('dd');
  }
}
