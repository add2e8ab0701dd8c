import { type JobJson, jobToJson } from '../jobs/jobJson.ts';
import { accountFromArguments } from './jobArguments.ts';
import { readListArguments } from './listArguments.ts';
import { type ErrorResult, errorResult } from './messages.ts';
import type { Services } from './services.ts';

/** Lists jobs for a caller: `{ account?, state?, top? }`, `top` from 1 to 1000. Shows nothing. */
export async function listJobs(services: Services, argument: unknown): Promise<readonly JobJson[] | ErrorResult> {
  try {
    const args = typeof argument === 'object' && argument !== null ? argument : {};
    const account = accountFromArguments('account' in args ? { account: args.account } : {}, services);
    const { query, top } = readListArguments(args);
    const jobs = await services.watcher.list(account, query, top);
    const now = services.clock.now();
    return jobs.map((job) => jobToJson(job, now));
  } catch (error) {
    return errorResult(error);
  }
}
