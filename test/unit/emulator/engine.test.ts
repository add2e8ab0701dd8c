import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NewJob } from '../../../src/emulator/simulation/mutation.ts';
import { State } from '../../../src/emulator/simulation/run.ts';
import { Simulation } from '../../../src/emulator/simulation/simulation.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
const second = 1000;

function simulate(reservedUnits: number) {
  const simulation = new Simulation({
    seed: 1,
    startedAt: start,
    speed: 1,
    jobs: 0,
    reservedUnits,
    arrivalsPerMinute: 0,
  });
  simulation.advanceTo(start);
  const states = (id: string) =>
    simulation
      .find(id)
      ?.tasks()
      .map((task) => task.state);
  return { simulation, states, stateOf: (id: string) => simulation.find(id)?.state };
}

describe('a task that must not be canceled when its job fails', () => {
  const doNotCancel = { options: 4 };
  const job: NewJob = {
    name: 'mixed',
    ending: { kind: 'failed', task: 0, fraction: 0.5, error: { code: 'x', message: 'x' } },
    tasks: [
      { name: 'fails', durationMs: 20 * second },
      { name: 'goes on', durationMs: 60 * second, ...doNotCancel },
      { name: 'later still', durationMs: 10 * second, after: [1], ...doNotCancel },
      { name: 'reads the failed', durationMs: 10 * second, after: [0], ...doNotCancel },
      { name: 'reads that', durationMs: 10 * second, after: [3, 1], ...doNotCancel },
      { name: 'is canceled', durationMs: 60 * second },
    ],
  };

  it('goes on, unless it waits for an output that will never be', () => {
    const { simulation, states, stateOf } = simulate(6);
    const id = simulation.add(job);
    simulation.advanceTo(start + 15 * second);
    const { processing, queued, error, canceled, finished } = State;
    assert.deepEqual(states(id), [error, processing, queued, canceled, canceled, canceled]);
    assert.equal(stateOf(id), processing, 'the job is not over yet');
    simulation.advanceTo(start + 65 * second);
    assert.deepEqual(states(id)?.slice(0, 3), [error, finished, processing]);
    simulation.advanceTo(start + 80 * second);
    assert.deepEqual(states(id)?.slice(0, 3), [error, finished, finished]);
    assert.equal(stateOf(id), error);
  });

  it('can still be canceled', () => {
    const { simulation, stateOf } = simulate(6);
    const id = simulation.add(job);
    simulation.advanceTo(start + 15 * second);
    assert.equal(simulation.cancel(id), 'accepted');
    simulation.advanceTo(start + 20 * second);
    assert.equal(stateOf(id), State.canceled);
  });
});

describe('a task that reads several outputs', () => {
  it('waits for all of them', () => {
    const { simulation, states } = simulate(3);
    const id = simulation.add({
      name: 'join',
      tasks: [
        { name: 'short', durationMs: 10 * second },
        { name: 'long', durationMs: 30 * second },
        { name: 'both', durationMs: 10 * second, after: [0, 1] },
      ],
    });
    simulation.advanceTo(start + 20 * second);
    assert.deepEqual(states(id), [State.finished, State.processing, State.queued]);
    simulation.advanceTo(start + 36 * second);
    assert.deepEqual(states(id), [State.finished, State.finished, State.processing]);
  });
});

describe('a new priority', () => {
  for (const chosen of [1, 3, 5]) {
    it(`brings job ${chosen} of eight to the front of those that wait`, () => {
      const { simulation, stateOf } = simulate(1);
      const ids = Array.from({ length: 8 }, (_, index) =>
        simulation.add({ name: `${index}`, tasks: [{ name: 'only', durationMs: 10 * second }] }),
      );
      simulation.advanceTo(start + 5 * second);
      assert.equal(simulation.prioritize(ids[chosen] ?? '', 1), 'accepted');
      assert.equal(simulation.prioritize(ids[0] ?? '', 1), 'refused', 'it runs');
      simulation.advanceTo(start + 16 * second);
      const running = ids.filter((id) => stateOf(id) === State.processing);
      assert.deepEqual(running, [ids[chosen]]);
    });
  }
});
