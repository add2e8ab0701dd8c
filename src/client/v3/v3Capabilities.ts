import type { ServiceCapabilities } from '../../jobs/serviceCapabilities.ts';

/** The levels of a priority, from the least urgent up. */
export const priorityNames: readonly string[] = ['Low', 'Normal', 'High'];

/** What services can do that have the job records of Azure Media Services v3. */
export const v3Capabilities: ServiceCapabilities = {
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
  ...v3Capabilities,
  filter: { ...v3Capabilities.filter, name: false },
};
