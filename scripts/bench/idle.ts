import type { Figure } from './support/figure.ts';
import { summaryOf } from './support/statistics.ts';
import { WatchedAccount } from './support/watchedAccount.ts';

const samples = 7;
const jobs = 10;
const hourMs = 60 * 60_000;

/** What is left running once the panel is closed and nothing is tracked. */
export const idle: Figure = {
  name: 'idle',
  async measure() {
    const asked: number[] = [];
    const timers: number[] = [];
    for (let sample = 0; sample < samples; sample++) {
      const account = await WatchedAccount.start(jobs);
      try {
        await account.showList();
        account.track();
        await account.nextPoll();
        account.tracked.stop();
        await account.hideList();
        const before = account.requests;
        await account.clock.advance(hourMs);
        await account.idle();
        asked.push(account.requests - before);
        timers.push(account.clock.pendingTimers);
      } finally {
        await account.dispose();
      }
    }
    const what = 'hidden and untracked for an hour of the injected clock';
    return [
      { what: `${what}: requests`, value: summaryOf(asked), unit: 'requests', bar: 0 },
      { what: `${what}: pending timers`, value: summaryOf(timers), unit: 'timers', bar: 0 },
    ];
  },
};
