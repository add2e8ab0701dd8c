import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Mutation } from '../../../src/emulator/simulation/mutation.ts';
import { durationOf } from '../../../src/emulator/simulation/plan.ts';
import { planJob } from '../../../src/emulator/simulation/planner.ts';
import { type ProgressCurve, progressAt, progressCurves } from '../../../src/emulator/simulation/progress.ts';
import { isFinal, State } from '../../../src/emulator/simulation/run.ts';
import { Simulation, type SimulationOptions } from '../../../src/emulator/simulation/simulation.ts';
import type { JobSnapshot } from '../../../src/emulator/simulation/snapshot.ts';
import { processorMs } from '../../support/processorTime.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;

function simulate(options: Partial<SimulationOptions> = {}): Simulation {
  return new Simulation({
    seed: 1,
    startedAt: start,
    speed: 1,
    jobs: 24,
    reservedUnits: 3,
    arrivalsPerMinute: 0.75,
    ...options,
  });
}

/** Everything a client could see. */
function picture(simulation: Simulation): unknown {
  return [...simulation.jobs()].map((job) => ({ ...job, tasks: job.tasks(), assets: job.assets() }));
}

function mean(job: JobSnapshot): number {
  const tasks = job.tasks();
  return tasks.reduce((sum, task) => sum + task.progress, 0) / tasks.length;
}

function find(simulation: Simulation, id: string): JobSnapshot {
  const job = simulation.find(id);
  assert.ok(job, id);
  return job;
}

/** One job whose course a test prescribes, on an account without any other. */
function prescribed(ending?: Parameters<Simulation['add']>[0]['ending']) {
  const simulation = simulate({ jobs: 0, arrivalsPerMinute: 0 });
  simulation.advanceTo(start);
  const id = simulation.add({
    name: 'prescribed',
    tasks: [
      { name: 'encode', durationMs: minute },
      { name: 'clip', durationMs: minute, after: 0 },
    ],
    ...(ending ? { ending } : {}),
  });
  /** In steps of half a second, until the job is as wanted. */
  function until(wanted: (job: JobSnapshot) => boolean, from = start): number {
    for (let at = from; at < start + 10 * minute; at += second / 2) {
      simulation.advanceTo(at);
      if (wanted(find(simulation, id))) {
        return at;
      }
    }
    assert.fail('the job never got there');
  }
  return { simulation, id, until, job: () => find(simulation, id) };
}

