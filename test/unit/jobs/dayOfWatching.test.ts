import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Random } from '../../../src/emulator/simulation/random.ts';
import { isFinal, State } from '../../../src/emulator/simulation/run.ts';
import { Simulation } from '../../../src/emulator/simulation/simulation.ts';
import { isActive, type Job } from '../../../src/jobs/job.ts';
import { groupJobsBy } from '../../../src/views/jobGroups.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { countLiveObjects, type LiveObjects } from '../../support/liveObjects.ts';
import { ServiceInProcess, type Trouble } from '../../support/serviceInProcess.ts';
import { WholeWindow } from '../../support/wholeWindow.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const account = 'a';
const jobsOfTheDay = 200;
const hours = 24;
const faultShare = 0.1;

/** How often each comes, of all that goes wrong. One that nobody answers holds polls up for half a minute. */
const troubles: readonly (readonly [weight: number, trouble: (random: Random) => Trouble])[] = [
  [15, () => ({ kind: 'status', status: 500 })],
  [10, (random) => ({ kind: 'status', status: 503, retryAfter: random.integer(1, 20) })],
  [10, (random) => ({ kind: 'status', status: 429, retryAfter: random.integer(1, 20) })],
  [5, () => ({ kind: 'status', status: 503 })],
  [15, () => ({ kind: 'status', status: 401 })],
  [3, () => ({ kind: 'status', status: 404 })],
  [15, () => ({ kind: 'dropped' })],
  [5, () => ({ kind: 'cutShort' })],
  [3, () => ({ kind: 'unconnected' })],
  [4, () => ({ kind: 'body', body: '{"value":[{"Id":' })],
  [4, () => ({ kind: 'body', body: '<html>Sign in to the network</html>', contentType: 'text/html' })],
  [4, () => ({ kind: 'body', body: '{"value":{"never":"a list"}}' })],
  [2, () => ({ kind: 'timedOut' })],
  [15, (random) => ({ kind: 'slow', ms: random.integer(50, 4_000) })],
];
const totalWeight = troubles.reduce((sum, [weight]) => sum + weight, 0);

/** What happens to the machine, by the minute of the day. */
type MachineEvent = 'sleep' | 'suspend' | { readonly setClockByMs: number } | { readonly focused: boolean };
const machineEvents: Readonly<Record<number, MachineEvent>> = {
  130: { setClockByMs: -40 * minuteMs },
  200: { focused: false },
  215: { focused: true },
  260: { setClockByMs: 40 * minuteMs },
  300: 'sleep',
  420: { setClockByMs: -900 },
  480: 'suspend',
  600: { setClockByMs: 2 * hourMs },
  660: { setClockByMs: -2 * hourMs },
  720: 'sleep',
  900: { setClockByMs: 1_500 },
  1000: 'suspend',
  1300: { setClockByMs: -10 * secondMs },
};
const awayMs = 3.5 * hourMs;

/** What the test knows of a job that it made. */
interface Made {
  readonly id: string;
  /** What becomes of it at which minute; from then on, where it is `null`, nothing any more. */
  readonly deleteAt: number | null;
  readonly cancelAt: number | null;
  /** It ends and is deleted in the same moment, so that nobody can see how it ended. */
  readonly vanishAt: number | null;
  final: string | null;
  finalSince: number;
  vanished: boolean;
  deleted: boolean;
}

const stateNames: Readonly<Record<number, string>> = {
  [State.finished]: 'Finished',
  [State.error]: 'Error',
  [State.canceled]: 'Canceled',
};

interface Snapshot extends LiveObjects {
  readonly pendingTimers: number;
  readonly jobs: number;
}

// Lived through before the first test, as the runner of tests takes down every promise that is made from then on.
const startedAt = Date.parse('2026-01-01T00:00:00Z');
const clock = new FakeClock(startedAt);
/** How far the machine's clock is ahead of the true time. */
let aheadMs = 0;
const trueNow = (): number => clock.now() - aheadMs;
const random = new Random(7, 'a day');
const simulation = new Simulation({
  seed: 7,
  startedAt,
  speed: 1,
  jobs: 40,
  reservedUnits: 12,
  arrivalsPerMinute: 0,
});
const made: Made[] = [];
const seenActive = new Set<string>();
const seenAtAll = new Set<string>();
const announced: Job[] = [];
const claims = new Set<string>();
const claimedTwice: string[] = [];
const rejections: unknown[] = [];
const faults = new Map<string, number>();
const snapshots: Snapshot[] = [];
let quiet = false;
let polls = 0;
let failedPolls = 0;
let mostJobs = 0;
/** Timers that were pending, hour by hour. */
const pendingByHour: number[] = [];

