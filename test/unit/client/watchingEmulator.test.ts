import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMediaServicesClient } from '../../../src/client/clientBundle.ts';
import { allOff, allOn, type Dialects } from '../../../src/emulator/dialects.ts';
import { startEmulator } from '../../../src/emulator/emulator.ts';
import { State } from '../../../src/emulator/simulation/run.ts';
import { systemClock } from '../../../src/jobs/clock.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { MemoryLogin, ScriptedPrompts } from '../../support/signInPrompts.ts';
import { Watching } from '../../support/watching.ts';

/** Every way that the client has to ask must lead to the same jobs, also where the service refuses most of them. */
const services: Readonly<Record<string, Dialects>> = {
  'that refuses what is not documented': allOff,
  'that takes everything': { ...allOn, throttle: null },
  'that lists in no order': { ...allOff, 'list-order': 'shuffled' },
  'that cuts its pages': { ...allOff, nextLink: 20 },
};

for (const [what, dialects] of Object.entries(services)) {
  describe(`watching a service ${what}`, () => {
    it('shows what is under way and how it ends, with the requests of a constant number', async () => {
      let now = Date.now();
      const emulator = await startEmulator({
        now: () => now,
        jobs: 120,
        arrivalsPerMinute: 0,
        dialects,
        reservedUnits: 100,
      });
      const { simulation } = emulator;
      const client = createMediaServicesClient({
        account: {
          name: 'a',
          kind: 'ams',
          endpoint: emulator.root,
          authentication: { method: 'acs', accountName: emulator.accountName, acsTokenUrl: emulator.acsTokenUrl },
          trustedHosts: [],
          ca: emulator.ca,
        },
        clock: systemClock,
        env: {},
        getSecret: async () => emulator.accountKey,
        prompts: new ScriptedPrompts(),
        memory: new MemoryLogin(),
        loadIdentity: () => import('../../../src/client/identity.ts'),
        endpointCache: { load: () => undefined, save: () => undefined },
        onExchange: () => undefined,
      });
      const window = new Watching({ clock: new FakeClock(now), clients: new Map([['a', client]]) });
      try {
        const ids = Array.from({ length: 30 }, (_, n) =>
          simulation.add({
            name: `Job ${n}`,
            tasks: [
              { name: 'Encode', durationMs: 1e7 },
              { name: 'Thumbnails', durationMs: 1e7 },
            ],
          }),
        );
        const pass = async (seconds: number): Promise<void> => {
          now += seconds * 1000;
          simulation.advanceTo(now);
          await window.watcher.refresh();
        };
        /** What the service itself knows, as the window should. */
        const truth = (): unknown[] =>
          ids.map((id) => {
            const job = simulation.find(id);
            const mean = (job?.tasks() ?? []).reduce((sum, task) => sum + task.progress, 0) / 2;
            return [id, job?.state, job?.state === State.processing ? Math.round(mean * 10) : null];
          });
        const known = (): unknown[] =>
          ids.map((id) => {
            const job = window.store.get({ account: 'a', id });
            const number = ['Queued', 'Scheduled', 'Processing', 'Finished', 'Error', 'Canceled', 'Canceling'];
            const percent = job?.state === 'Processing' ? Math.round((job.progress ?? 0) * 10) : null;
            return [id, number.indexOf(job?.state ?? ''), percent];
          });
        await pass(30);
        assert.deepEqual(known(), truth());
        await pass(600);
        assert.deepEqual(known(), truth());
        assert.ok(
          known().every((row) => (row as number[])[2] !== 0),
          'they have moved',
        );

        const requests = (): number => Object.values(emulator.requests.counts).reduce((sum, count) => sum + count, 0);
        const before = requests();
        await pass(60);
        assert.deepEqual(known(), truth());
        const steady = requests() - before;
        // Refused ways are not tried again: 50 rows and all active ones may take three pages of 20 each.
        assert.ok(steady <= (dialects.nextLink === 20 ? 12 : 5), `${steady} requests`);

        for (const [n, id] of ids.entries()) {
          if (n % 3 === 0) {
            simulation.fail(id, { code: 'ErrorProcessingTask', message: 'It broke.' });
          } else if (n % 3 === 1) {
            simulation.force(id, State.finished);
          }
        }
        await pass(1);
        assert.deepEqual(known(), truth());
        const failed = window.store.get({ account: 'a', id: ids[0] ?? '' });
        assert.equal(
          failed?.tasks?.some(({ errors }) => errors[0]?.code === 'ErrorProcessingTask'),
          true,
        );
        assert.deepEqual(window.failures, []);
      } finally {
        window.dispose();
        client.dispose();
        await emulator.close();
      }
    });
  });
}
