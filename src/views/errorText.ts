import type { Localizer } from './localize.ts';

/**
 * Parts of the client and the store raise their errors in English, as they know no language and log what they say. Their
 * sentences are in the bundles too, marked by this comment, as `vscode.l10n` writes it behind a key.
 */
const mark = '/error';

interface Sentence {
  /** Finds the sentence at the beginning of a message; its groups are the values in it. */
  readonly pattern: RegExp;
  readonly translation: string;
}

const sentencesOf = ((): ((bundle: Readonly<Record<string, string>>) => readonly Sentence[]) => {
  const made = new WeakMap<object, readonly Sentence[]>();
  return (bundle) => {
    const sentences = made.get(bundle) ?? readSentences(bundle);
    made.set(bundle, sentences);
    return sentences;
  };
})();

/** What begins with a value first, as other sentences may be in it; then the longest, which says the most. */
function readSentences(bundle: Readonly<Record<string, string>>): readonly Sentence[] {
  const later = ([key]: readonly [string, string]): number => (key.startsWith('{') ? 0 : 1);
  return Object.entries(bundle)
    .filter(([key]) => key.endsWith(mark))
    .sort((a, b) => later(a) - later(b) || b[0].length - a[0].length)
    .map(([key, translation]) => {
      const parts = key.slice(0, -mark.length).split(/\{\d+\}/);
      return { pattern: new RegExp(`^${parts.map(escapePattern).join('(.+?)')}(?=[.:]?(?: |$))`, 's'), translation };
    });
}

/**
 * The message of an error in the person's language, as far as the words are ours. What the service itself said, hosts and
 * the like stay as they are. Values are counted by their order in the English sentence.
 */
export function errorText(message: string, l10n: Pick<Localizer, 'bundle'>): string {
  for (const { pattern, translation } of l10n.bundle === undefined ? [] : sentencesOf(l10n.bundle)) {
    const match = pattern.exec(message);
    if (match) {
      const values = match.slice(1).map((value) => errorText(value, l10n));
      const text = translation.replace(/\{(\d+)\}/g, (whole, index: string) => values[Number(index)] ?? whole);
      const [, between = '', rest = ''] = /^([.:]? ?)(.*)$/s.exec(message.slice(match[0].length)) ?? [];
      return text + between + (rest === '' ? '' : errorText(rest, l10n));
    }
  }
  return message;
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
