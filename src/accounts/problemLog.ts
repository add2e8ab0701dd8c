import type { AccountProblem } from '../jobs/accountStatus.ts';

/** Tells the log what is wrong with entries of the accounts setting. */
export function logProblems(log: { warn(message: string): void }, problems: readonly AccountProblem[]): void {
  for (const { label, message } of problems) {
    log.warn(`Setting mediaServices.accounts, ${label}: ${message}`);
  }
}
