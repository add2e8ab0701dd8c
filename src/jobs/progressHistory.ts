import type { Clock } from './clock.ts';
import { isActive, type Job, type JobKey, jobKeyOf } from './job.ts';
import type { ProgressPoint } from './jobDetails.ts';
import type { JobStore } from './jobStore.ts';
import { type Disposable, DisposableStore } from './lifecycle.ts';

/** More points than this are no more than a line of a few hundred pixels can show. */
const mostPoints = 300;
/** Jobs that were watched longest ago are forgotten first. */
const mostJobs = 500;

/** The progress of jobs as it was watched, for as long as they are in the store: a point for each rise. */
export class ProgressHistory implements Disposable {
  readonly #clock: Clock;
  readonly #disposables = new DisposableStore();
  readonly #points = new Map<string, ProgressPoint[]>();

  constructor(store: Pick<JobStore, 'onDidChange'>, clock: Clock) {
    this.#clock = clock;
    this.#disposables.add(
      store.onDidChange(({ added, changed, removed }) => {
        for (const job of added) {
          if (isActive(job)) {
            this.#note(job);
          }
        }
        for (const { before, after } of changed) {
          // That a job ended long ago becomes known with how far it came; nobody watched it get there.
          const isNews = before.progress !== after.progress || before.state !== after.state;
          if (isNews && (isActive(before) || isActive(after))) {
            this.#note(after);
          }
        }
        for (const job of removed) {
          this.#points.delete(jobKeyOf(job));
        }
      }),
    );
  }

  /** What was seen of a job's progress, in the order of time. */
  points(key: JobKey): readonly ProgressPoint[] {
    return this.#points.get(jobKeyOf(key)) ?? [];
  }

  /** Puts in what was seen of a job before a restart; of the two, what was seen since holds where they overlap. */
  restore(key: JobKey, points: readonly ProgressPoint[]): void {
    const known = this.points(key);
    const first = known[0]?.at ?? Number.POSITIVE_INFINITY;
    const earlier = points.filter(({ at }) => at < first);
    if (earlier.length > 0) {
      this.#keep(jobKeyOf(key), [...earlier, ...known]);
    }
  }

  dispose(): void {
    this.#disposables.dispose();
    this.#points.clear();
  }

  #note(job: Job): void {
    const { progress } = job;
    if (progress === null) {
      return;
    }
    const name = jobKeyOf(job);
    const points = this.#points.get(name) ?? [];
    const at = this.#clock.now();
    // A clock that was set back would draw a line that runs backwards.
    while ((points.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= at) {
      points.pop();
    }
    points.push({ at, progress });
    this.#keep(name, points);
  }

  #keep(name: string, points: ProgressPoint[]): void {
    this.#points.delete(name);
    this.#points.set(name, points.length > mostPoints ? thinned(points) : points);
    for (const oldest of this.#points.keys()) {
      if (this.#points.size <= mostJobs) {
        break;
      }
      this.#points.delete(oldest);
    }
  }
}

/**
 * Leaves out points that stand close together, so that half of the most remain at most, but neither the first nor the last. Close in
 * time, lest a job that was watched for hours has hardly any left of its first ones.
 */
function thinned(points: readonly ProgressPoint[]): ProgressPoint[] {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) {
    return [];
  }
  const gapMs = (last.at - first.at) / (mostPoints / 2);
  const kept = [first];
  let from = first.at;
  for (const point of points) {
    if (point.at >= from + gapMs && point !== last) {
      kept.push(point);
      from = point.at;
    }
  }
  return [...kept, last];
}
