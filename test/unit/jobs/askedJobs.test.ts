import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { SharedFolder } from '../../../src/accounts/sharedFolder.ts';
import { ServiceError, type ServiceErrorKind } from '../../../src/jobs/serviceError.ts';
import { FakeClock, settle, settleFiles } from '../../support/fakeClock.ts';
import { jobId, jobRecord, jobTask } from '../../support/jobs.ts';
import { ScriptedClient } from '../../support/scriptedClient.ts';
import { Watching } from '../../support/watching.ts';

const key = (n: number) => ({ account: 'a', id: jobId(n) });
const minuteMs = 60_000;

let clock: FakeClock;
let client: ScriptedClient;
let window: Watching;

beforeEach(() => {
  clock = new FakeClock();
  client = new ScriptedClient();
  window = new Watching({ clock, clients: new Map([['a', client]]) });
});

afterEach(() => {
  window.dispose();
});

const state = (n: number): string | undefined => window.store.get(key(n))?.state;
const cancel = (n: number, signal?: AbortSignal): Promise<unknown> =>
  window.watcher.ask(key(n), (asked, either) => asked.cancel(jobId(n), either), signal);
const remove = (n: number): Promise<unknown> =>
  window.watcher.ask(key(n), (asked, either) => asked.delete(jobId(n), either));
const prioritize = (n: number, priority: number): Promise<unknown> =>
  window.watcher.ask(key(n), (asked, either) => asked.changePriority(jobId(n), priority, either));

/** Everything that asks for one job by its id fails from now on, until the function is called. */
function failChecks(): () => void {
  const { getJob } = client;
  client.getJob = async (id) => {
    client.requests.push(`get ${id}`);
    throw new ServiceError('unreachable', 'No answer.');
  };
  return () => {
    client.getJob = getJob;
  };
}

async function rejection(promise: Promise<unknown>, kind: ServiceErrorKind): Promise<ServiceError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(ServiceError.is(error));
  assert.equal(error.kind, kind);
  return error;
}

describe('cancel', () => {
  it('leaves the job Canceling at once, and has it asked for until it is Canceled', async () => {
    client.jobs = [jobRecord(1)];
    await window.watcher.check(key(1));
    client.takeRequests();
    await cancel(1);
    assert.equal(state(1), 'Canceling');
    assert.deepEqual(client.takeRequests(), [`cancel ${jobId(1)}`, `get ${jobId(1)}`, `tasks ${jobId(1)}`]);
    await clock.advance(12_000);
    assert.ok(client.takeRequests().includes(`get ${jobId(1)}`), 'nobody looks, and still it is asked for');
    client.update(jobId(1), { state: 'Canceled' });
    await clock.advance(30_000);
    assert.equal(state(1), 'Canceled');
    client.takeRequests();
    await clock.advance(60 * minuteMs);
    assert.deepEqual(client.requests, [], 'a final job is not asked for');
    assert.equal(clock.pendingTimers, 0);
  });

  it('shows what the service says by then, where that is more', async () => {
    client.jobs = [jobRecord(1, { state: 'Queued' })];
    await window.watcher.check(key(1));
    client.cancelJob = async (id) => client.update(id, { state: 'Canceled' });
    await cancel(1);
    assert.equal(state(1), 'Canceled');
  });

  it('leaves the job Canceling although the look afterwards fails, and later polls say what is so', async () => {
    client.jobs = [jobRecord(1)];
    client.tasks.set(jobId(1), [jobTask(1, { progress: 40 })]);
    await window.watcher.check(key(1));
    const mend = failChecks();
    await cancel(1);
    assert.equal(state(1), 'Canceling');
    assert.equal(window.store.get(key(1))?.progress, 40, 'what was known otherwise stays');
    mend();
    client.update(jobId(1), { state: 'Finished' });
    await clock.advance(30_000);
    assert.equal(state(1), 'Finished', 'it came too late');
  });

  it('does not bring a job back to Canceling that a poll has seen end', async () => {
    client.jobs = [jobRecord(1)];
    window.watcher.setListVisible(true);
    await clock.advance(1_000);
    assert.equal(state(1), 'Processing');
    client.getJob = async () => {
      client.update(jobId(1), { state: 'Canceled' });
      await window.watcher.refresh('a');
      throw new ServiceError('unreachable', 'No answer.');
    };
    client.listDeparted = async (ids) => client.jobs.filter(({ id }) => ids.includes(id));
    await cancel(1);
    assert.equal(state(1), 'Canceled');
  });

  it('changes nothing where the service refuses, and looks once what the job is then', async () => {
    client.jobs = [jobRecord(1, { state: 'Finished' })];
    await window.watcher.check(key(1));
    client.takeRequests();
    client.cancelJob = async () => {
      throw new ServiceError('conflict', 'It is Finished.', { status: 400 });
    };
    await rejection(cancel(1), 'conflict');
    assert.equal(state(1), 'Finished');
    assert.deepEqual(client.requests, [`get ${jobId(1)}`, `tasks ${jobId(1)}`]);
  });

  it('of a job that is not in the store leaves it as the service has it', async () => {
    client.jobs = [jobRecord(1)];
    failChecks();
    await cancel(1);
    assert.equal(window.store.get(key(1)), undefined);
  });

  it('ends with its signal, and asks nothing then', async () => {
    client.jobs = [jobRecord(1)];
    const controller = new AbortController();
    controller.abort();
    await rejection(cancel(1, controller.signal), 'aborted');
    assert.equal(client.jobs[0]?.state, 'Processing');
  });
});

