import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { AmsAuthentication } from '../../src/client/account.ts';
import { createMediaServicesClient } from '../../src/client/clientBundle.ts';
import type { ConnectionInfo } from '../../src/emulator/emulator.ts';
import { isActive } from '../../src/jobs/job.ts';
import { ServiceError } from '../../src/jobs/serviceError.ts';
import { countLiveObjects, type LiveObjects } from './liveObjects.ts';
import { MemoryLogin, ScriptedPrompts } from './signInPrompts.ts';
import { SpeedyClock } from './speedyClock.ts';
import { WholeWindow } from './wholeWindow.ts';

/** What the test hands a window of a soak. */
export interface SoakOrder {
  readonly connection: ConnectionInfo;
  /** What the service's clock says now, in milliseconds since the Unix epoch, and how fast it runs. */
  readonly time: number;
  readonly speed: number;
  /** Real milliseconds between two samples. */
  readonly sampleEveryMs: number;
}

/** What the window is at one time, its garbage collected. */
export interface SoakSample extends LiveObjects {
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** Jobs in the store, of both accounts. */
  readonly jobs: number;
  /** What Node says that keeps the process. */
  readonly resources: number;
}

/** One line of what the window says, as JSON. */
export type SoakLine =
  | { readonly kind: 'seen'; readonly account: string; readonly id: string; readonly active: boolean }
  | { readonly kind: 'revived'; readonly account: string; readonly id: string }
  | { readonly kind: 'claimed'; readonly name: string }
  | { readonly kind: 'ended'; readonly account: string; readonly id: string; readonly state: string }
  | { readonly kind: 'sample'; readonly sample: SoakSample }
  | { readonly kind: 'unexpected'; readonly what: string }
  | { readonly kind: 'known'; readonly account: string; readonly states: Readonly<Record<string, string>> }
  | { readonly kind: 'done'; readonly sample: SoakSample; readonly figures: SoakFigures };

export interface SoakFigures {
  readonly requests: number;
  readonly failedPolls: Readonly<Record<string, number>>;
  readonly asked: number;
  readonly askedInVain: number;
}

/** Real milliseconds: a real service would be given 30 s. */
const patienceMs = 1_500;

const say = (line: SoakLine): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
const unexpected = (what: unknown): void =>
  say({ kind: 'unexpected', what: what instanceof Error ? (what.stack ?? what.message) : String(what) });
process.on('unhandledRejection', unexpected);
process.on('uncaughtException', unexpected);
process.on('warning', unexpected);

const [orderText = ''] = process.argv.slice(2);
const { connection, time, speed, sampleEveryMs } = JSON.parse(orderText) as SoakOrder;
const ca = readFileSync(connection.caFile, 'utf8');
const clock = new SpeedyClock(time, speed);
const failedPolls: Record<string, number> = {};
let requests = 0;
let asked = 0;
let askedInVain = 0;

/** The same jobs twice, signed in to in both ways. */
const signIns: Readonly<Record<string, { readonly authentication: AmsAuthentication; readonly secret: string }>> = {
  'by key': {
    authentication: { method: 'acs', accountName: connection.accountName, acsTokenUrl: connection.acsTokenUrl },
    secret: connection.accountKey,
  },
  'by principal': {
    authentication: {
      method: 'servicePrincipal',
      tenantId: connection.tenantId,
      clientId: connection.clientId,
      authorityHost: connection.authorityHost,
    },
    secret: connection.clientSecret,
  },
};
const clients = new Map(
  Object.entries(signIns).map(([name, { authentication, secret }]) => [
    name,
    createMediaServicesClient({
      account: { name, kind: 'ams', endpoint: connection.root, authentication, trustedHosts: [], ca },
      clock,
      env: {},
      getSecret: async () => secret,
      prompts: new ScriptedPrompts(),
      memory: new MemoryLogin(),
      loadIdentity: () => import('../../src/client/identity.ts'),
      endpointCache: { load: () => undefined, save: () => undefined },
      onExchange: (exchange) => {
        requests++;
        window.store.recordExchange(exchange);
      },
      limits: { headMs: patienceMs * speed, wholeMs: 2 * patienceMs * speed, bodyBytes: 32 * 1024 * 1024 },
    }),
  ]),
);
const accounts = [...clients.keys()];
const window: WholeWindow = new WholeWindow({
  clock,
  accounts,
  onPollFailed: ({ kind }) => {
    failedPolls[kind] = (failedPolls[kind] ?? 0) + 1;
  },
  claim: (name) => {
    say({ kind: 'claimed', name });
    return true;
  },
  announce: ({ account, id, state }) => say({ kind: 'ended', account, id, state }),
});
window.store.onDidChange(({ account, added, changed }) => {
  for (const job of added) {
    say({ kind: 'seen', account, id: job.id, active: isActive(job) });
  }
  for (const { before, after } of changed) {
    if (!isActive(before) && isActive(after)) {
      say({ kind: 'revived', account, id: after.id });
    }
  }
});
window.watcher.setClients(clients);
window.watcher.setListVisible(true);

