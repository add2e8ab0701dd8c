import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ServiceKind } from '../../../src/client/account.ts';
import { State } from '../../../src/emulator/simulation/run.ts';
import { errorText } from '../../../src/views/errorText.ts';
import { english, korean } from '../../support/localizer.ts';
import { idIn, nameIn, serviceKinds } from '../../support/serviceKinds.ts';
import { Watching } from '../../support/watching.ts';
import type { FaultCase } from './faultCase.ts';
import { faultCases } from './faultCases.ts';
import { FaultWorld } from './faultWorld.ts';
import { faultCasesOf } from './serviceFaultCases.ts';

const account = 'a';
const second = 1000;
const minute = 60 * second;

const minutesOf = (fault: FaultCase): number => fault.minutes ?? 0.75;

/**
 * The newest jobs, the active ones, all running tasks and a token, each three times at most; of a project, its jobs; of
 * several transforms, those of four at a time.
 */
const mostRequestsOfPoll: Readonly<Record<ServiceKind, number>> = { ams: 12, mkio: 6, ravnur: 18 };

/** What may stand in a Korean sentence as it is: names of things. */
const sameInKorean =
  /MK\.IO|API|ams\.job\.get|VS Code|NODE_EXTRA_CA_CERTS|Media Services|JSON|HTTP|https|TLS|Contributor|Owner|ID|URL|AADSTS\d+/g;

