import { State } from '../simulation/run.ts';
import type { JobSnapshot } from '../simulation/snapshot.ts';
import type { PrimitiveValue } from './model.ts';

interface SearchedJobs {
  jobs(): Iterable<JobSnapshot>;
  activeJobs(): Iterable<JobSnapshot>;
}

/**
 * The jobs whose tasks can be in a state, so that `Tasks?$filter=State eq 2` does not work out the tasks of 50,000
 * finished jobs.
 *
 * @param taskState undefined for any
 */
export function jobsToSearch(jobs: SearchedJobs, taskState: PrimitiveValue | undefined): Iterable<JobSnapshot> {
  switch (taskState) {
    case State.queued:
    case State.scheduled:
    case State.processing:
    case State.canceling:
      return jobs.activeJobs();
    case State.error:
      return inStates(jobs, [State.error]);
    case State.canceled:
      return inStates(jobs, [State.error, State.canceled, State.canceling]);
    default:
      return jobs.jobs();
  }
}

function* inStates(jobs: SearchedJobs, states: readonly State[]): Generator<JobSnapshot> {
  for (const job of jobs.jobs()) {
    if (states.includes(job.state)) {
      yield job;
    }
  }
}
