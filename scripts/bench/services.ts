import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceKind } from '../../src/client/account.ts';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { FakeClock } from '../../test/support/fakeClock.ts';
import { accountOf, connectTo, endpointOf, serviceKinds } from '../../test/support/serviceKinds.ts';
import { Watching } from '../../test/support/watching.ts';
import type { Figure, Measurement } from './support/figure.ts';
import { summaryOf } from './support/statistics.ts';

const samples = 7;
const warmUpPolls = 4;
/** All of them fit the page that the panel shows; an active job behind it costs one request more. */
const jobs = 40;
/** Looks in a row, so many milliseconds apart, that find nothing new asked. */
const quietLooks = 6;
const lookEveryMs = 10;

/** With the list visible: the head of the list, the active jobs, and how far they are. */
const bars: Readonly<Record<ServiceKind, number>> = { ams: 3, mkio: 1, ravnur: 6 };
const notes: Readonly<Partial<Record<ServiceKind, string>>> = {
  ravnur: 'its jobs are listed by transform, of which the emulator has six',
};

/** Requests per steady poll of each service, over the same jobs. */
export const services: Figure = {
  name: 'services',
  async measure() {
    const measurements: Measurement[] = [];
    for (const kind of serviceKinds) {
      measurements.push(await measure(kind));
    }
    return measurements;
  },
};

async function measure(kind: ServiceKind): Promise<Measurement> {
  const now = Date.now();
  const emulator = await startEmulator({
    now: () => now,
    jobs,
    arrivalsPerMinute: 0,
    // What Azure Media Services was seen to do; the others as they come.
    dialects: { or: true, ne: true, orderby: true, tolower: true, 'select-on-tasks': true },
  });
  const { account, secret } = accountOf(kind, emulator);
  const { client } = connectTo(account, secret);
  const clock = new FakeClock(now);
  const window = new Watching({
    clock,
    clients: new Map([['a', client]]),
    onPollFailed: (error) => {
      throw error;
    },
  });
  const asked = (): number => emulator.requests.counts[endpointOf[kind]] ?? 0;
  const idle = async (): Promise<void> => {
    for (let quiet = 0, before = asked(); quiet < quietLooks; ) {
      await sleep(lookEveryMs);
      quiet = asked() === before ? quiet + 1 : 0;
      before = asked();
    }
  };
  const nextPoll = async (): Promise<number> => {
    const before = asked();
    while (asked() === before) {
      const { nextTimerIn } = clock;
      if (nextTimerIn === null) {
        throw new Error('The watcher does not ask any more.');
      }
      await clock.advance(nextTimerIn);
      await idle();
    }
    return asked() - before;
  };
  try {
    window.watcher.setListVisible(true);
    const counts: number[] = [];
    for (let poll = 0; poll < warmUpPolls + samples; poll++) {
      counts.push(await nextPoll());
    }
    const note = notes[kind];
    return {
      what: `requests per steady poll of ${kind}, list visible, ${jobs} jobs`,
      value: summaryOf(counts.slice(warmUpPolls)),
      unit: 'requests',
      bar: bars[kind],
      ...(note === undefined ? {} : { note }),
    };
  } finally {
    window.dispose();
    client.dispose();
    await emulator.close();
  }
}
