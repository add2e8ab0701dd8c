/** Text from a service is hostile. Each function here makes it safe for one kind of place, and looks the same there. */

/**
 * Control characters, invisible ones and those that turn the direction of text, by which one name passes for another.
 * What shapes a visible character stays: variation selectors, and the joiner between two emoji.
 *
 * Made when it is first needed: it takes milliseconds, which start-up does not have, and most text is ASCII.
 */
const unprintable = (): RegExp =>
  /(?:[\p{Cc}\p{Zl}\p{Zp}]|(?!\p{Variation_Selector}|(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d\p{Extended_Pictographic})\p{Default_Ignorable_Code_Point})+/gu;

/** No script puts so many marks on a character; piles of them stand in the lines above and below. */
const pile = (): RegExp => /([\p{Mn}\p{Me}]{8})[\p{Mn}\p{Me}]+/gu;

const isAscii = (text: string): boolean => /^[\n\x20-\x7e]*$/.test(text);

/** One line of plain text: white space and unprintable characters become single spaces, piles of marks a few. */
export function plainLine(text: string): string {
  const printable = isAscii(text) ? text : text.toWellFormed().replace(unprintable(), ' ').replace(pile(), '$1');
  return printable.replace(/\s+/gu, ' ').trim();
}

/** The beginning of a text as one plain line of at most `length` characters. Of a text of megabytes it reads no more. */
export function shortLine(text: string, length: number): string {
  const start = text.slice(0, (length + 1) * maxUnitsPerCharacter);
  const line = plainLine(start);
  return shorten(line === '' || start === text ? line : `${line}…`, length);
}

/** For JSON: what does not show is written as an escape, so that it does and stays what it is. */
export function showUnprintable(json: string): string {
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return isAscii(json) ? json : json.replace(unprintable(), (run) => run.replace(/[^\n]/g, escaped));
}

/** For places that draw `$(name)` as an icon, as quick picks and the status bar do. Labels of trees do not. */
export function withoutIcons(text: string): string {
  return text.replace(/\$\([a-z0-9-]+(?:~[a-z]+)?\)/gi, '\\$&');
}

/** For notifications, which turn `[text](command:…)` into a link: a word joiner between the brackets prevents it. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', ']\u2060(');
}

/**
 * For Markdown with theme icons: every character that could mean something is escaped. VS Code looks for `$(name)` in
 * the finished HTML, where Markdown's own backslashes are gone: an icon needs one more, which outlives Markdown.
 */
export function escapeMarkdown(text: string): string {
  return withoutIcons(plainLine(text))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#+\-.!|~$:@]/g, '\\$&');
}

/** More code units than this are no one character that anybody wrote in earnest; a family of emoji has eleven. */
const maxUnitsPerCharacter = 16;

/** At most `length` characters (user-perceived ones are not split), the end cut and marked with an ellipsis. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) {
    return text;
  }
  // Looking at no more than can be kept bounds the time that a text of megabytes takes.
  const start = text.slice(0, (length + 1) * maxUnitsPerCharacter);
  // Made here: the first one takes milliseconds, which start-up does not have; any other takes none.
  const characters = Array.from(new Intl.Segmenter().segment(start), ({ segment }) => segment);
  if (characters.length <= length && start.length === text.length) {
    return text;
  }
  return `${characters
    .slice(0, length - 1)
    .join('')
    .trimEnd()}…`;
}
