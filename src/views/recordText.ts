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
  const text = `${showUnprintable(JSON.stringify({ ...record, Tasks: tasks }, null, 2))}\n`;
  if (text.length <= longest) {
    return text;
  }
  const note = l10n.t('Cut here: the whole record has {0} characters.', text.length);
  return `${text.slice(0, longest).toWellFormed()}\n… ${note}\n`;
}