describe('delete', () => {
  const ended = (n: number) => jobRecord(n, { state: 'Finished' });

  it('takes the job out of store and rows', async () => {
    client.jobs = [ended(2), ended(1)];
    window.watcher.setListVisible(true);
    await clock.advance(1_000);
    assert.deepEqual(window.names(), ['Job 2', 'Job 1']);
    await remove(2);
    assert.deepEqual(window.names(), ['Job 1']);
    assert.equal(window.store.get(key(2)), undefined);
    await clock.advance(5 * minuteMs);
    assert.deepEqual(window.names(), ['Job 1']);
  });

  it('outlives answers that began before it', async () => {
    client.jobs = [ended(2), ended(1)];
    window.watcher.setListVisible(true);
    await clock.advance(1_000);
    const answerList = client.answerLate('list 0+50');
    const refreshed = window.watcher.refresh('a');
    await settle();
    const answerCheck = client.answerLate(`get ${jobId(2)}`);
    const checked = window.watcher.check(key(2)).catch((error: unknown) => error);
    const details = client.answerLate(`details ${jobId(2)}`);
    const detailed = window.watcher
      .ask(key(2), (asked, signal) => asked.details(jobId(2), signal))
      .catch((error: unknown) => error);
    await settle();
    await remove(2);
    assert.deepEqual(window.names(), ['Job 1']);
    answerList();
    answerCheck();
    details();
    await refreshed;
    for (const late of [await checked, await detailed]) {
      assert.ok(ServiceError.is(late) && late.kind === 'notFound');
    }
    assert.deepEqual(window.names(), ['Job 1']);
  });

  it('changes nothing where the service refuses or does not answer', async () => {
    client.jobs = [jobRecord(1)];
    await window.watcher.check(key(1));
    await rejection(remove(1), 'conflict');
    client.failure = new ServiceError('unreachable', 'No answer.');
    await rejection(remove(1), 'unreachable');
    client.failure = null;
    assert.equal(state(1), 'Processing');
  });

  it('leaves the tracked job to whoever deletes', async () => {
    client.jobs = [ended(1)];
    await window.watcher.check(key(1));
    window.tracked.track(key(1));
    await remove(1);
    assert.deepEqual([window.tracked.job?.id, window.tracked.isGone], [jobId(1), false]);
    assert.equal(window.store.get(key(1)), undefined);
  });
});

