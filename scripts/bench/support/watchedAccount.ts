import { setTimeout as sleep } from 'node:timers/promises';
import { createMediaServicesClient } from '../../../src/client/clientBundle.ts';
import { allOn } from '../../../src/emulator/dialects.ts';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import { systemClock } from '../../../src/jobs/clock.ts';
import type { JobStore } from '../../../src/jobs/jobStore.ts';
import type { JobsClient } from '../../../src/jobs/jobsClient.ts';
import type { JobWatcher } from '../../../src/jobs/jobWatcher.ts';
import { DisposableStore } from '../../../src/jobs/lifecycle.ts';
import type { TrackedJob } from '../../../src/jobs/trackedJob.ts';
import { entraToken } from '../../../test/support/emulatorRequests.ts';
import { FakeClock } from '../../../test/support/fakeClock.ts';
import { MemoryLogin, ScriptedPrompts } from '../../../test/support/signInPrompts.ts';
import { Watching } from '../../../test/support/watching.ts';
import { encodingPreset } from './preset.ts';

const account = 'bench';
/** Looks in a row, so many milliseconds apart, that must find nothing under way. */
const quietLooks = 4;
const lookEveryMs = 5;
/** What is not done after so many timers is not done by a timer. */
const mostTimers = 100;

/**
 * Jobs that run and never move, at an emulator whose clock stands still, watched by the extension's own watcher and
 * client. The watcher's clock is moved by hand; requests take as long as they take.
 */
export class WatchedAccount {
  readonly emulator: RunningEmulator;
  readonly token: string;
  readonly jobIds: readonly string[];
  readonly clock = new FakeClock(Date.now());
  readonly store: JobStore;
  readonly tracked: TrackedJob;
  readonly watcher: JobWatcher;
  readonly #disposables = new DisposableStore();
  #underWay = 0;

  private constructor(emulator: RunningEmulator, token: string, jobIds: readonly string[]) {
    this.emulator = emulator;
    this.token = token;
    this.jobIds = jobIds;
    const { store, tracked, watcher } = this.#disposables.add(
      new Watching({
        clock: this.clock,
        onPollFailed: (error) => {
          throw error;
        },
      }),
    );
    this.store = store;
    this.tracked = tracked;
    this.watcher = watcher;
    const client = createMediaServicesClient({
      account: {
        name: account,
        kind: 'ams',
        endpoint: emulator.root,
        authentication: { method: 'token' },
        trustedHosts: [],
        ca: emulator.ca,
      },
      clock: systemClock,
      env: {},
      getSecret: () => Promise.resolve(token),
      prompts: new ScriptedPrompts(),
      memory: new MemoryLogin(),
      loadIdentity: () => Promise.reject(new Error('A pasted token needs no sign-in.')),
      endpointCache: endpointInMemory(),
      onExchange: () => undefined,
    });
    this.#disposables.add(client);
    this.watcher.setClients(new Map([[account, this.#counting(client)]]));
  }

  /** @param jobs how many run, each with one task, from 1 up: the documented one is among them and never ends */
  static async start(jobs: number): Promise<WatchedAccount> {
    let now = Date.now();
    const emulator = await startEmulator({
      now: () => now,
      jobs: 0,
      arrivalsPerMinute: 0,
      reservedUnits: jobs * 2,
      // What a service can do, it does; only throttling would measure the waits for it.
      dialects: { ...allOn, throttle: null },
    });
    try {
      const { simulation } = emulator;
      for (let added = 1; added < jobs; added++) {
        simulation.add({
          name: `Encoding ${added}`,
          tasks: [{ name: `Encode ${added}`, configuration: encodingPreset, durationMs: 1e9 }],
        });
      }
      // From now on they are Processing, and the clock stands still.
      now += 60_000;
      simulation.advanceTo(now);
      const ids = [...simulation.activeJobs()].map(({ id }) => id);
      if (ids.length !== jobs) {
        throw new Error(`${ids.length} jobs run instead of ${jobs}.`);
      }
      return new WatchedAccount(emulator, await entraToken(emulator), ids);
    } catch (error) {
      await emulator.close();
      throw error;
    }
  }

  /** Requests that the emulator has answered, to whatever address. */
  get requests(): number {
    return Object.values(this.emulator.requests.counts).reduce((sum, count) => sum + count, 0);
  }

  /** Paths of the latest requests, as many as these. */
  latestPaths(count: number): readonly string[] {
    const paths = this.emulator.requests.latest.slice(-count).map(({ path }) => path);
    if (count > 0 && paths.length < count) {
      throw new Error(`The emulator remembers ${paths.length} requests of ${count}.`);
    }
    return count > 0 ? paths : [];
  }

  /** Shows the list, so that the watcher asks. */
  async showList(): Promise<void> {
    this.watcher.setListVisible(true);
    await this.nextPoll();
  }

  async hideList(): Promise<void> {
    this.watcher.setListVisible(false);
    await this.idle();
  }

  /** Tracks the newest of the jobs that the store knows. */
  track(): void {
    const [newest] = this.store.jobs(account);
    if (!newest) {
      throw new Error('The store knows no job to track.');
    }
    this.tracked.track(newest);
  }

  /** Moves the clock on until the watcher has asked something, and lets that come to its end. */
  async nextPoll(): Promise<void> {
    const before = this.requests;
    for (let timers = 0; this.requests === before; timers++) {
      const { nextTimerIn } = this.clock;
      if (nextTimerIn === null || timers === mostTimers) {
        throw new Error('The watcher does not ask any more.');
      }
      await this.clock.advance(nextTimerIn);
      await this.idle();
    }
  }

  /** Resolves once no request has been under way for a moment. */
  async idle(): Promise<void> {
    for (let quiet = 0; quiet < quietLooks; ) {
      const before = this.requests;
      await sleep(lookEveryMs);
      quiet = this.#underWay === 0 && this.requests === before ? quiet + 1 : 0;
    }
  }

  async dispose(): Promise<void> {
    this.#disposables.dispose();
    await this.emulator.close();
  }

  /** The client, with a count of the calls that have not come back. */
  #counting(client: JobsClient): JobsClient {
    return new Proxy(client, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') {
          return member;
        }
        return async (...args: unknown[]): Promise<unknown> => {
          this.#underWay++;
          try {
            return await (member as (...args: unknown[]) => unknown).apply(target, args);
          } finally {
            this.#underWay--;
          }
        };
      },
    });
  }
}

function endpointInMemory(): { load(): string | undefined; save(value: string | undefined): void } {
  let kept: string | undefined;
  return {
    load: () => kept,
    save: (value) => {
      kept = value;
    },
  };
}
