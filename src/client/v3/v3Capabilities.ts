import type { ServiceCapabilities } from '../../jobs/serviceCapabilities.ts';

/** The levels of a priority, from the least urgent up. */
export const priorityNames: readonly string[] = ['Low', 'Normal', 'High'];

/** What MK.IO can do, and every service with all that is documented of the job records of Azure Media Services v3. */
export const mkioCapabilities: ServiceCapabilities = {
  service: 'MK.IO',
  cancel: true,
  delete: true,
  priority: priorityNames,
  filter: { states: true, name: true, created: true },
  sort: true,
  progress: true,
  tasksWithJobs: true,
  jobIds: 'names',
};

/** A name can be asked for only as a whole ("Filter, order, and page Media Services entities"). */
export const ravnurCapabilities: ServiceCapabilities = {
  ...mkioCapabilities,
  service: 'Ravnur Media Services',
  filter: { ...mkioCapabilities.filter, name: false },
};
