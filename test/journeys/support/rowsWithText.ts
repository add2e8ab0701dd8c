import type { Locator } from 'playwright-core';
import type { TextPattern } from './textPattern.ts';

/**
 * The rows of a list that match as a whole or in their description. Label and description follow each other without a
 * blank in the text of a row, so that a pattern such as /\b42%/ finds only the description by itself.
 */
export function rowsWithText(rows: Locator, pattern: TextPattern): Locator {
  const description = rows.page().locator('.label-description', { hasText: pattern });
  return rows.filter({ hasText: pattern }).or(rows.filter({ has: description }));
}
