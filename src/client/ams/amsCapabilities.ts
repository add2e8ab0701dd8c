import type { ServiceCapabilities } from '../../jobs/serviceCapabilities.ts';

/** What Azure Media Services v2 can do. What single endpoints turn out to lack is learned by asking them. */
export const amsCapabilities: ServiceCapabilities = {
  service: 'Azure Media Services v2',
  cancel: true,
  delete: true,
  priority: 'number',
  filter: { states: true, name: true, created: true },
  sort: true,
  progress: true,
  tasksWithJobs: false,
  jobIds: 'guid',
};