describe('what a newcomer sees', () => {
  for (const seed of [1, 2, 77, 123456]) {
    it(`is a mix of everything at once (seed ${seed})`, () => {
      const simulation = simulate({ seed });
      simulation.advanceTo(start);
      const jobs = [...simulation.jobs()];
      const count = (state: number) => jobs.filter((job) => job.state === state).length;
      assert.equal(jobs.length, 25);
      assert.ok(count(State.finished) >= 8);
      assert.ok(count(State.error) >= 1);
      assert.ok(count(State.canceled) >= 1);
      const running = jobs.filter((job) => job.state === State.processing && job.created > start - day);
      assert.equal(running.length, 3);
      const percents = running.map(mean).sort((left, right) => left - right);
      assert.ok((percents[0] ?? 100) < 15, `one at its start: ${percents}`);
      assert.ok((percents[2] ?? 0) > 75, `one near its end: ${percents}`);
      assert.ok(jobs.filter((job) => job.state === State.queued).length >= 3);
      const finals = jobs.filter((job) => isFinal(job.state));
      const oldest = Math.min(...finals.map((job) => job.created));
      assert.ok(oldest < start - 2 * day && oldest > start - 10 * day, 'over the past days');
    });
  }

  it('has the documented job as the oldest, newest first before it', () => {
    const jobs = [...simulate().jobs()];
    assert.equal(jobs.at(-1)?.id, 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1');
    const created = jobs.map((job) => job.created);
    assert.deepEqual(
      created,
      [...created].sort((left, right) => right - left),
    );
    assert.equal(jobs.at(-1)?.tasks().length, 2);
  });

  it('goes on: jobs finish and new ones arrive', () => {
    const simulation = simulate();
    simulation.advanceTo(start + 10 * minute);
    const fresh = [...simulation.jobs()].filter((job) => job.created > start);
    assert.ok(fresh.length >= 4 && fresh.length <= 15, `${fresh.length} arrived`);
    assert.ok(fresh.some((job) => job.state === State.finished));
  });

  it('stays as it is where no jobs arrive', () => {
    const simulation = simulate({ arrivalsPerMinute: 0 });
    simulation.advanceTo(start + day);
    assert.equal([...simulation.jobs()].length, 25);
    assert.equal([...simulation.jobs()].filter((job) => !isFinal(job.state)).length, 1, 'the documented one');
    assert.equal([...simulation.activeJobs()].length, 1);
  });
});

describe('planned jobs', () => {
  it('have two or more tasks, some chained, and take one to four minutes', () => {
    let chained = 0;
    const curves = new Set<ProgressCurve>();
    for (let index = 0; index < 300; index++) {
      const plan = planJob(1, 'test', index, { sequential: true, ending: 'finished' });
      assert.ok(plan.tasks.length >= 2);
      assert.ok(durationOf(plan) >= minute && durationOf(plan) <= 4 * minute, `${durationOf(plan)}`);
      chained += planJob(1, 'test', index).tasks.some((task) => task.after !== null) ? 1 : 0;
      for (const task of plan.tasks) {
        curves.add(task.curve);
      }
    }
    assert.ok(chained > 50 && chained < 250);
    assert.deepEqual([...curves].sort(), [...progressCurves].sort());
  });

  it('differ by seed and index', () => {
    const guids = new Set(
      [planJob(1, 'a', 0), planJob(1, 'a', 1), planJob(2, 'a', 0), planJob(1, 'b', 0)].map((p) => p.guid),
    );
    assert.equal(guids.size, 4);
    assert.deepEqual(planJob(7, 'a', 3), planJob(7, 'a', 3));
  });
});

describe('progress', () => {
  for (const curve of progressCurves) {
    it(`never falls, is seen between 0 and 100, and is not 100 before the end (${curve})`, () => {
      const values = Array.from({ length: 101 }, (_, index) => progressAt(curve, index / 100));
      assert.deepEqual(
        values,
        [...values].sort((left, right) => left - right),
      );
      assert.equal(values[0], 0);
      assert.ok((values.at(-1) ?? 0) >= 95 && (values.at(-1) ?? 100) < 100);
      assert.ok((values[50] ?? 0) > 25 && (values[50] ?? 100) < 75);
    });
  }

  it('is not linear for all', () => {
    assert.equal(new Set(progressCurves.map((curve) => progressAt(curve, 0.33))).size, progressCurves.length);
  });
});

describe('the course of a job', () => {
  it('is Queued, Scheduled, Processing, Finished, with a running duration only at the end', () => {
    const { simulation, id } = prescribed();
    const seen: [number, number][] = [];
    for (let at = start; at < start + 3 * minute; at += second / 4) {
      simulation.advanceTo(at);
      const { state, runningDuration } = find(simulation, id);
      if (seen.at(-1)?.[0] !== state) {
        seen.push([state, runningDuration]);
      }
      assert.equal(runningDuration > 0, state === State.finished);
    }
    assert.deepEqual(
      seen.map(([state]) => state),
      [State.queued, State.scheduled, State.processing, State.finished],
    );
    const job = find(simulation, id);
    assert.equal(job.runningDuration, (job.endTime ?? 0) - (job.startTime ?? 0));
    assert.ok(job.runningDuration > 2 * minute && job.runningDuration < 2.2 * minute, 'milliseconds');
    assert.equal(job.lastModified, job.endTime);
    assert.deepEqual(
      job.tasks().map((task) => task.progress),
      [100, 100],
    );
  });

  it('does not touch LastModified when processing starts', () => {
    const { until, job } = prescribed();
    until(({ state }) => state === State.processing);
    assert.equal(job().lastModified, job().created);
    assert.ok(job().startTime);
    assert.equal(job().endTime, null);
  });

  it('runs chained tasks one after the other', () => {
    const { until, job } = prescribed();
    until(({ state }) => state === State.processing);
    assert.deepEqual(
      job()
        .tasks()
        .map((task) => task.state),
      [State.processing, State.queued],
    );
    until((now) => now.tasks()[1]?.state === State.processing);
    const [first, secondTask] = job().tasks();
    assert.equal(first?.state, State.finished);
    assert.ok((secondTask?.startTime ?? 0) >= (first?.endTime ?? Number.POSITIVE_INFINITY));
    assert.match(secondTask?.taskBody ?? '', /<inputAsset>JobOutputAsset\(0\)<\/inputAsset>/);
  });

  it('records history in order, and billing a second after the end', () => {
    const { simulation, until, job } = prescribed();
    const codes = () => (job().tasks()[0]?.historicalEvents ?? []).map((event) => event.code);
    assert.deepEqual(codes(), ['WaitingForFreeResources']);
    until((now) => now.tasks()[0]?.state === State.finished);
    const end = job().tasks()[0]?.endTime ?? 0;
    simulation.advanceTo(end + 999);
    assert.deepEqual(codes(), ['WaitingForFreeResources', 'Scheduled', 'Processing', 'Finished']);
    simulation.advanceTo(end + 1001);
    assert.deepEqual(codes(), [
      'WaitingForFreeResources',
      'Scheduled',
      'Processing',
      'Finished',
      'TaskBillingInformationAdded',
    ]);
    const events = job().tasks()[0]?.historicalEvents ?? [];
    assert.deepEqual(
      events.map((event) => event.message !== ''),
      [false, false, false, false, true],
    );
    assert.equal(events[4]?.timeStamp, (events[3]?.timeStamp ?? 0) + second);
  });

  it('fails with the error of its task, canceling the others and keeping their progress', () => {
    const error = { code: 'ErrorProcessingTask', message: 'out of memory' };
    const { until, job } = prescribed({ kind: 'failed', task: 0, fraction: 0.5, error });
    until(({ state }) => state === State.error);
    const [failed, other] = job().tasks();
    assert.equal(failed?.state, State.error);
    assert.deepEqual(failed?.errorDetails, [error]);
    assert.equal(failed?.progress, 50);
    assert.equal(other?.state, State.canceled);
    assert.equal(other?.startTime, null);
    assert.deepEqual(other?.errorDetails, []);
    assert.equal(job().lastModified, job().endTime);
  });

  it('is Canceling while tasks let go, then Canceled', () => {
    const { simulation, id, until, job } = prescribed();
    const at = until(({ state }) => state === State.processing) + 20 * second;
    simulation.advanceTo(at);
    assert.equal(simulation.cancel(id), 'accepted');
    assert.equal(job().state, State.canceling);
    assert.equal(simulation.cancel(id), 'refused');
    const progress = job().tasks()[0]?.progress ?? 0;
    until(({ state }) => state === State.canceled, at);
    assert.ok(progress > 0);
    assert.equal(job().tasks()[0]?.progress, progress);
    assert.ok((job().endTime ?? 0) > at);
    assert.equal(simulation.cancel(id), 'refused');
  });

  it('is Canceled at once where nothing runs yet', () => {
    const { simulation, id, job } = prescribed();
    assert.equal(simulation.cancel(id), 'accepted');
    assert.equal(job().state, State.canceled);
    assert.equal(job().startTime, null);
    simulation.advanceTo(start + 10 * minute);
    assert.equal(job().state, State.canceled, 'and stays so');
  });

  it('cannot be canceled where it is unknown or pinned', () => {
    const simulation = simulate();
    assert.equal(simulation.cancel('nb:jid:UUID:00000000-0000-4000-8000-000000000000'), 'unknown');
    assert.equal(simulation.cancel('nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1'), 'refused');
  });

  it('fails when told to', () => {
    const { simulation, id, until, job } = prescribed();
    until(({ state }) => state === State.processing);
    assert.equal(simulation.fail(id, { code: 'TransientError', message: 'told to' }), true);
    assert.equal(job().state, State.error);
    assert.equal(simulation.fail(id, { code: 'TransientError', message: 'told to' }), false);
  });
});

describe('reserved units', () => {
  const oneTask = (name: string, priority = 0) => ({ name, priority, tasks: [{ name, durationMs: minute }] });

  it('bound how many tasks run at a time, and are given back', () => {
    for (const reservedUnits of [1, 2]) {
      const simulation = simulate({ jobs: 0, arrivalsPerMinute: 0, reservedUnits });
      simulation.advanceTo(start);
      const ids = ['a', 'b', 'c'].map((name) => simulation.add(oneTask(name)));
      let most = 0;
      for (let at = start; at < start + 5 * minute; at += second) {
        simulation.advanceTo(at);
        const states = ids.map((id) => find(simulation, id).state);
        most = Math.max(most, states.filter((state) => state === State.processing || state === State.scheduled).length);
      }
      assert.equal(most, reservedUnits);
      assert.ok(ids.every((id) => find(simulation, id).state === State.finished));
    }
  });

  it('are given back by jobs that fail or are canceled', () => {
    const simulation = simulate({ jobs: 0, arrivalsPerMinute: 0, reservedUnits: 1 });
    simulation.advanceTo(start);
    const [failing, canceled, last] = ['a', 'b', 'c'].map((name) => simulation.add(oneTask(name)));
    simulation.advanceTo(start + 10 * second);
    simulation.fail(failing ?? '', { code: 'Unknown', message: '' });
    simulation.advanceTo(start + 20 * second);
    assert.equal(find(simulation, canceled ?? '').state, State.processing);
    simulation.cancel(canceled ?? '');
    simulation.advanceTo(start + 30 * second);
    assert.equal(find(simulation, last ?? '').state, State.processing);
  });

  it('serve higher priority first, then older', () => {
    const simulation = simulate({ jobs: 0, arrivalsPerMinute: 0, reservedUnits: 1 });
    simulation.advanceTo(start);
    const ids = [oneTask('first'), oneTask('second'), oneTask('urgent', 5)].map((job) => simulation.add(job));
    simulation.advanceTo(start + 10 * minute);
    const started = ids.map((id) => find(simulation, id).startTime ?? 0);
    const [first = 0, next = 0, urgent = 0] = started;
    // The first has the unit already when the urgent one comes.
    assert.ok(start < first && first < urgent && urgent < next, `${started}`);
  });
});

describe('time', () => {
  it('makes the same of the same seed, however often it is asked', () => {
    const often = simulate();
    for (let at = start; at <= start + 30 * minute; at += 7 * second) {
      often.advanceTo(at);
    }
    often.advanceTo(start + 30 * minute);
    const once = simulate();
    once.advanceTo(start + 30 * minute);
    assert.deepEqual(picture(often), picture(once));
    const other = simulate({ seed: 2 });
    other.advanceTo(start + 30 * minute);
    assert.notDeepEqual(picture(other), picture(once));
  });

  it('finds everything where it would be by now when resumed with its mutations', () => {
    const kept: Mutation[] = [];
    const first = simulate({ onMutation: (mutation) => kept.push(mutation) });
    first.advanceTo(start + minute);
    const victims = [...first.jobs()].filter((job) => !isFinal(job.state));
    first.cancel(victims[0]?.id ?? '');
    first.advanceTo(start + 2 * minute + 0.5);
    first.fail(victims[1]?.id ?? '', { code: 'Unknown', message: 'x' });
    first.add({ name: 'added', tasks: [{ name: 'only', durationMs: minute }] });
    assert.deepEqual(
      kept.map(({ kind }) => kind),
      ['cancel', 'fail', 'add'],
    );
    const resumed = simulate({ mutations: JSON.parse(JSON.stringify(kept)) });
    for (const later of [3, 4, 20]) {
      first.advanceTo(start + later * minute);
      resumed.advanceTo(start + later * minute);
      assert.deepEqual(picture(resumed), picture(first));
    }
    assert.deepEqual(resumed.mutations, kept);
  });

  it('does not keep what had no effect', () => {
    const kept: Mutation[] = [];
    const simulation = simulate({ onMutation: (mutation) => kept.push(mutation) });
    const finished = [...simulation.jobs()].find((job) => job.state === State.finished);
    assert.equal(simulation.cancel(finished?.id ?? ''), 'refused');
    assert.deepEqual(kept, []);
  });

  it('runs jobs faster than the clock, but shows the clock', () => {
    const slow = simulate({ arrivalsPerMinute: 0 });
    const fast = simulate({ arrivalsPerMinute: 0, speed: 60 });
    slow.advanceTo(start + 2 * minute);
    fast.advanceTo(start + 2 * second);
    const states = (simulation: Simulation) => [...simulation.jobs()].map((job) => [job.state, mean(job)]);
    assert.deepEqual(states(fast), states(slow));
    const newest = [...fast.jobs()].filter((job) => job.startTime !== null && job.startTime > start);
    assert.ok(newest.length > 0 && newest.every((job) => (job.startTime ?? 0) <= start + 2 * second));
  });

  it('does not run backwards when the clock is set back', () => {
    const simulation = simulate();
    simulation.advanceTo(start + 5 * minute);
    const before = picture(simulation);
    simulation.advanceTo(start - day);
    assert.deepEqual(picture(simulation), before);
  });
});

describe('many jobs', () => {
  it('50,000 are there within seconds, found by id, with little memory', async () => {
    const heapBefore = process.memoryUsage().heapUsed;
    let simulation = simulate();
    const took = await processorMs(() => {
      simulation = simulate({ jobs: 50_000 });
    });
    assert.ok(took < 8000, `${took} ms`);
    assert.ok(process.memoryUsage().heapUsed - heapBefore < 150_000_000);
    assert.equal(simulation.size, 50_001);
    const jobs = [...simulation.jobs()];
    const oldest = jobs.at(-2);
    assert.ok(oldest && oldest.created > start - 90 * day, 'the service kept no older ones');
    assert.equal(new Set(jobs.map((job) => job.id)).size, jobs.length);
    const again = find(simulation, oldest?.id ?? '');
    assert.equal(again.name, oldest?.name);
    const task = again.tasks()[1];
    assert.deepEqual(simulation.findTask(task?.id ?? ''), task);
  });

  it('no more arrive once the account is full', () => {
    const simulation = simulate({ jobs: 50_000, arrivalsPerMinute: 10 });
    simulation.advanceTo(start + 10 * minute);
    assert.equal(simulation.size, 50_001);
  });
});