const trouble = (): Trouble | null => {
  if (quiet || random.next() >= faultShare) {
    return null;
  }
  let left = random.next() * totalWeight;
  const drawn = troubles.find(([weight]) => {
    left -= weight;
    return left < 0;
  });
  assert.ok(drawn);
  const [, make] = drawn;
  const wrong = make(random);
  const name = wrong.kind === 'status' ? `${wrong.status}` : wrong.kind;
  faults.set(name, (faults.get(name) ?? 0) + 1);
  return wrong;
};

const onRejection = (reason: unknown): void => {
  rejections.push(reason);
};

process.on('unhandledRejection', onRejection);
const service = await ServiceInProcess.start({
  simulation,
  clock,
  now: trueNow,
  random: () => random.next(),
  tokenLifetimeSeconds: 3_600,
  dialects: { ne: true, or: true, orderby: true, 'select-on-tasks': true },
  trouble,
});
countPolls();
const window = new WholeWindow({
  clock,
  accounts: [account],
  onPollFailed: () => {
    failedPolls++;
  },
  claim: (name) => {
    if (claims.has(name)) {
      claimedTwice.push(name);
    }
    claims.add(name);
    return true;
  },
  announce: (job) => announced.push(job),
});
window.store.onDidChange(({ added, changed }) => {
  for (const job of [...added, ...changed.map(({ after: now }) => now)]) {
    seenAtAll.add(job.id);
    if (isActive(job)) {
      seenActive.add(job.id);
    }
  }
  // What the panel does with a change.
  const shown = window.rows.ids(account).flatMap((id) => window.store.get({ account, id }) ?? []);
  groupJobsBy('state', shown);
});
window.watcher.setClients(new Map([[account, service.client]]));
window.watcher.setListVisible(true);
const began = process.cpuUsage();
for (let minute = 0; minute < hours * 60; minute++) {
  await passMinute(minute);
}
await drain();
const known: readonly Job[] = window.store.jobs(account);
const activeInBadge = window.active;
window.dispose();
service.client.dispose();
await clock.advance(10 * minuteMs);
const afterwards = look();
const { user, system } = process.cpuUsage(began);
const cpuMs = (user + system) / 1_000;
const renewals = service.tokenRequests;
process.off('unhandledRejection', onRejection);

function countPolls(): void {
  const { client } = service;
  const listActiveJobs = client.listActiveJobs.bind(client);
  const getJob = client.getJob.bind(client);
  client.listActiveJobs = (...args) => {
    polls++;
    return listActiveJobs(...args);
  };
  client.getJob = (...args) => {
    polls++;
    return getJob(...args);
  };
}

async function passMinute(minute: number): Promise<void> {
  meetMachine(machineEvents[minute]);
  const due = Math.floor(((minute + 1) * jobsOfTheDay) / (hours * 60));
  while (made.length < due) {
    addJob(minute);
  }
  actOnJobs(minute);
  if (!window.tracked.isWatched) {
    const [next] = window.store.active(account).filter(({ state }) => state === 'Processing');
    if (next) {
      window.tracked.track(next);
    }
  }
  await clock.advance(minuteMs);
  mostJobs = Math.max(mostJobs, window.store.count(account));
  if (minute % 60 === 59) {
    await comeToRest();
    pendingByHour.push(clock.pendingTimers);
  }
  if (minute === 90) {
    await takeSnapshot();
  }
}