const stop = new AbortController();
const quiet = (work: Promise<unknown>): Promise<void> => {
  asked++;
  return work.then(
    () => undefined,
    (error: unknown) => {
      askedInVain++;
      if (!ServiceError.is(error)) {
        unexpected(error);
      }
    },
  );
};

/** Somebody who uses the window: everything that asks, waits, looks or filters, again and again. */
async function useWindow(): Promise<void> {
  const waits: Promise<void>[] = [];
  for (let turn = 0; !stop.signal.aborted; turn++) {
    const account = accounts[turn % accounts.length] ?? '';
    const { store, watcher, tracked, filter } = window;
    const [newest] = store.active(account);
    if (newest) {
      if (!tracked.isWatched) {
        tracked.track(newest);
      }
      const view = watcher.watch(newest);
      const gaveUp = AbortSignal.timeout(400);
      waits.push(quiet(watcher.waitUntilFinal(newest, gaveUp)));
      await quiet(watcher.check(newest, stop.signal));
      await quiet(watcher.ask(newest, (one, signal) => one.details(newest.id, signal), stop.signal));
      await quiet(watcher.ask(newest, (one, signal) => one.reservedUnits(signal), gaveUp));
      view.dispose();
    }
    if (turn % 10 === 3) {
      filter.set({ states: ['Processing'] });
    } else if (turn % 10 === 5) {
      filter.set({});
    }
    window.setFocused(turn % 7 !== 0);
    watcher.setListVisible(turn % 9 !== 0);
    await quiet(turn % 4 === 0 ? watcher.refresh() : watcher.loadMore(account));
    await Promise.all(waits.splice(0));
    await delay(100);
  }
}

function sample(): SoakSample {
  const live = countLiveObjects();
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return {
    ...live,
    heapBytes: heapUsed,
    rssBytes: rss,
    jobs: accounts.reduce((sum, account) => sum + window.store.count(account), 0),
    resources: process.getActiveResourcesInfo().length,
  };
}

async function takeSamples(): Promise<void> {
  while (!stop.signal.aborted) {
    await delay(sampleEveryMs, undefined, { signal: stop.signal }).catch(() => undefined);
    say({ kind: 'sample', sample: sample() });
  }
}

const ended = once(process.stdin.resume(), 'end');
const using = useWindow();
const sampling = takeSamples();
await ended;
stop.abort();
await Promise.all([using, sampling]);
window.filter.set({});
window.watcher.setListVisible(true);
// What the last fault has held up is asked for again; the fault itself may come once more.
for (let look = 0; look < 5; look++) {
  await window.watcher.refresh();
}
for (const account of accounts) {
  const states = Object.fromEntries(window.store.jobs(account).map(({ id, state }) => [id, state]));
  say({ kind: 'known', account, states });
}
window.dispose();
for (const client of clients.values()) {
  client.dispose();
}
// The other ends of closed connections are heard of in turns of their own.
await delay(500);
say({ kind: 'done', sample: sample(), figures: { requests, failedPolls, asked, askedInVain } });
process.stdin.destroy();
