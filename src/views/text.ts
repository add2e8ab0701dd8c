/** Text from a service is hostile. Each function here makes it safe for one kind of place, and looks the same there. */

/** Control characters, invisible ones and those that turn the direction of text, by which one name passes for another. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;

/** One line of plain text: white space and unprintable characters become single spaces. */
export function plainLine(text: string): string {
  return text.replace(unprintable, ' ').replace(/\s+/gu, ' ').trim();
}

/** For places that draw `$(name)` as an icon: labels of trees, quick picks and the status bar. */
export function withoutIcons(text: string): string {
  return text.replace(/\$\(([a-z0-9~-]+)\)/gi, '\\$&');
}

/** For notifications, which turn `[text](command:…)` into a link: a word joiner between the brackets prevents it. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', ']\u2060(');
}

/** For Markdown with theme icons: every character that could mean something is escaped. */
export function escapeMarkdown(text: string): string {
  return plainLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#+\-.!|~$:@]/g, '\\$&');
}

/** At most `length` characters (user-perceived ones are not split), the end cut and marked with an ellipsis. */
export function shorten(text: string, length: number): string {
  const characters = [...new Intl.Segmenter().segment(text)];
  if (characters.length <= length) {
    return text;
  }
  const kept = characters.slice(0, length - 1).map(({ segment }) => segment);
  return `${kept.join('').trimEnd()}…`;
}