describe('a change of priority', () => {
  it('shows in the store at once', async () => {
    client.jobs = [jobRecord(1, { state: 'Queued' })];
    await window.watcher.check(key(1));
    client.takeRequests();
    await prioritize(1, 7);
    assert.equal(window.store.get(key(1))?.priority, 7);
    assert.deepEqual(client.takeRequests(), [`priority ${jobId(1)} 7`, `get ${jobId(1)}`, `tasks ${jobId(1)}`]);
  });

  it('shows although the look afterwards fails', async () => {
    client.jobs = [jobRecord(1, { state: 'Queued' })];
    await window.watcher.check(key(1));
    failChecks();
    await prioritize(1, 7);
    assert.deepEqual([state(1), window.store.get(key(1))?.priority], ['Queued', 7]);
  });

  it('is refused unless the job is Queued, and nothing changes', async () => {
    client.jobs = [jobRecord(1)];
    await window.watcher.check(key(1));
    await rejection(prioritize(1, 7), 'conflict');
    assert.equal(window.store.get(key(1))?.priority, 0);
  });
});

describe('details', () => {
  const details = (n: number) => window.watcher.ask(key(n), (asked, signal) => asked.details(jobId(n), signal));

  it('put record and tasks into the store', async () => {
    client.jobs = [jobRecord(1, { state: 'Queued', priority: 1 })];
    await window.watcher.check(key(1));
    client.update(jobId(1), { state: 'Processing', priority: 2 });
    client.tasks.set(jobId(1), [jobTask(1, { progress: 40 }), jobTask(2, { progress: 60 })]);
    client.events.set(jobId(1), new Map([[jobTask(1).id, [{ code: 'Scheduled', message: '', at: clock.now() }]]]));
    const { job, tasks, events } = await details(1);
    const known = window.store.get(key(1));
    assert.deepEqual([known?.state, known?.priority, known?.progress], ['Processing', 2, 50]);
    assert.deepEqual([job.priority, tasks.length, events.get(jobTask(1).id)?.[0]?.code], [2, 2, 'Scheduled']);
    assert.equal(window.store.status('a').state, 'ready');
  });

  it('of a job that was not known put it in', async () => {
    client.jobs = [jobRecord(1)];
    await details(1);
    assert.equal(state(1), 'Processing');
  });

  it('of a job that is gone take it out of the store, and say so to whoever tracks it', async () => {
    client.jobs = [jobRecord(1)];
    await window.watcher.check(key(1));
    window.tracked.track(key(1));
    client.jobs = [];
    const error = await rejection(details(1), 'notFound');
    assert.equal(error.status, undefined);
    assert.equal(window.store.get(key(1)), undefined);
    assert.equal(window.tracked.isGone, true);
  });

  it('leave the job in the store where a 404 may come from elsewhere', async () => {
    client.jobs = [jobRecord(1)];
    await window.watcher.check(key(1));
    client.failure = new ServiceError('notFound', 'Nothing here.', { status: 404 });
    await rejection(details(1), 'notFound');
    assert.equal(state(1), 'Processing');
  });

  it('that come late do not undo what is newer', async () => {
    client.jobs = [jobRecord(1)];
    client.tasks.set(jobId(1), [jobTask(1, { progress: 10 })]);
    await window.watcher.check(key(1));
    const answer = client.answerLate(`details ${jobId(1)}`);
    const late = details(1);
    await settle();
    client.tasks.set(jobId(1), [jobTask(1, { progress: 80 })]);
    await window.watcher.check(key(1));
    answer();
    assert.equal((await late).tasks[0]?.progress, 10);
    assert.equal(window.store.get(key(1))?.progress, 80);
  });
});

