import { durationOf, type JobPlan } from './plan.ts';
import { planJob } from './planner.ts';
import { Random } from './random.ts';

/** A job to create at a simulated time (milliseconds; negative is before the emulator started). */
export interface Entrance {
  readonly plan: JobPlan;
  readonly createdAt: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** The service deleted jobs older than 90 days; history stays within that. */
const oldestHistoryMs = 85 * 24 * hourMs;

/** Shares of their time that the running jobs of the opening have behind them: near the end, halfway, just begun. */
const opening = [0.93, 0.45, 0.06];
const queuedAtStart = 4;

/** How many of the jobs wished for are not yet final when the emulator starts. */
export function openingSize(jobs: number): number {
  return Math.min(jobs, opening.length + queuedAtStart);
}

/**
 * The jobs that are on their way when the emulator starts, oldest first: with the default three reserved units one
 * is near its end, one about halfway, one has just begun, and the others wait.
 */
export function openingScene(seed: number, jobs: number): Entrance[] {
  const entrances: Entrance[] = [];
  for (let index = 0; index < openingSize(jobs); index++) {
    const plan = planJob(seed, 'opening', index, { sequential: true, ending: 'finished' });
    const share = opening[index];
    const createdAt = share === undefined ? -(queuedAtStart + opening.length - index) * 800 : -share * durationOf(plan);
    entrances.push({ plan: share === undefined ? plan : { ...plan, priority: 0 }, createdAt: Math.round(createdAt) });
  }
  return entrances.sort((left, right) => left.createdAt - right.createdAt);
}

/**
 * Job number `index` of those long final, 0 being the newest. The third newest failed and the sixth newest was
 * canceled, so that every kind of ending is on the first page whatever the seed.
 */
export function pastPlan(seed: number, index: number): JobPlan {
  return planJob(seed, 'past', index, index === 2 ? { ending: 'failed' } : index === 5 ? { ending: 'canceled' } : {});
}

/** How long before the start each past job was created, clock milliseconds, newest first and growing. */
export function* pastAges(seed: number, count: number): Generator<number> {
  const gap = Math.min(4.5 * hourMs, (oldestHistoryMs - hourMs) / Math.max(1, count));
  const random = new Random(seed, 'ages');
  let age = 20 * minuteMs;
  for (let index = 0; index < count; index++) {
    yield Math.round(age + gap * random.between(0.1, 0.9));
    age += gap;
  }
}

/** Simulated milliseconds between arrivals, endless; the mean is 1 / rate. */
export function* arrivalGaps(seed: number, perMinute: number): Generator<number> {
  const random = new Random(seed, 'arrivals');
  for (;;) {
    yield Math.round((minuteMs / perMinute) * random.between(0.4, 1.6));
  }
}
