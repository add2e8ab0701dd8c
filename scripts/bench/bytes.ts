import { type Figure, ratio } from './support/figure.ts';
import { NaiveLoop } from './support/naiveLoop.ts';
import { ServerBytes } from './support/serverBytes.ts';
import { compare } from './support/statistics.ts';
import { WatchedAccount } from './support/watchedAccount.ts';

const jobs = 200;
const samples = 7;
const warmUpPolls = 4;

/** What a steady poll moves over the wire. */
export const bytes: Figure = {
  name: 'bytes',
  async measure() {
    const counter = new ServerBytes();
    const account = await WatchedAccount.start(jobs);
    const naive = new NaiveLoop(account);
    const bytesOf = async (poll: () => Promise<void>): Promise<number> => {
      const before = counter.total;
      await poll();
      return counter.total - before;
    };
    try {
      // With the list on show, so that what must be fresh are the jobs and not one tracked among them.
      await account.showList();
      for (let poll = 0; poll < warmUpPolls; poll++) {
        await account.nextPoll();
      }
      const comparison = await compare(
        samples,
        () => bytesOf(() => account.nextPoll()),
        () => bytesOf(() => naive.poll()),
      );
      return [
        ratio(`bytes per steady poll, ${jobs} running, ours / naive`, 0.2, comparison, {
          unit: 'B',
          baseline: 'the naive loop',
          note: "heads and bodies both ways, as the emulator's TLS sockets count them, without what TLS adds; ours with the head of the list",
        }),
      ];
    } finally {
      naive.dispose();
      await account.dispose();
      counter.dispose();
    }
  },
};
