import { jobIdOf } from './jobId.ts';

/** An id of a job in a text, and where it stands: UTF-16 code units, `end` behind the last. */
export interface JobIdInText {
  /** In its canonical form. */
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

/** As ids are written, in any case, and percent-encoded as in the addresses that logs hold. Every match is as bounded. */
const idPattern =
  /nb(?::|%3a)jid(?::|%3a)uuid(?::|%3a)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/gi;

/**
 * What may stand before an id: nothing, or no part of a word. Letters beyond ASCII are not taken for a part of it, as
 * some languages put no space there. The end of an escape is none either, as in `%27nb…`, `\nnb…` and `\u0027nb…`,
 * nor that of a colour in a log.
 */
const beforePattern = /(?:^|[^\w-]|%[0-9a-f]{2}|\\[nrt]|\\u[0-9a-f]{4}|\p{Cc}\[[\d;]{0,16}m)$/iu;
const longestEscape = '\x1b[38;2;255;255;255m'.length;
const guidLength = 36;

/** No id takes more, however it is written. */
export const longestJobId = 'nb%3Ajid%3AUUID%3Af3c43f94-327f-2347-90bb-3bf79f8559f1'.length;

/** Whether there may be an id in a text; cheaper than to look for one, as most lines of most texts hold none. */
export function mayHoldJobId(text: string): boolean {
  return /nb(?::|%3a)jid/i.test(text);
}

/**
 * Finds the ids of jobs in a text, in its order. The time that takes grows with the length of the part looked at.
 * @param from where to begin, and `to` where ids must begin at the latest, to look at a long text in steps
 */
export function* jobIdsInText(text: string, from = 0, to = text.length): Generator<JobIdInText> {
  // One more than an id, so that what follows it is seen.
  const end = Math.min(text.length, to + longestJobId + 1);
  // The step ends behind what it may hold; what comes before it is looked at in the whole text.
  const step = from === 0 && end === text.length ? text : text.slice(from, end);
  for (const { 0: match, index } of step.matchAll(idPattern)) {
    const start = from + index;
    if (start >= to) {
      return;
    }
    if (beforePattern.test(text.slice(Math.max(0, start - longestEscape), start))) {
      yield { id: jobIdOf(match.slice(-guidLength)), start, end: start + match.length };
    }
  }
}

/** The id at a place in a text, or `undefined`. Only what is around that place is looked at. */
export function jobIdAt(text: string, offset: number): JobIdInText | undefined {
  const from = Math.max(0, offset - longestJobId);
  return [...jobIdsInText(text, from, offset + 1)].find(({ start, end }) => start <= offset && offset <= end);
}
