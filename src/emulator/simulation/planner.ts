import { encodings, extras, failures, titles } from './catalogue.ts';
import type { Ending, JobPlan, TaskPlan } from './plan.ts';
import { progressCurves } from './progress.ts';
import { Random } from './random.ts';

/** What the planner must heed; everything else is up to the seed. */
export interface PlanWishes {
  /** Tasks run strictly one after the other, so that the job takes one reserved unit at a time. */
  readonly sequential?: boolean;
  readonly ending?: Ending['kind'];
}

const shortestJobMs = 100_000;
const longestJobMs = 210_000;

/**
 * Makes up a job: the same for the same seed, stream and index. At speed 1 it takes one to four minutes once it has
 * the reserved units it needs.
 */
export function planJob(seed: number, stream: string, index: number, wishes: PlanWishes = {}): JobPlan {
  const random = new Random(seed, stream, index);
  const guid = random.guid();
  const title = random.pick(titles);
  const encoding = random.pick(encodings);
  const total = random.between(shortestJobMs, longestJobMs);
  const tasks: TaskPlan[] = [
    {
      name: `Encode ${title} with ${encoding.preset}`,
      configuration: encoding.preset,
      outputName: `${title} - ${encoding.label}`,
      after: null,
      scheduleMs: random.integer(1500, 4000),
      durationMs: Math.round(total * random.between(0.6, 0.7)),
      curve: random.pick(progressCurves),
    },
  ];
  const first = random.integer(0, extras.length - 1);
  const count = random.chance(0.3) ? 2 : 1;
  for (let turn = 0; turn < count; turn++) {
    const extra = extras[(first + turn) % extras.length] ?? extras[0];
    tasks.push({
      name: `${extra.verb} ${title}`,
      configuration: extra.configuration,
      outputName: `${title} - ${extra.suffix}`,
      after: wishes.sequential ? tasks.length - 1 : extra.chained ? 0 : null,
      scheduleMs: random.integer(1000, 3000),
      durationMs: Math.round((total * random.between(0.25, 0.35)) / count),
      curve: random.pick(progressCurves),
    });
  }
  return {
    guid,
    inputName: title,
    name: `Encoding ${title} to ${encoding.label}`,
    priority: random.chance(0.12) ? random.integer(1, 5) : 0,
    pickupMs: random.integer(800, 2500),
    tasks,
    ending: planEnding(random, tasks.length, wishes.ending),
  };
}

function planEnding(random: Random, taskCount: number, wish: Ending['kind'] | undefined): Ending {
  const luck = random.next();
  const kind = wish ?? (luck < 0.08 ? 'failed' : luck < 0.13 ? 'canceled' : 'finished');
  const task = random.chance(0.7) ? 0 : taskCount - 1;
  const fraction = random.between(0.15, 0.9);
  const error = random.pick(failures);
  switch (kind) {
    case 'finished':
      return { kind };
    case 'failed':
      return { kind, task, fraction, error };
    case 'canceled':
      return { kind, task, fraction };
  }
}