for (const kind of serviceKinds) {
  const cases = kind === 'ams' ? faultCases : faultCasesOf(kind);

  describe(`whatever fails of a service of the kind ${kind}, jobs stay and polling goes on`, () => {
    let world: FaultWorld;
    const totals = { unnoticed: 0, failed: 0, requests: 0, mostRequests: 0, longestRecovery: 0 };

    before(async () => {
      world = await FaultWorld.start(kind);
      // Loaded now, as loading takes time that nobody counts.
      await import('../../../src/client/identity.ts');
    });
    after(() => world.stop());

    /** Fills in the hosts of this run. */
    const withHosts = (text: string): string =>
      text
        .replaceAll('{api}', world.api.host)
        .replaceAll('{authority}', world.authority.host)
        .replaceAll('{project}', world.emulator.mkio.project);

    for (const fault of cases) {
      it(fault.name, async () => {
        const { simulation } = world.emulator;
        simulation.advanceTo(world.clock.now());
        const oldId = simulation.add({ name: 'Old', tasks: [{ name: 'Encode' }] });
        simulation.force(oldId, State.finished);
        await world.clock.advance(second);
        simulation.advanceTo(world.clock.now());
        const durationMs = Math.max(2 * (minutesOf(fault) + 10), fault.jobMinutes ?? 0) * minute;
        const id = simulation.add({ name: 'Tracked', tasks: [{ name: 'Encode', durationMs }] });
        const kept = fault.hasFoundRoot
          ? JSON.stringify({ configured: world.endpoint, root: `${world.otherApi.origin}/api/` })
          : undefined;
        if (fault.isProxied) {
          await world.startProxy();
        }
        const client = await world.client(fault.signIn ?? 'acs', fault.isProxied ?? false, kept);
        const window = new Watching({ clock: world.machine, clients: new Map([[account, client]]) });
        try {
          await checkCase(fault, window, id);
        } finally {
          window.dispose();
          client.dispose();
          await world.mend();
          world.stopProxy();
          world.mayHang = 'nothing';
          for (const job of [id, oldId]) {
            simulation.force(job, State.finished);
            simulation.delete(job);
          }
        }
        await world.clock.advance(0);
        assert.equal(world.clock.pendingTimers, 0, 'nothing goes on once the window is closed');
      });
    }

    async function checkCase(fault: FaultCase, window: Watching, id: string): Promise<void> {
      const { clock, exchanges } = world;
      const { store, tracked, watcher, failures } = window;
      const job = world.emulator.simulation.find(id);
      assert.ok(job);
      const key = { account, id: idIn(kind, job) };
      const shown = nameIn(kind, job);
      const progressThere = (): number => {
        world.emulator.simulation.advanceTo(clock.now());
        return world.emulator.simulation.find(id)?.tasks()[0]?.progress ?? -1;
      };
      const asOf = (): number => {
        const now = store.status(account);
        return now.state === 'ready' ? now.asOf : Number.NaN;
      };

      // All is well.
      watcher.setListVisible(true);
      await clock.advance(second);
      tracked.track(key);
      watcher.setListVisible(!fault.isPanelHidden);
      await clock.advance(6 * second);
      assert.deepEqual(failures.map(String), []);
      assert.equal(store.status(account).state, 'ready');
      const rows = window.names();
      assert.equal(rows[0], shown);
      assert.match(rows[1] ?? '', /^Old/);
      const lastAnswer = asOf();
      const before = store.get(key)?.progress ?? 0;
      assert.ok(before <= progressThere());

      // Then it is not.
      const beganAt = clock.now();
      exchanges.length = 0;
      await fault.begin(world);
      await clock.advance(minutesOf(fault) * minute);
      assert.deepEqual(window.names(), rows, 'old rows stay');
      assert.equal(tracked.isTracked(key) && !tracked.isGone && tracked.isWatched, true, 'the tracked job stays');
      assert.ok((tracked.job?.progress ?? 0) >= before);
      const status = store.status(account);
      if (fault.says === null) {
        assert.deepEqual(failures.map(String), []);
        assert.equal(status.state, 'ready');
      } else {
        assert.ok(status.state === 'failed', 'it is noticed');
        const text = errorText(status.error.message, english);
        assert.equal(text, withHosts(fault.says.text));
        assert.equal(status.error.kind, fault.says.kind);
        assert.equal(status.error.remedy, fault.says.remedy);
        if (fault.isNoticedLater) {
          assert.ok((status.asOf ?? 0) > lastAnswer && (status.asOf ?? 0) < clock.now(), 'and since when');
        } else {
          assert.equal(status.asOf, lastAnswer, 'and since when');
        }
        checkKorean(status.error.message, fault);
      }
      const polls = failures.length;
      const since = status.state === 'failed' ? (status.asOf ?? 0) : beganAt;
      const requests = exchanges.filter(({ sentAt }) => sentAt > since).length;
      if (fault.says === null) {
        const most = (minutesOf(fault) * minute) / window.settings.trackedIntervalMs + 1;
        assert.ok(requests <= most * mostRequestsOfPoll[kind], `${requests} requests`);
        assert.ok((tracked.job?.progress ?? 0) > before, 'nobody has to wait');
      } else {
        const most = mostPolls(fault);
        assert.ok(polls <= most, `${polls} failed polls, ${most} are due`);
        assert.ok(requests <= polls * mostRequestsOfPoll[kind], `${requests} requests`);
      }

      // And is again.
      const endedAt = clock.now();
      await world.mend();
      const latest = endedAt + (fault.recovers ?? 5) * minute + second;
      while (store.status(account).state !== 'ready' && clock.now() < latest) {
        await clock.advance(Math.max(second, clock.nextTimerIn ?? 0));
      }
      world.mayHang = 'nothing';
      const recoveredAt = clock.now();
      assert.equal(store.status(account).state, 'ready', `it recovers by itself: ${failures.at(-1)?.message}`);
      assert.ok(recoveredAt <= latest, 'it recovers soon');
      await clock.advance(6 * second);
      assert.deepEqual(window.names(), rows);
      const after = store.get(key)?.progress ?? 0;
      assert.ok(after > before && after <= progressThere(), 'progress goes on');
      assert.equal(tracked.job?.progress, after);
      assert.equal(store.status(account).state, 'ready');

      if (fault.says === null) {
        totals.unnoticed++;
      } else {
        totals.failed += polls;
        totals.requests += requests;
        totals.mostRequests = Math.max(totals.mostRequests, requests / polls);
      }
      if (fault.retryAfterSeconds === undefined) {
        totals.longestRecovery = Math.max(totals.longestRecovery, (recoveredAt - endedAt) / second);
      }
    }

    /** How many polls the schedule allows: the wait doubles from five seconds to five minutes, for jobs and for the list. */
    function mostPolls(fault: FaultCase): number {
      let polls = 1;
      let waitMs = 5 * second;
      for (let at = 0; at < minutesOf(fault) * minute; polls++) {
        at += Math.max(waitMs, (fault.retryAfterSeconds ?? 0) * second);
        waitMs = Math.min(5 * minute, 2 * waitMs);
      }
      return 2 * polls;
    }

    function checkKorean(message: string, fault: FaultCase): void {
      const text = errorText(message, korean);
      const ours = [withHosts(fault.says?.quoted ?? ''), world.api.host, world.authority.host, world.otherApi.host]
        .reduce((rest, part) => (part === '' ? rest : rest.replaceAll(part, '')), text)
        .replace(sameInKorean, '');
      assert.match(ours, /[가-힣]/);
      assert.doesNotMatch(ours, /[A-Za-z]{2}/, text);
    }

    it('prints what it came to', (context) => {
      const names = new Set(cases.map(({ name }) => name));
      assert.equal(names.size, cases.length);
      assert.ok(names.size >= (kind === 'ams' ? 60 : 12));
      context.diagnostic(
        `fault matrix of ${kind}: ${names.size} cases, all recovered: ${totals.unnoticed} that nobody notices; of the others ${totals.failed} polls failed with ${totals.requests} requests, ${totals.mostRequests.toFixed(1)} for each at most; well again after ${totals.longestRecovery} s at most, but for Retry-After`,
      );
    });
  });
}
