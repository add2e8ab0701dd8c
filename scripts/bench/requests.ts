import type { Figure, Measurement } from './support/figure.ts';
import { NaiveLoop } from './support/naiveLoop.ts';
import { repeat, type Summary, summaryOf } from './support/statistics.ts';
import { WatchedAccount } from './support/watchedAccount.ts';

const bars = new Map([
  [1, 2],
  [10, 2],
  [200, 2],
  [1000, 4],
]);
const samples = 7;
const warmUpPolls = 4;

/** Requests per steady poll: nothing changes, so all that is asked is what it takes to see that. */
export const requests: Figure = {
  name: 'requests',
  async measure() {
    const measurements: Measurement[] = [];
    for (const [jobs, bar] of bars) {
      measurements.push(...(await measure(jobs, bar)));
    }
    return measurements;
  },
};

async function measure(jobs: number, bar: number): Promise<Measurement[]> {
  const account = await WatchedAccount.start(jobs);
  const naive = new NaiveLoop(account);
  const askedFor = async (poll: () => Promise<void>): Promise<readonly string[]> => {
    const before = account.requests;
    await poll();
    return account.latestPaths(account.requests - before);
  };
  const steadyPolls = async (): Promise<(readonly string[])[]> => {
    for (let poll = 0; poll < warmUpPolls; poll++) {
      await account.nextPoll();
    }
    const polls: (readonly string[])[] = [];
    for (let sample = 0; sample < samples; sample++) {
      polls.push(await askedFor(() => account.nextPoll()));
    }
    return polls;
  };
  try {
    await account.showList();
    const visible = await steadyPolls();
    account.track();
    await account.hideList();
    const tracked = await steadyPolls();
    // Only counted: the emulator does not remember as many paths as this asks for.
    const loop = await repeat(samples, async () => {
      const before = account.requests;
      await naive.poll();
      return account.requests - before;
    });
    const line = (what: string, value: Summary, atMost: number | null): Measurement => ({
      what: `requests per steady poll, ${jobs.toLocaleString('en')} running${what}`,
      value,
      unit: 'requests',
      bar: atMost,
    });
    return [
      line('', summaryOf(visible.map((paths) => paths.filter((path) => !isHeadOfList(path)).length)), bar),
      line(', with the head of the list for who sees it', summaryOf(visible.map(({ length }) => length)), bar + 1),
      line(', list hidden and one job tracked', summaryOf(tracked.map(({ length }) => length)), bar),
      line(', by the naive loop', loop, null),
    ];
  } finally {
    naive.dispose();
    await account.dispose();
  }
}

/** The newest jobs, whatever their states: what a visible list needs besides the active ones. */
function isHeadOfList(path: string): boolean {
  return /\/Jobs(\(\))?(\?|$)/.test(path) && !path.includes('$filter');
}
