import type { JobStore } from '../jobs/jobStore.ts';
import type { Disposable } from '../jobs/lifecycle.ts';
import { errorText } from './errorText.ts';
import { formatLocalTime } from './format.ts';
import { JobDecorations } from './jobDecorations.ts';
import { changedGroups, groupJobsBy } from './jobGroups.ts';
import { jobDescription, jobSpoken, type PresentationContext, stateIcon, trackedJobText } from './jobPresentation.ts';
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
import { countText, filterText, searchText } from './panelTexts.ts';
import { trackedJobHover } from './trackedJobHover.ts';

const panel = {
  accountItem,
  groupItem,
  errorText,
  formatLocalTime,
  jobDescription,
  jobHover,
  jobItem,
  jobSpoken,
  loadMoreItem,
  noteItem,
  problemItem,
  stateIcon,
  taskItem,
  trackedJobText,
  changedGroups,
  groupJobsBy,
  countText,
  filterText,
  searchText,
  trackedJobHover,
};

export type Panel = typeof panel;

/**
 * The entry of the panel's bundle: how its rows and hovers are drawn and what it says. A window that shows no job loads
 * nothing.
 * @param keep takes what has to be disposed of with the extension
 */
export function createPanel(
  store: JobStore,
  context: () => PresentationContext,
  keep: (item: Disposable) => unknown,
): Panel {
  keep(new JobDecorations(store, context));
  return panel;
}
