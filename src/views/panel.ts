import { errorText } from './errorText.ts';
import { formatLocalTime } from './format.ts';
import { changedGroups, groupJobsBy } from './jobGroups.ts';
import { jobDescription, jobSpoken, jobTooltip, stateIcon, trackedJobText } from './jobPresentation.ts';
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

/** The entry of the panel's bundle: how its rows and hovers are drawn and what it says. A window that shows no job loads nothing. */
export const panel = {
  accountItem,
  groupItem,
  errorText,
  formatLocalTime,
  jobDescription,
  jobHover,
  jobItem,
  jobSpoken,
  jobTooltip,
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
};

export type Panel = typeof panel;
