import type { Job } from '../jobs/job.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import type { Disposable } from '../jobs/lifecycle.ts';
import { queuePlaceOf } from '../jobs/queuePlace.ts';
import type { EditorParts } from './editorParts.ts';
import { errorText } from './errorText.ts';
import { formatLocalTime } from './format.ts';
import { JobDecorations } from './jobDecorations.ts';
import { changedGroups, groupJobsBy } from './jobGroups.ts';
import { JobLinks } from './jobLinks.ts';
import { jobDescription, jobIcon, jobSpoken, type PresentationContext, trackedJobText } from './jobPresentation.ts';
import {
  accountItem,
  groupItem,
  jobHover,
  jobItem,
  loadMoreItem,
  noteItem,
  problemItem,
  taskItem,
} from './jobTreeItems.ts';
import { countText, filterText, searchReason, searchText } from './panelTexts.ts';
import { queueText } from './queueText.ts';
import { signInText } from './tokenExpiry.ts';
import { trackedJobHover } from './trackedJobHover.ts';

const drawing = {
  accountItem,
  groupItem,
  errorText,
  formatLocalTime,
  jobDescription,
  jobItem,
  jobSpoken,
  loadMoreItem,
  noteItem,
  problemItem,
  jobIcon,
  taskItem,
  createLinks: (parts: EditorParts) => new JobLinks(parts),
  trackedJobText,
  changedGroups,
  groupJobsBy,
  countText,
  filterText,
  searchReason,
  searchText,
  signInText,
};

export type Panel = ReturnType<typeof createPanel>;

/**
 * The entry of the panel's bundle: how its rows and hovers are drawn and what it says. A window that shows no job loads
 * nothing.
 * @param keep takes what has to be disposed of with the extension
 */
export function createPanel(store: JobStore, context: () => PresentationContext, keep: (item: Disposable) => unknown) {
  keep(new JobDecorations(store, context));
  // A hover asks no service: how many units an account has is for those who do.
  const waits = (job: Job, words: PresentationContext): string | null =>
    queueText(queuePlaceOf(store, job, null, words.now), words);
  return {
    ...drawing,
    jobHover: (job: Job, words: PresentationContext) => jobHover(job, words, waits(job, words)),
    trackedJobHover: (job: Job, stale: string | null, asOf: number | null, words: PresentationContext) =>
      trackedJobHover(job, stale, asOf, words, stale === null ? waits(job, words) : null),
  };
}
