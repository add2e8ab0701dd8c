import type { ServiceCapabilities } from '../../jobs/serviceCapabilities.ts';

/** The levels of a priority, from the least urgent up. */
export const priorityNames: readonly string[] = ['Low', 'Normal', 'High'];

/** What services can do that have the job records of Azure Media Services v3. */
const common = {
  cancel: true,
  delete: true,
  priority: priorityNames,
  sort: true,
  progress: true,
  tasksWithJobs: true,
  jobIds: 'names',
} as const;

export const mkioCapabilities: ServiceCapabilities = {
  ...common,
  filter: { states: true, name: true, created: true },
};

/** A name can be asked for only as a whole ("Filter, order, and page Media Services entities"). */
export const ravnurCapabilities: ServiceCapabilities = {
  ...common,
  filter: { states: true, name: false, created: true },
};