describe('reserved units', () => {
  const units = (signal?: AbortSignal) =>
    window.watcher.ask({ account: 'a' }, (asked, either) => asked.reservedUnits(either), signal);
  const asked = (): number => client.takeRequests().filter((request) => request === 'reserved units').length;

  it('are asked for once for ten who want to know, and again after five minutes', async () => {
    client.reservedUnits = 3;
    assert.deepEqual(await Promise.all(Array.from({ length: 10 }, () => units())), Array(10).fill(3));
    client.reservedUnits = 5;
    await clock.advance(4.9 * minuteMs);
    assert.equal(await units(), 3);
    assert.equal(asked(), 1);
    await clock.advance(0.2 * minuteMs);
    assert.equal(await units(), 5);
    assert.equal(asked(), 1);
  });

  it('are asked for again once the clock was set back, and after a sign-in', async () => {
    client.reservedUnits = 3;
    await units();
    clock.jump(-60 * minuteMs);
    client.reservedUnits = 4;
    assert.equal(await units(), 4);
    client.reservedUnits = 5;
    window.watcher.forget('a');
    assert.equal(await units(), 5);
  });

  it('that the service does not tell are not asked for again and again either', async () => {
    assert.deepEqual([await units(), await units()], [null, null]);
    assert.equal(asked(), 1);
  });

  it('that could not be asked for are asked for by the next one', async () => {
    client.failure = new ServiceError('unreachable', 'No answer.');
    await Promise.all([rejection(units(), 'unreachable'), rejection(units(), 'unreachable')]);
    assert.equal(asked(), 1);
    client.failure = null;
    client.reservedUnits = 3;
    assert.equal(await units(), 3);
  });

  it('do not come to one who has given up, and do to the others', async () => {
    client.reservedUnits = 3;
    const answer = client.answerLate('reserved units');
    const controller = new AbortController();
    const first = units(controller.signal);
    const second = units();
    await settle();
    controller.abort();
    await rejection(first, 'aborted');
    answer();
    assert.equal(await second, 3);
    await rejection(units(AbortSignal.abort()), 'aborted');
    assert.equal(asked(), 1);
  });
});

describe('a job in a view of its own', () => {
  const gets = (n: number): number =>
    client.takeRequests().filter((request) => request === `get ${jobId(n)}` || request === 'active').length;

  it('is asked for like a tracked one, until it is final', async () => {
    client.jobs = [jobRecord(1)];
    client.tasks.set(jobId(1), [jobTask(1, { progress: 10 })]);
    const view = window.watcher.watch(key(1));
    for (let progress = 10; progress < 20; progress++) {
      client.tasks.set(jobId(1), [jobTask(1, { progress })]);
      await clock.advance(5_000);
      assert.equal(window.store.get(key(1))?.progress, progress);
    }
    const asked = gets(1);
    assert.ok(asked >= 9 && asked <= 11, `${asked}`);
    client.update(jobId(1), { state: 'Finished' });
    await clock.advance(10_000);
    assert.equal(state(1), 'Finished');
    client.takeRequests();
    await clock.advance(60 * minuteMs);
    assert.deepEqual(client.requests, []);
    assert.equal(clock.pendingTimers, 0);
    view.dispose();
  });

  it('is asked for as long as one of two looks, however often one says that it does not', async () => {
    client.jobs = [jobRecord(1)];
    const one = window.watcher.watch(key(1));
    const other = window.watcher.watch(key(1));
    await clock.advance(1_000);
    one.dispose();
    one.dispose();
    client.takeRequests();
    await clock.advance(30_000);
    assert.ok(gets(1) > 0);
    other.dispose();
    await clock.advance(60 * minuteMs);
    assert.deepEqual(client.requests, []);
    assert.equal(clock.pendingTimers, 0);
    const again = window.watcher.watch(key(1));
    one.dispose();
    other.dispose();
    await clock.advance(30_000);
    assert.ok(gets(1) > 0);
    again.dispose();
  });

  it('is not asked for while nothing is to be asked by itself', async () => {
    window.settings = { ...window.settings, automatic: false };
    client.jobs = [jobRecord(1)];
    const view = window.watcher.watch(key(1));
    await clock.advance(60 * minuteMs);
    assert.deepEqual(client.requests, []);
    assert.equal(clock.pendingTimers, 0);
    view.dispose();
  });

  it('is not asked for again once the service no longer has it, unless somebody looks anew', async () => {
    client.jobs = [jobRecord(1)];
    const view = window.watcher.watch(key(1));
    await clock.advance(1_000);
    client.jobs = [];
    await clock.advance(minuteMs);
    assert.equal(window.store.get(key(1)), undefined);
    client.takeRequests();
    await clock.advance(60 * minuteMs);
    assert.deepEqual(client.requests, []);
    assert.equal(clock.pendingTimers, 0);
    client.jobs = [jobRecord(1)];
    const again = window.watcher.watch(key(1));
    await clock.advance(1_000);
    assert.equal(state(1), 'Processing');
    for (const each of [view, again]) {
      each.dispose();
    }
    await clock.advance(minuteMs);
    assert.equal(clock.pendingTimers, 0);
  });

  it('is followed again when it comes back by another way', async () => {
    const view = window.watcher.watch(key(1));
    await clock.advance(minuteMs);
    client.jobs = [jobRecord(1)];
    await window.watcher.check(key(1));
    client.takeRequests();
    await clock.advance(30_000);
    assert.ok(gets(1) > 0);
    view.dispose();
  });

  it('is not asked for of an account that there is not', async () => {
    const view = window.watcher.watch({ account: 'other', id: jobId(1) });
    await clock.advance(minuteMs);
    assert.deepEqual(client.requests, []);
    view.dispose();
  });
});