function meetMachine(event: MachineEvent | undefined): void {
  if (event === 'sleep' || event === 'suspend') {
    // The service goes on meanwhile: jobs end, and some come and go without anybody here.
    for (let part = 0; part < 2; part++) {
      simulation.advanceTo(trueNow() + (part * awayMs) / 2);
      addJob(-1, { durationMs: 20 * minuteMs });
    }
    if (event === 'sleep') {
      clock.jump(awayMs);
    } else {
      clock.suspend(awayMs);
    }
  } else if (event && 'focused' in event) {
    window.setFocused(event.focused);
  } else if (event) {
    aheadMs += event.setClockByMs;
    clock.jump(event.setClockByMs);
  }
  simulation.advanceTo(trueNow());
}

function addJob(minute: number, { durationMs }: { readonly durationMs?: number } = {}): void {
  const n = made.length;
  // Every twentieth is over before anybody can see it.
  const isShort = n % 20 === 13;
  const name = `Job ${n}`;
  const tasks = [
    { name: 'Encode', durationMs: durationMs ?? (isShort ? 500 : random.integer(25, 45) * minuteMs) },
    ...(n % 4 === 1 ? [{ name: 'Thumbnails', durationMs: 3 * minuteMs }] : []),
  ];
  const error = { code: 'ErrorProcessingTask', message: 'The disk is full.' };
  const ending = n % 5 === 2 ? ({ kind: 'failed', task: 0, fraction: 0.6, error } as const) : undefined;
  const isMoved = minute >= 0 && !isShort;
  made.push({
    id: simulation.add({ name, tasks, ...(ending ? { ending } : {}) }),
    cancelAt: isMoved && n % 7 === 3 ? minute + 10 : null,
    vanishAt: isMoved && n % 25 === 10 ? minute + 12 : null,
    deleteAt: n % 3 === 0 && minute >= 0 ? minute + 150 : null,
    final: null,
    finalSince: Number.POSITIVE_INFINITY,
    vanished: false,
    deleted: false,
  });
}

function actOnJobs(minute: number): void {
  simulation.advanceTo(trueNow());
  for (const job of made) {
    if (job.deleted) {
      continue;
    }
    const { id } = job;
    if (job.cancelAt === minute) {
      // Some are canceled here, the others by somebody else.
      if (made.indexOf(job) % 2 === 0) {
        simulation.cancel(id);
      } else {
        // Not waited for: it may take until the clock goes on.
        void window.watcher.ask({ account }, (asked, signal) => asked.cancel(id, signal)).catch(() => undefined);
      }
    }
    if (job.vanishAt === minute && !isFinal(simulation.find(id)?.state ?? State.finished)) {
      simulation.force(id, State.finished);
      simulation.delete(id);
      job.vanished = true;
      job.deleted = true;
      continue;
    }
    const state = simulation.find(id)?.state ?? State.queued;
    if (isFinal(state) && job.final === null) {
      job.final = stateNames[state] ?? '';
      job.finalSince = minute;
    }
    if (job.deleteAt !== null && minute >= job.deleteAt && minute >= job.finalSince + 30) {
      assert.equal(simulation.delete(id), 'accepted');
      job.deleted = true;
    }
  }
}

/** Between two polls, with nothing under way. */
async function comeToRest(): Promise<void> {
  while (service.underWay > 0 || (clock.nextTimerIn ?? 0) < 500) {
    await clock.advance(250);
  }
}

async function takeSnapshot(): Promise<void> {
  await comeToRest();
  snapshots.push(look());
}

function look(): Snapshot {
  return { ...countLiveObjects(), pendingTimers: clock.pendingTimers, jobs: window.store.count(account) };
}

/** Nothing goes wrong any more, and all jobs come to their ends. */
async function drain(): Promise<void> {
  quiet = true;
  for (let minute = hours * 60; minute < hours * 60 + 90; minute++) {
    actOnJobs(minute);
    await clock.advance(minuteMs);
  }
  await takeSnapshot();
}

