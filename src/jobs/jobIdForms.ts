import { parseJobId } from './jobId.ts';
import { parseNamedJobId } from './namedJob.ts';

/** How services write what names a job: by a guid, as Azure Media Services v2 does, or by names, as v3 does. */
export type JobIdFormName = 'guid' | 'names';

export interface JobIdForm {
  /** Shown where an id is asked for. */
  readonly example: string;
  /** Finds the id in what a person pasted, in its canonical form; `null` where there is none. */
  parse(text: string): string | null;
}

export const jobIdForms: Readonly<Record<JobIdFormName, JobIdForm>> = {
  guid: { example: 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1', parse: parseJobId },
  names: { example: 'transforms/<transform>/jobs/<job>', parse: parseNamedJobId },
};
