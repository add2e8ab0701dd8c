import type { JobIdFormName } from '../jobs/jobIdForms.ts';
import { jobIdsInText, mayHoldJobId } from '../jobs/jobIdsInText.ts';

/** The part of `vscode.TextDocument` that is looked at. */
export interface TextLines {
  readonly lineCount: number;
  lineAt(line: number): { readonly text: string };
}

export interface JobIdInLine {
  readonly id: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** Only the first so many UTF-16 code units of a document are looked at, line ends included: 1 MB of ASCII. */
export const maxScanned = 1_048_576;
/** More links than that slow an editor down, and nobody follows them. */
export const maxIds = 5_000;
/** Others get a turn after so many code units; looking at them takes a fraction of a millisecond. */
export const scanStep = 65_536;

/**
 * Finds the ids of jobs in the lines of a document.
 * @param forms of which services
 * @param goOn called after each step; nothing more is looked at once it resolves to false
 */
export async function scanForJobIds(
  document: TextLines,
  forms: readonly JobIdFormName[],
  goOn: () => Promise<boolean>,
): Promise<JobIdInLine[]> {
  const found: JobIdInLine[] = [];
  let left = maxScanned;
  let step = scanStep;
  for (let line = 0; line < document.lineCount && left > 0; line++) {
    const { text } = document.lineAt(line);
    const length = Math.min(text.length, left);
    left -= length + 1;
    // Of a long line, each step looks at its own part alone.
    const isLookedAt = text.length > scanStep || mayHoldJobId(text);
    let from = 0;
    do {
      const to = Math.min(length, from + step);
      for (const { id, start, end } of isLookedAt ? jobIdsInText(text, forms, from, to) : []) {
        found.push({ id, line, start, end });
        if (found.length === maxIds) {
          return found;
        }
      }
      step -= to - from + (to === length ? 1 : 0);
      from = to;
      if (step <= 0) {
        if (!(await goOn())) {
          return found;
        }
        step = scanStep;
      }
    } while (from < length);
  }
  return found;
}