describe('another window', () => {
  let folder: string;
  const open: { readonly watching: Watching; readonly shared: SharedFolder }[] = [];
  const openWindow = (id: string): Watching => {
    const shared = new SharedFolder({ folder, clock, log: () => undefined, window: { id, isAlive: () => true } });
    const sharing = (account: string) => shared.account(account, 'one account');
    const watching = new Watching({ clock, clients: new Map([['a', client]]), sharing });
    open.push({ watching, shared });
    return watching;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'asked-jobs-'));
    clock = new FakeClock('2026-01-01T00:00:00Z', settleFiles);
  });
  afterEach(async () => {
    for (const { watching, shared } of open.splice(0)) {
      watching.dispose();
      shared.dispose();
    }
    await rm(folder, { recursive: true, force: true });
  });

  it('hears of a delete, a cancel and a priority without asking', async () => {
    client.jobs = [jobRecord(3, { state: 'Queued' }), jobRecord(2), jobRecord(1, { state: 'Finished' })];
    const one = openWindow('one');
    const other = openWindow('other');
    one.watcher.setListVisible(true);
    other.watcher.setListVisible(true);
    await clock.advance(1_000);
    assert.deepEqual(other.names(), ['Job 3', 'Job 2', 'Job 1']);
    other.watcher.setListVisible(false);
    one.watcher.setListVisible(false);
    await clock.advance(1_000);
    client.takeRequests();
    await one.watcher.ask(key(1), (asked, signal) => asked.delete(jobId(1), signal));
    await clock.advance(1_000);
    assert.deepEqual(other.names(), ['Job 3', 'Job 2']);
    await one.watcher.ask(key(3), (asked, signal) => asked.changePriority(jobId(3), 9, signal));
    await clock.advance(1_000);
    assert.equal(other.store.get(key(3))?.priority, 9);
    client.getJob = async () => {
      throw new ServiceError('unreachable', 'No answer.');
    };
    await one.watcher.ask(key(2), (asked, signal) => asked.cancel(jobId(2), signal));
    await clock.advance(1_000);
    assert.equal(other.store.get(key(2))?.state, 'Canceling');
    const ofOne = [`delete ${jobId(1)}`, `priority ${jobId(3)} 9`, `cancel ${jobId(2)}`];
    assert.deepEqual(
      client.requests.filter((request) => /^(?:delete|priority|cancel) /.test(request)),
      ofOne,
    );
  });
});
