import type { Clock } from '../jobs/clock.ts';
import type { NotificationChoice } from '../jobs/jobEnds.ts';

export interface ExpiryWarningsOptions {
  /** When the token of an account expires that only a person can replace, in milliseconds since the Unix epoch. */
  readonly expiryOf: (account: string) => number | undefined;
  readonly clock: Clock;
  /** Who wants no messages at all gets none here either. */
  readonly choice: () => NotificationChoice;
  /** Whether this window is the first of all to claim something of that name. */
  readonly claim: (name: string) => Promise<boolean>;
  readonly warn: (account: string, daysLeft: number) => unknown;
}

const dayMs = 86_400_000;
const warnFromDays = 3;

/**
 * Warns of a token that expires soon: once for each token and day, in one window. It has no timer.
 * @returns what to call whenever an account's token was used
 */
export function expiryWarnings(options: ExpiryWarningsOptions): (account: string) => void {
  const { expiryOf, clock, choice, claim, warn } = options;
  const told = new Set<string>();
  return (account) => {
    const expiresAt = expiryOf(account) ?? Number.POSITIVE_INFINITY;
    const leftMs = expiresAt - clock.now();
    if (leftMs <= 0 || leftMs > warnFromDays * dayMs || choice() === 'never') {
      return;
    }
    const daysLeft = Math.floor(leftMs / dayMs);
    const name = JSON.stringify([account, expiresAt, daysLeft]);
    if (!told.has(name)) {
      told.add(name);
      void claim(name).then((isFirst) => isFirst && warn(account, daysLeft));
    }
  };
}
