import type { Dialects } from '../dialects.ts';
import { State } from '../simulation/run.ts';
import type { JobSnapshot } from '../simulation/snapshot.ts';

const names = {
  [State.queued]: 'Queued',
  [State.scheduled]: 'Scheduled',
  [State.processing]: 'Processing',
  [State.finished]: 'Finished',
  [State.error]: 'Error',
  [State.canceled]: 'Canceled',
  [State.canceling]: 'Canceling',
} as const satisfies Record<State, string>;

/** The names of all states, as `properties.state` has them. */
export const stateNames: readonly string[] = Object.values(names);

/** What no version of the protocol has. */
const unknownState = 'Paused';

/** The state of an output. */
export function stateName(state: State, dialects: Dialects): string {
  return dialects['v3-unknown-state'] && state === State.queued ? unknownState : names[state];
}

/** The state of a job: outputs with `onError: ContinueJob` fail without it. */
export function jobStateName(job: JobSnapshot, dialects: Dialects): string {
  const goesOn =
    dialects['v3-continue-job'] &&
    job.state === State.error &&
    job.tasks().some((task) => task.state === State.finished);
  return stateName(goesOn ? State.finished : job.state, dialects);
}
