import type { Job } from './job.ts';
import { countDown, isTelling, nextPace } from './pace.ts';

/** An estimate beyond this says that the job stands still, not when it ends. */
const maxTimeLeftMs = 7 * 24 * 3_600_000;

/** When a job will end, or that it does not move. */
export type TimeLeft = { readonly kind: 'left'; readonly ms: number } | { readonly kind: 'stalled' };

type MovingJob = Pick<Job, 'state' | 'progress' | 'started' | 'pace'>;

/**
 * How long a job will still run, or `null` where nothing honest can be said. It supposes that the rest goes at the pace
 * of late, and where no pace was kept, at that of the whole job so far.
 * @param now milliseconds since the Unix epoch
 */
export function timeLeft(job: MovingJob, now: number): TimeLeft | null {
  const isKept = job.state === 'Processing' && job.pace !== null && job.pace.progress === job.progress;
  const pace = isKept ? job.pace : nextPace(job.pace, job, now);
  if (pace === null) {
    return null;
  }
  if (pace.isStalled) {
    return { kind: 'stalled' };
  }
  const ms = isTelling(pace, now) ? countDown(pace, now) : null;
  return ms === null || ms > maxTimeLeftMs ? null : { kind: 'left', ms: Math.round(ms) };
}

/** The time left in milliseconds; `null` also for a job that is stalled. */
export function timeLeftMs(job: MovingJob, now: number): number | null {
  const left = timeLeft(job, now);
  return left?.kind === 'left' ? left.ms : null;
}