describe('24 hours of watching on a fake clock, with every tenth request in vain', () => {
  it('polls about every five seconds, all day', () => {
    console.log(`polls                     ${polls}, of those failed ${failedPolls}; ${service.requests} requests`);
    console.log(`processor time            ${(cpuMs / 1_000).toFixed(1)} s`);
    assert.ok(polls > 15_000, `${polls} polls`);
    assert.ok(failedPolls > polls * 0.03 && failedPolls < polls * 0.3, `${failedPolls} failed`);
  });

  it('meets faults of every kind', () => {
    const count = [...faults.values()].reduce((sum, n) => sum + n, 0);
    console.log(`faults                    ${count}: ${[...faults].map(([name, n]) => `${name} ${n}`).join(', ')}`);
    console.log(`tokens                    ${renewals}`);
    assert.ok(Math.abs(count / service.requests - faultShare) < 0.015, `${count} of ${service.requests}`);
    const kinds = new Set(
      troubles.map(([, make]) => make(random)).map((one) => ('status' in one ? `${one.status}` : one.kind)),
    );
    assert.deepEqual([...faults.keys()].sort(), [...kinds].sort());
    assert.ok(renewals > hours);
  });

  it('sees every final state, and says each once', () => {
    const ends = new Map<string, string[]>();
    for (const { id, state } of announced) {
      ends.set(id, [...(ends.get(id) ?? []), state]);
    }
    const counts: Record<string, number> = {};
    for (const job of made) {
      const name = job.vanished ? 'deleted unseen' : (job.final ?? 'not over');
      counts[name] = (counts[name] ?? 0) + 1;
    }
    const unseen = made.filter(({ id }) => !seenActive.has(id)).length;
    console.log(`jobs                      ${made.length}: ${JSON.stringify(counts)}`);
    console.log(`told of                   ${announced.length}, twice ${announced.length - ends.size}`);
    console.log(`over before they were seen ${unseen}`);
    assert.ok(made.length >= jobsOfTheDay);
    assert.ok(Object.keys(counts).length === 4 && !('not over' in counts), JSON.stringify(counts));
    for (const job of made) {
      const wanted = job.vanished || !seenActive.has(job.id) ? [] : [job.final];
      assert.deepEqual(ends.get(job.id) ?? [], wanted, JSON.stringify(job));
      assert.ok(seenAtAll.has(job.id) || job.deleted, job.id);
    }
    assert.ok(unseen >= 5, `${unseen} of them were over before anybody saw them`);
    assert.deepEqual(claimedTwice, []);
  });

  it('knows what the service knows in the end, and no more', () => {
    const there = [...simulation.jobs()].map(({ id, state }) => [id, stateNames[state] ?? 'active']).sort();
    const shown = known.map((job) => [job.id, isActive(job) ? 'active' : job.state]);
    console.log(
      `jobs in the store         ${shown.length} in the end, ${mostJobs} at most; the service has ${there.length}`,
    );
    const loaded = new Set(shown.map(([id]) => id));
    assert.deepEqual(
      shown.sort(),
      there.filter(([id]) => loaded.has(id)),
    );
    const stillThere = made.filter(({ deleted }) => !deleted).map(({ id }) => id);
    assert.deepEqual(
      stillThere.filter((id) => !loaded.has(id)),
      [],
    );
    assert.ok(mostJobs <= simulation.size + 60, `${mostJobs} jobs`);
    assert.equal(activeInBadge, known.filter(isActive).length);
  });

  it('leaves no timer and no listener behind', () => {
    const first = snapshots[0];
    const last = snapshots.at(-1);
    assert.ok(first && last && snapshots.length === 2);
    for (const name of ['pendingTimers', 'listeners', 'abortListeners', 'timers', 'jobs'] as const) {
      console.log(`${name.padEnd(26)}${snapshots.map((snapshot) => snapshot[name]).join(' ')}`);
    }
    console.log(`pendingTimers by the hour ${pendingByHour.join(' ')}`);
    assert.deepEqual([...new Set(pendingByHour)], [first.pendingTimers]);
    for (const { pendingTimers, listeners, abortListeners, timers } of snapshots.slice(1)) {
      assert.deepEqual(
        { pendingTimers, listeners, abortListeners, timers },
        {
          pendingTimers: first.pendingTimers,
          listeners: first.listeners,
          abortListeners: first.abortListeners,
          timers: first.timers,
        },
      );
    }
  });

  it('ends with nothing left, and nobody unheard', () => {
    console.log(`after the window          ${JSON.stringify(afterwards)}`);
    assert.deepEqual(afterwards, { listeners: 0, abortListeners: 0, timers: 0, sockets: 0, pendingTimers: 0, jobs: 0 });
    assert.deepEqual(rejections, []);
  });
});
