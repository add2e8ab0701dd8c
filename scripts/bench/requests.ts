import type { Figure, Measurement } from './support/figure.ts';
import { NaiveLoop } from './support/naiveLoop.ts';
import { repeat } from './support/statistics.ts';
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
  const requestsOf = async (poll: () => Promise<void>): Promise<number> => {
    const before = account.requests;
    await poll();
    return account.requests - before;
  };
  const steady = async (): Promise<Measurement['value']> => {
    for (let poll = 0; poll < warmUpPolls; poll++) {
      await account.nextPoll();
    }
    return repeat(samples, () => requestsOf(() => account.nextPoll()));
  };
  try {
    await account.showList();
    const visible = await steady();
    account.track();
    await account.hideList();
    const tracked = await steady();
    const loop = await repeat(samples, () => requestsOf(() => naive.poll()));
    const running = `${jobs.toLocaleString('en')} running`;
    return [
      { what: `requests per steady poll, ${running}`, value: tracked, unit: 'requests', bar },
      { what: `the same with the list visible, ${running}`, value: visible, unit: 'requests', bar: bar + 1 },
      { what: `the same by the naive loop, ${running}`, value: loop, unit: 'requests', bar: null },
    ];
  } finally {
    naive.dispose();
    await account.dispose();
  }
}
