import type { JobDetails } from '../jobs/jobDetails.ts';
import type { Localizer } from './localize.ts';
import { showUnprintable } from './text.ts';

/** In characters. A job with the 30 tasks that it may have is some hundred thousand; more is a slip of the service. */
const longestRecord = 5_000_000;

/**
 * The record of a job as the service has it, its tasks in place of the link to them, as indented JSON. One that is too
 * long for an editor is cut, and says so in its last line.
 */
export function recordText({ raw }: Pick<JobDetails, 'raw'>, l10n: Localizer, longest = longestRecord): string {
  const { job, tasks } = raw;
  const record = typeof job === 'object' && job !== null && !Array.isArray(job) ? job : { Job: job };
  const text = `${showUnprintable(indentedJson({ ...record, Tasks: tasks }))}\n`;
  if (text.length <= longest) {
    return text;
  }
  const note = l10n.t('Cut here: the whole record has {0} characters.', text.length);
  return `${text.slice(0, longest).toWellFormed()}\n… ${note}\n`;
}

/** Deeper than any record of a service. */
const deepestRecord = 100;

/** As indented JSON, with `…` for what stands too deep: each step down costs stack, and an indentation. */
function indentedJson(value: object): string {
  const record = shallow(value, deepestRecord);
  try {
    return JSON.stringify(record, null, 2);
  } catch {
    // So many values that their indentations alone are longer than a text can be.
    return JSON.stringify(record);
  }
}

function shallow(value: unknown, steps: number): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (steps === 0) {
    return '…';
  }
  return Array.isArray(value)
    ? value.map((item) => shallow(item, steps - 1))
    : Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shallow(item, steps - 1)]));
}
