import { type JobState, knownJobStates } from '../jobs/job.ts';
import { type JobJson, jobToJson } from '../jobs/jobJson.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { accountFromArguments } from './jobArguments.ts';
import { type ErrorResult, errorResult } from './messages.ts';
import type { Services } from './services.ts';

const defaultTop = 50;
const maxTop = 1000;

/** Lists jobs for a caller: `{ account?, state?, top? }`, `top` from 1 to 1000. Shows nothing. */
export async function listJobs(services: Services, argument: unknown): Promise<readonly JobJson[] | ErrorResult> {
  try {
    const args = typeof argument === 'object' && argument !== null ? argument : {};
    const account = accountFromArguments('account' in args ? { account: args.account } : {}, services);
    const state = 'state' in args ? readState(args.state) : undefined;
    const top = 'top' in args ? readTop(args.top) : defaultTop;
    const jobs = await services.watcher.list(account, state === undefined ? {} : { states: [state] }, top);
    const now = services.clock.now();
    return jobs.map((job) => jobToJson(job, now));
  } catch (error) {
    return errorResult(error);
  }
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
