/** What does not show, or would begin another line. */
const unreadable = (): RegExp => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Text from elsewhere as a part of one line of the log: no line of it can be taken for one of ours, and what does not show
 * is written as an escape.
 * @param most of it, in UTF-16 code units
 */
export function logText(text: string, most = 1_000): string {
  const start = text.length > most ? `${text.slice(0, most)}…` : text;
  const escaped = (character: string): string => `\\u{${character.codePointAt(0)?.toString(16)}}`;
  return start.toWellFormed().replace(unreadable(), escaped);
}
