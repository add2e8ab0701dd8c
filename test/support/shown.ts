import assert from 'node:assert/strict';

/**
 * Whether what is shown is what is there. This knows of characters by the lists of the Unicode Standard and of VS Code's
 * places by how VS Code draws them, and shares nothing with the code that makes texts safe.
 */

/** Controls, line ends, what turns text, what has no width, fillers and tags. A joiner between emoji is none of them. */
const invisible = new RegExp(
  [
    '[\\p{Cc}\\p{Zl}\\p{Zp}\\u00ad\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200c\\u200e\\u200f\\u202a-\\u202e]',
    '[\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\u{e0000}-\\u{e0fff}]',
    '\\u034f',
    '(?<!\\p{Extended_Pictographic}\\ufe0f?|\\p{Emoji_Modifier})\\u200d',
  ].join('|'),
  'u',
);

/** More marks than this on one character stand in the lines above and below. */
const pile = /[\p{Mn}\p{Me}]{9}/u;

/**
 * Asserts that a text is one line, with nothing in it that does not show, and of a bounded length.
 * @param most in UTF-16 code units
 * @param isSource whether marks may be piled up, as they may where texts are read by programs
 */
export function assertPlain(shown: string, most: number, isSource = false): void {
  const found = invisible.exec(shown);
  const around = found && JSON.stringify(shown.slice(Math.max(0, found.index - 20), found.index + 20));
  assert.equal(around, null, 'something in it does not show');
  assert.ok(shown.isWellFormed(), 'half a character');
  assert.ok(shown.length <= most, `${shown.length} of at most ${most}`);
  assert.ok(isSource || !pile.test(shown), 'a pile of marks');
}

/** What must be readable of a text in any place that has room for so many characters: its first few. */
export function headOf(text: string, most: number): string {
  const shown = text
    .slice(0, 2_000)
    .toWellFormed()
    .replace(new RegExp(invisible, 'gu'), ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return shown.slice(0, Math.min(most, 12)).trim();
}

/** What VS Code draws of a label with icons: `$(name)` is one, unless a backslash stands before it. */
export function drawLabel(label: string): { readonly text: string; readonly icons: readonly string[] } {
  const icons: string[] = [];
  const text = label.replace(
    /(\\)?\$\(([A-Za-z0-9-]+(?:~[A-Za-z]+)?)\)/g,
    (whole, escaped: string | undefined, id: string) => {
      if (escaped) {
        return whole.slice(1);
      }
      icons.push(id);
      return '';
    },
  );
  return { text, icons };
}

/**
 * What VS Code draws of a message: `[text](address)` is a link. The word joiner that keeps brackets apart takes no room
 * and is left out.
 */
export function drawLinks(message: string): { readonly text: string; readonly links: readonly string[] } {
  const links = message.matchAll(/\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/gi);
  return { text: message.replaceAll(']\u2060', ']'), links: Array.from(links, ([link]) => link) };
}
