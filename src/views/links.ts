import type { EditorParts } from './editorParts.ts';
import { JobLinks } from './jobLinks.ts';

/** The entry of the bundle that finds ids of jobs in text, which is loaded when there is first a text. */
export function createLinks(parts: EditorParts): JobLinks {
  return new JobLinks(parts);
}
