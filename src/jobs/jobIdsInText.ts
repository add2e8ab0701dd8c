import { jobIdOf } from './jobId.ts';
import type { JobIdFormName } from './jobIdForms.ts';
import { parseNamedJobId } from './namedJob.ts';

/** An id of a job in a text, and where it stands: UTF-16 code units, `end` behind the last. */
export interface JobIdInText {
  /** In its canonical form. */
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

/**
 * As ids are written, in any case, and percent-encoded as in the addresses that logs hold. Every match is bounded. Of
 * names, only those without white space and punctuation are found: nothing else says where they end.
 */
const idPattern =
  /(?<guid>nb(?::|%3a)jid(?::|%3a)uuid(?::|%3a)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-]))|transforms\/[\w.~%-]{1,260}\/jobs\/[\w.~%-]{0,259}[\w~%-]/gi;

/**
 * What may stand before an id: nothing, or no part of a word. Letters beyond ASCII are not taken for a part of it, as
 * some languages put no space there. The end of an escape is none either, as in `%27nb…`, `\nnb…` and `\u0027nb…`,
 * nor that of a colour in a log.
 */
const beforePattern = /(?:^|[^\w-]|%[0-9a-f]{2}|\\[nrt]|\\u[0-9a-f]{4}|\p{Cc}\[[\d;]{0,16}m)$/iu;
const longestEscape = '\x1b[38;2;255;255;255m'.length;
const guidLength = 36;

/** No id takes more, however it is written. */
export const longestJobId = 'transforms/'.length + 260 + '/jobs/'.length + 260;

const guidForm: readonly JobIdFormName[] = ['guid'];

/** Whether there may be an id in a text; cheaper than to look for one, as most lines of most texts hold none. */
export function mayHoldJobId(text: string): boolean {
  return /nb(?::|%3a)jid|transforms\//i.test(text);
}

/**
 * Finds the ids of jobs in a text, in its order. The time that takes grows with the length of the part looked at.
 * @param forms of which services
 * @param from where to begin, and `to` where ids must begin at the latest, to look at a long text in steps
 */
export function* jobIdsInText(text: string, forms = guidForm, from = 0, to = text.length): Generator<JobIdInText> {
  // One more than an id, so that what follows it is seen.
  const end = Math.min(text.length, to + longestJobId + 1);
  // The step ends behind what it may hold; what comes before it is looked at in the whole text.
  const step = from === 0 && end === text.length ? text : text.slice(from, end);
  for (const { 0: match, index, groups } of step.matchAll(idPattern)) {
    const start = from + index;
    if (start >= to) {
      return;
    }
    const form = groups?.['guid'] === undefined ? 'names' : 'guid';
    if (!forms.includes(form) || !beforePattern.test(text.slice(Math.max(0, start - longestEscape), start))) {
      continue;
    }
    const id = form === 'guid' ? jobIdOf(match.slice(-guidLength)) : parseNamedJobId(match);
    if (id !== null) {
      yield { id, start, end: start + match.length };
    }
  }
}

/** The id at a place in a text, or `undefined`. Only what is around that place is looked at. */
export function jobIdAt(text: string, offset: number, forms = guidForm): JobIdInText | undefined {
  const from = Math.max(0, offset - longestJobId);
  return [...jobIdsInText(text, forms, from, offset + 1)].find(({ start, end }) => start <= offset && offset <= end);
}
