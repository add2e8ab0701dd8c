import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DialectChoice } from '../../../src/emulator/dialects.ts';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import { State } from '../../../src/emulator/simulation/run.ts';
import type { JobSnapshot } from '../../../src/emulator/simulation/snapshot.ts';
import type { Clock } from '../../../src/jobs/clock.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { accountOf, connectTo, endpointOf, idIn } from '../../support/serviceKinds.ts';
import { Watching } from '../../support/watching.ts';

const second = 1000;
/** Of one request the sender sets this timer: while it is set, one is under way. */
const underWayMs = 90_000;

/** A fake clock that waits for what is under way before it moves on. */
function clockOf(now: number): { readonly clock: FakeClock; readonly machine: Clock } {
  let underWay = 0;
  const clock = new FakeClock(now, async () => {
    for (let quiet = 0; quiet < 5; quiet++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (underWay > 0) {
        quiet = 0;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
  });
  const machine: Clock = {
    now: () => clock.now(),
    setTimeout: (callback, delayMs) => {
      const timer = clock.setTimeout(callback, delayMs);
      let counts = delayMs === underWayMs;
      underWay += counts ? 1 : 0;
      return {
        dispose: () => {
          underWay -= counts ? 1 : 0;
          counts = false;
          timer.dispose();
        },
      };
    },
  };
  return { clock, machine };
}

const variants: Readonly<Record<string, DialectChoice>> = {
  'that does what is documented': 'allOff',
  'that knows no filter but of states, and empty lists as 404': {
    ...{ 'mkio-filter': 'bare', 'ravnur-filter': 'plain', 'mkio-empty-404': true },
  },
};

for (const kind of ['mkio', 'ravnur'] as const) {
  for (const [what, dialects] of Object.entries(variants)) {
    describe(`watching a service of the kind ${kind} ${what}`, () => {
      it('shows progress and ends of a job with one request a poll for each list', async (t) => {
        const { clock, machine } = clockOf(Date.now());
        const emulator = await startEmulator({
          ...{ now: () => clock.now(), jobs: 60, arrivalsPerMinute: 0, reservedUnits: 100, dialects },
        });
        const { account, secret } = accountOf(kind, emulator);
        const { client, exchanges } = connectTo(account, secret, { clock: machine });
        // The documented job is under way for good; beyond a page, it would be one more request.
        const window = new Watching({
          ...{ clock: machine, clients: new Map([['a', client]]), settings: { pageSize: 100 } },
        });
        try {
          await watch(emulator, window, clock, (text) => t.diagnostic(`${kind}: ${text}`));
          assert.ok(exchanges.length > 0);
          assert.deepEqual(window.failures.map(String), []);
        } finally {
          window.dispose();
          client.dispose();
          await emulator.close();
        }
        assert.equal(clock.pendingTimers, 0, 'nothing goes on');
      });
    });
  }

  async function watch(
    emulator: RunningEmulator,
    window: Watching,
    clock: FakeClock,
    say: (text: string) => void,
  ): Promise<void> {
    const { simulation, requests } = emulator;
    const count = (): number => requests.count(endpointOf[kind]);
    const add = (name: string): JobSnapshot => {
      simulation.advanceTo(clock.now());
      const id = simulation.add({
        name,
        tasks: ['One', 'Two'].map((task) => ({ name: task, durationMs: 600 * second })),
      });
      return found(id);
    };
    const found = (id: string): JobSnapshot => {
      simulation.advanceTo(clock.now());
      const job = simulation.find(id);
      assert.ok(job);
      return job;
    };
    const one = add('Watched');
    const key = { account: 'a', id: idIn(kind, one) };
    const others = Array.from({ length: 20 }, (_, n) => add(`Other ${n}`));
    window.watcher.setListVisible(true);
    await clock.advance(20 * second);
    const shown = window.store.get(key);
    assert.equal(shown?.state, 'Processing');
    assert.equal(shown?.tasks?.length, 2);

    // Only the list is asked, every 15 seconds, which brings progress as well.
    const jobs = [...simulation.jobs()];
    const transforms = new Set(jobs.map((job) => idIn(kind, job).split('/')[1])).size;
    const lists = kind === 'mkio' ? 1 : transforms;
    const perPoll: number[] = [];
    let progress = shown?.progress ?? 0;
    const asOf = (): number => {
      const status = window.store.status('a');
      return status.state === 'ready' ? status.asOf : 0;
    };
    for (let polls = 0; polls < 8; ) {
      const [before, last] = [count(), asOf()];
      await clock.advance(second);
      if (asOf() !== last) {
        perPoll.push(count() - before);
        polls++;
      } else {
        assert.equal(count(), before, 'nothing is asked between polls');
      }
    }
    const now = window.store.get(key);
    assert.ok((now?.progress ?? 0) > progress, 'it moves');
    progress = now?.progress ?? 0;
    const truth = found(one.id)
      .tasks()
      .map((task) => task.progress);
    assert.ok(Math.abs(progress - (truth[0] ?? 0) / 2 - (truth[1] ?? 0) / 2) < 6, `${progress} of ${truth}`);
    // Transforms are looked at again every few minutes, so that one poll may have one more.
    const more = kind === 'mkio' ? 0 : 1;
    assert.ok(
      perPoll.every((asked) => asked <= lists + more),
      `${perPoll} of ${lists}`,
    );
    assert.ok(perPoll.filter((asked) => asked <= lists).length >= perPoll.length - 1);
    say(
      `requests per poll with ${others.length + 1} jobs under way in ${transforms} transforms: ${perPoll.join(', ')}`,
    );

    // What ends is on the same page: it is not asked for by itself.
    simulation.advanceTo(clock.now());
    for (const [n, { id }] of others.entries()) {
      if (n % 2 === 0) {
        if (n % 4 === 0) {
          simulation.force(id, State.finished);
        } else {
          simulation.fail(id, { code: 'ErrorProcessingTask', message: 'It broke.' });
        }
      }
    }
    simulation.force(one.id, State.finished);
    const before = count();
    let polls = 0;
    for (let last = asOf(); polls === 0; polls += asOf() === last ? 0 : 1) {
      await clock.advance(second);
    }
    assert.ok(count() - before <= lists + more, `${count() - before}`);
    assert.equal(window.store.get(key)?.state, 'Finished');
    assert.equal(window.store.get(key)?.progress, 100);
    for (const [n, job] of others.entries()) {
      const state = window.store.get({ account: 'a', id: idIn(kind, job) })?.state;
      assert.equal(state, n % 4 === 0 ? 'Finished' : n % 2 === 0 ? 'Error' : 'Processing', `job ${n}`);
    }

    // A job that is tracked while nothing is shown is one request.
    const tracked = others[1];
    assert.ok(tracked);
    window.watcher.setListVisible(false);
    window.tracked.track({ account: 'a', id: idIn(kind, tracked) });
    await clock.advance(10 * second);
    const start = count();
    await clock.advance(30 * second);
    assert.ok(count() - start <= 6 && count() - start >= 5, `${count() - start}`);
    say(`a tracked job in 30 s while nothing is shown: ${count() - start} requests`);
    simulation.advanceTo(clock.now());
    simulation.fail(tracked.id, { code: 'ErrorProcessingTask', message: 'It broke.' });
    await clock.advance(6 * second);
    assert.equal(window.tracked.job?.state, 'Error');
  }
}
