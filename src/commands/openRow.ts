import { loadMoreJobs } from './loadMoreJobs.ts';
import type { Services } from './services.ts';

/** What a click on a row of the panel does: a look at a job in passing, which leaves the keyboard there, or more jobs. */
export async function openRow(services: Services): Promise<void> {
  const row = await services.view.selectedRow();
  if (row?.type === 'job') {
    services.editors.get().openDetails(row, { preserveFocus: true, preview: true });
  } else if (row?.type === 'loadMore') {
    await loadMoreJobs(services, row.account);
  }
}
