import type { AccountProblem } from '../jobs/accountStatus.ts';
import { logText } from './logText.ts';

interface WarningLog {
  warn(message: string): void;
}

/** Tells the log what is wrong with entries of the accounts setting. */
export function logProblems(log: WarningLog, problems: readonly AccountProblem[]): void {
  for (const { label, message } of problems) {
    log.warn(`Setting mediaServices.accounts, ${logText(label)}: ${logText(message)}`);
  }
}

/** Tells the log why an account could not be asked. */
export function logFailure(log: WarningLog, account: string, { message }: Error): void {
  log.warn(`[${logText(account)}] ${logText(message)}`);
}
