import type { ListOrder } from '../dialects.ts';
import type { JobSnapshot } from '../simulation/snapshot.ts';

/** Jobs in the order that the service lists them in by itself. They come newest first. */
export function inListOrder(jobs: Iterable<JobSnapshot>, order: ListOrder): Iterable<JobSnapshot> {
  switch (order) {
    case 'newest':
      return jobs;
    case 'oldest':
      return [...jobs].reverse();
    case 'shuffled':
      return [...jobs]
        .map((job) => ({ job, place: scatter(job.id) }))
        .sort((left, right) => left.place - right.place)
        .map(({ job }) => job);
  }
}

/** A number that depends on every character (FNV-1a), so that it has nothing to do with age and stays the same. */
function scatter(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
