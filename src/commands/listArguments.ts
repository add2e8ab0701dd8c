import { type JobState, knownJobStates } from '../jobs/job.ts';
import type { JobQuery } from '../jobs/jobQuery.ts';
import { ServiceError } from '../jobs/serviceError.ts';

const defaultTop = 50;
const maxTop = 1000;

/**
 * Which jobs a caller of the list command wants, and how many at most: `{ state?, top? }`.
 * @throws ServiceError `badRequest`
 */
export function readListArguments(args: object): { readonly query: JobQuery; readonly top: number } {
  const state = 'state' in args ? readState(args.state) : undefined;
  const top = 'top' in args ? readTop(args.top) : defaultTop;
  return { query: state === undefined ? {} : { states: [state] }, top };
}

function readState(value: unknown): JobState | undefined {
  if (value === undefined) {
    return undefined;
  }
  const state = knownJobStates.find((known) => known === value);
  if (state === undefined) {
    throw new ServiceError('badRequest', `There is no such state. It must be one of ${knownJobStates.join(', ')}.`);
  }
  return state;
}

function readTop(value: unknown): number {
  if (value === undefined) {
    return defaultTop;
  }
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > maxTop) {
    throw new ServiceError('badRequest', `"top" must be a whole number from 1 to ${maxTop}.`);
  }
  return value;
}
