import { readFileSync } from 'node:fs';
import type { NewJob } from '../../src/emulator/simulation/mutation.ts';
import { Random } from '../../src/emulator/simulation/random.ts';
import { Simulation } from '../../src/emulator/simulation/simulation.ts';
import type { JobSnapshot } from '../../src/emulator/simulation/snapshot.ts';
import { knownJobStates } from '../../src/jobs/job.ts';
import { jobProgress } from '../../src/jobs/progress.ts';
import { jobTask } from './jobs.ts';

/** The progress of one job from its start to its end, as a client sees it. */
export interface Curve {
  /** How it was recorded. */
  readonly recorded: string;
  /** Every how many seconds since the job's start the percents were read, the first at its start. */
  readonly everySeconds: number;
  /** How many seconds after its start the job was Finished. */
  readonly endedAt: number;
  /** Where the job stands still, in seconds since its start; for the curve that is made for it. */
  readonly standsStill?: readonly [from: number, to: number];
  readonly percents: readonly number[];
}

export const curveNames = ['linear', 'twoPhase', 'chained', 'stall', 'burst'] as const;
export type CurveName = (typeof curveNames)[number];

export function readCurve(name: CurveName): Curve {
  return JSON.parse(readFileSync(curveFile(name), 'utf8')) as Curve;
}

export function curveFile(name: CurveName): URL {
  return new URL(`./curves/${name}.json`, import.meta.url);
}

/** A job of the simulation, and what is done to it while it runs. */
interface Recipe {
  readonly recorded: string;
  readonly reservedUnits: number;
  readonly job: NewJob;
  readonly standsStill?: readonly [from: number, to: number];
  /** Called every second of the job's time. */
  readonly each?: (simulation: Simulation, jobId: string, second: number) => void;
}

const minuteMs = 60_000;
const everySeconds = 5;
const burstTasks = 16;
const startedAt = Date.parse('2026-01-01T00:00:00Z');

/** When each of the tasks of a burst ends, in seconds: 60 to 180 after the one before it, two minutes on average. */
export function* burstEnds(seed: number): Generator<number> {
  const random = new Random(seed, 'burst');
  for (let second = 0, n = 0; n < burstTasks; n++) {
    second += random.integer(60, 180);
    yield second;
  }
}

const endsOfBurst = new Set(burstEnds(1));

const recipes: Readonly<Record<CurveName, Recipe>> = {
  linear: {
    recorded: 'emulator simulation: one task of 20 minutes, curve steady',
    reservedUnits: 1,
    job: { name: 'Linear', tasks: [{ name: 'Encode', durationMs: 20 * minuteMs, curve: 'steady' }] },
  },
  twoPhase: {
    recorded: 'emulator simulation: two tasks side by side, 8 and 30 minutes, curve steady; fast, then slow',
    reservedUnits: 2,
    job: {
      name: 'Two phases',
      tasks: [
        { name: 'Audio track', durationMs: 8 * minuteMs, curve: 'steady' },
        { name: 'Encode', durationMs: 30 * minuteMs, curve: 'steady' },
      ],
    },
  },
  chained: {
    recorded:
      'emulator simulation: a task of 9 minutes, curve steady, then one of 15 minutes that reads its output, curve ' +
      'stepped, scheduled for 20 seconds before it runs',
    reservedUnits: 1,
    job: {
      name: 'Chained',
      tasks: [
        { name: 'Encode', durationMs: 9 * minuteMs, curve: 'steady' },
        { name: 'Low bandwidth copy', durationMs: 15 * minuteMs, curve: 'stepped', after: 0, scheduleMs: 20_000 },
      ],
    },
  },
  stall: {
    recorded:
      'emulator simulation: two chained tasks of 10 minutes, curve steady, one reserved unit; when the first ends, a ' +
      'job of 6 minutes and higher priority takes the unit, and the second waits for it',
    reservedUnits: 1,
    job: {
      name: 'Stall',
      tasks: [
        { name: 'Encode', durationMs: 10 * minuteMs, curve: 'steady' },
        { name: 'Low bandwidth copy', durationMs: 10 * minuteMs, curve: 'steady', after: 0 },
      ],
    },
    standsStill: [600, 962],
    each: (simulation, _, second) => {
      if (second === 300) {
        const tasks = [{ name: 'Encode', durationMs: 6 * minuteMs }];
        simulation.add({ name: 'More urgent', priority: 9, tasks });
      }
    },
  },
  burst: {
    recorded:
      'emulator simulation: 16 chained tasks that show no progress of their own, each taken to its end by hand ' +
      '(force) 60 to 180 seconds after the one before, drawn with the emulator’s generator',
    reservedUnits: 1,
    job: {
      name: 'Burst',
      tasks: Array.from({ length: burstTasks }, (_, index) => ({
        name: `Part ${index + 1}`,
        durationMs: 600 * minuteMs,
        curve: 'stepped',
        after: index === 0 ? null : index - 1,
        scheduleMs: 1000,
      })),
    },
    each: (simulation, jobId, second) => {
      if (endsOfBurst.has(second)) {
        simulation.force(jobId);
      }
    },
  },
};

/** Runs the job in the emulator's simulation and reads its progress as the client does. */
export function recordCurve(name: CurveName): Curve {
  const { recorded, reservedUnits, job, standsStill, each } = recipes[name];
  const options = { seed: 4, startedAt, speed: 1, jobs: 0, reservedUnits, arrivalsPerMinute: 0 };
  const simulation = new Simulation(options);
  const jobId = simulation.add(job);
  const look = (clockMs: number): JobSnapshot => {
    simulation.advanceTo(clockMs);
    const found = simulation.find(jobId);
    if (!found) {
      throw new Error(`The simulation has no job ${jobId}`);
    }
    return found;
  };
  let start: number | null = null;
  for (let clockMs = startedAt; start === null; clockMs += 1000) {
    start = look(clockMs).startTime;
  }
  const percents: number[] = [];
  for (let second = 0; ; second++) {
    const snapshot = look(start + second * 1000);
    if (snapshot.endTime !== null) {
      const endedAt = (snapshot.endTime - start) / 1000;
      return { recorded, everySeconds, endedAt, ...(standsStill ? { standsStill } : {}), percents };
    }
    if (second % everySeconds === 0) {
      percents.push(percentOf(snapshot));
    }
    each?.(simulation, jobId, second);
  }
}

function percentOf(snapshot: JobSnapshot): number {
  const stateOf = (state: number) => knownJobStates[state] ?? `Unknown(${state})`;
  const tasks = snapshot
    .tasks()
    .map((task, index) => jobTask(index, { state: stateOf(task.state), progress: task.progress }));
  const percent = jobProgress({ state: stateOf(snapshot.state) }, tasks, undefined) ?? 0;
  return Math.round(percent * 1000) / 1000;
}
