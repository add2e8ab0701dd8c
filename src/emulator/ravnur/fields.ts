import type { Dialects } from '../dialects.ts';
import type { JobSnapshot } from '../simulation/snapshot.ts';
import type { Field, Fields } from '../v3/filter.ts';
import { jobNameOf } from '../v3/names.ts';
import { jobStateName } from '../v3/states.ts';

/** What jobs can be filtered and ordered by (MS docs "Filter, order, and page entities", the table of jobs). */
export function ravnurFields(dialects: Dialects): Fields<JobSnapshot> {
  const time = (read: (job: JobSnapshot) => number): Field<JobSnapshot> => ({
    ...{ kind: 'time', operators: ['gt', 'ge', 'lt', 'le'], canOrder: true },
    read,
  });
  return new Map<string, Field<JobSnapshot>>([
    ['name', { kind: 'text', operators: ['eq'], canOrder: true, read: jobNameOf }],
    [
      'properties/state',
      { kind: 'state', operators: ['eq', 'ne'], canOrder: false, read: (job) => jobStateName(job, dialects) },
    ],
    ['properties/created', time((job) => job.created)],
    ['properties/lastmodified', time((job) => job.lastModified)],
  ]);
}
