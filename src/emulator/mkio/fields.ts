import type { Dialects } from '../dialects.ts';
import type { JobSnapshot } from '../simulation/snapshot.ts';
import type { Field, Fields, Operator } from '../v3/filter.ts';
import { jobNameOf, transformOf } from '../v3/names.ts';
import { author } from '../v3/record.ts';
import { jobStateName } from '../v3/states.ts';

const all: readonly Operator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];

/** What jobs can be filtered by, and ordered by but for the last five (MK.IO Media API, the job list of a project). */
export function mkioFields(dialects: Dialects, idOf: (job: JobSnapshot) => string): Fields<JobSnapshot> {
  const text = (read: (job: JobSnapshot) => string, canOrder = true): Field<JobSnapshot> => ({
    ...{ kind: 'text', operators: all },
    read,
    canOrder,
  });
  const time = (read: (job: JobSnapshot) => number): Field<JobSnapshot> => ({
    ...{ kind: 'time', operators: all, canOrder: true },
    read,
  });
  const created = time((job) => job.created);
  const updated = time((job) => job.lastModified);
  const by = text(() => author);
  const person = text(() => author, false);
  return new Map([
    ['name', text(jobNameOf)],
    ['id', text(idOf)],
    ['created', created],
    ['properties/created', created],
    ['updated', updated],
    ['properties/lastmodified', updated],
    ['properties/state', { kind: 'state', operators: all, canOrder: true, read: (job) => jobStateName(job, dialects) }],
    ['createdby', by],
    ['updatedby', by],
    ['transform', text(transformOf, false)],
    ['createdbyemail', person],
    ['createdbyname', person],
    ['updatedbyemail', person],
    ['updatedbyname', person],
  ]);
}
