import type { Locator, Page } from 'playwright-core';
import { rowsWithText } from './rowsWithText.ts';
import type { TextPattern } from './textPattern.ts';

/** What a row of the tree shows. */
export interface PanelRow {
  readonly label: string;
  readonly description: string;
  /** What a screen reader says. */
  readonly ariaLabel: string;
  /** 1 at the root. */
  readonly level: number;
  /** `undefined` for a row without children. */
  readonly expanded: boolean | undefined;
  readonly selected: boolean;
  /** The codicon's name, such as `sync`. */
  readonly icon: string | undefined;
}

/** The view "Jobs" in the view container "Media Services". */
export class JobsPanel {
  readonly #page: Page;
  readonly root: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.root = page.locator('.part.sidebar');
  }

  /** The rows that are on screen, from top to bottom. */
  async rows(): Promise<PanelRow[]> {
    const rows = await this.#rows.all();
    const shown = await Promise.all(
      rows.map(async (row) => ({ index: Number(await row.getAttribute('data-index')), row })),
    );
    return Promise.all(shown.toSorted((a, b) => a.index - b.index).map(({ row }) => readRow(row)));
  }

  /** The first row whose label, description or both in one match; pass it on to what acts on a row. */
  row(pattern: TextPattern): Locator {
    return rowsWithText(this.#rows, pattern).first();
  }

  /** Waits until a row matches, and reads it. */
  async waitForRow(pattern: TextPattern, timeoutMs?: number): Promise<PanelRow> {
    const row = this.row(pattern);
    await row.waitFor(timeoutMs === undefined ? {} : { timeout: timeoutMs });
    return readRow(row);
  }

  /** Opens a row so that its children show. */
  async expand(pattern: TextPattern): Promise<void> {
    const row = this.row(pattern);
    if ((await row.getAttribute('aria-expanded')) !== 'true') {
      await row.locator('.monaco-tl-twistie').click();
    }
    await rowsWithText(this.root.locator('.customview-tree .monaco-list-row[aria-expanded="true"]'), pattern)
      .first()
      .waitFor();
  }

  select(pattern: TextPattern): Promise<void> {
    return this.row(pattern).click();
  }

  /** The text of a row's tooltip. */
  async tooltip(pattern: TextPattern): Promise<string> {
    await this.row(pattern).locator('.label-name').hover();
    const hover = this.#page.locator('.monaco-hover:visible .hover-contents').first();
    await hover.waitFor();
    return hover.innerText();
  }

  /** Presses a button that a row shows when it is pointed at. */
  async pressInline(pattern: TextPattern, title: string): Promise<void> {
    const row = this.row(pattern);
    for (let attempt = 1; ; attempt++) {
      await row.hover();
      try {
        await row.locator(`.actions .action-label[aria-label^=${JSON.stringify(title)}]`).click({ timeout: 5_000 });
        return;
      } catch (error) {
        // A row that is drawn anew under the pointer hides its buttons until the pointer moves.
        if (attempt === 3) {
          throw error;
        }
        await this.#page.mouse.move(0, 0);
      }
    }
  }

  /** Picks an entry of a row's context menu. */
  async pickFromMenu(pattern: TextPattern, entry: string): Promise<void> {
    await this.row(pattern).click({ button: 'right' });
    const item = this.#page.locator('.monaco-menu .action-item', { hasText: entry }).first();
    // A menu takes no click in its first moments, lest the one that opened it count twice; keys it takes at once.
    await item.hover();
    await this.#page.locator('.monaco-menu .action-item.focused', { hasText: entry }).waitFor();
    await this.#page.keyboard.press('Enter');
  }

  /** Presses a button in the view's title. */
  async pressTitleButton(title: string): Promise<void> {
    await this.root.locator('.title, .pane-header').first().hover();
    await this.root
      .locator(`.action-label[aria-label^=${JSON.stringify(title)}]`)
      .first()
      .click();
  }

  /** What the view says above its rows; '' where it says nothing. */
  async message(): Promise<string> {
    const message = this.#message;
    return (await message.isVisible()) ? (await message.innerText()).trim() : '';
  }

  /** Waits until it says so above its rows. */
  async waitForMessage(pattern: TextPattern): Promise<string> {
    await this.#message.filter({ hasText: pattern }).waitFor();
    return this.message();
  }

  /** Waits until it says nothing there. */
  async waitForNoMessage(): Promise<void> {
    await this.#message.waitFor({ state: 'hidden' });
  }

  /** Waits until no row matches. */
  async waitForNoRow(pattern: TextPattern): Promise<void> {
    await this.row(pattern).waitFor({ state: 'hidden' });
  }

  /** What the view says when it has no rows, once it says it. */
  async welcomeText(): Promise<string> {
    const welcome = this.root.locator('.welcome-view-content:visible');
    await welcome.waitFor();
    return welcome.innerText();
  }

  /** The row above all with the view's name and its buttons. */
  get title(): Locator {
    return this.root.locator('.composite.title');
  }

  /** Presses a button or link of that text. */
  pressWelcome(label: string): Promise<void> {
    return this.root.locator('.welcome-view-content').getByText(label, { exact: true }).click();
  }

  get #message(): Locator {
    return this.root.locator('.tree-explorer-viewlet-tree-view > .message').first();
  }

  get #rows(): Locator {
    return this.root.locator('.customview-tree .monaco-list-row');
  }
}

async function readRow(row: Locator): Promise<PanelRow> {
  const attributes = ['aria-label', 'aria-level', 'aria-expanded', 'aria-selected'] as const;
  const [ariaLabel, level, expanded, selected] = await Promise.all(attributes.map((name) => row.getAttribute(name)));
  const [label, descriptions, icons] = await Promise.all([
    row.locator('.label-name').innerText(),
    row.locator('.label-description').allInnerTexts(),
    row.locator('.custom-view-tree-node-item-icon').all(),
  ]);
  // A row that is only a sentence has no icon.
  const iconClasses = await icons[0]?.getAttribute('class');
  return {
    label,
    description: descriptions.join(' '),
    ariaLabel: ariaLabel ?? '',
    level: Number(level),
    expanded: expanded === null || expanded === undefined ? undefined : expanded === 'true',
    selected: selected === 'true',
    icon: iconClasses?.match(/\bcodicon-(?!colored)([\w-]+)/)?.[1],
  };
}
