import type { Job } from './job.ts';

/** Below these, one odd reading would swing the estimate by hours. */
const minProgress = 3;
const minElapsedMs = 30_000;
/** An estimate beyond this says that the job stands still, not when it ends. */
const maxTimeLeftMs = 7 * 24 * 3_600_000;

/**
 * How long a job will still run, in milliseconds, or `null` where no honest estimate can be given. It supposes that the
 * rest goes at the pace of the job so far.
 * @param now milliseconds since the Unix epoch
 */
export function timeLeftMs(job: Pick<Job, 'state' | 'progress' | 'started'>, now: number): number | null {
  const { state, progress, started } = job;
  if (state !== 'Processing' || progress === null || started === null) {
    return null;
  }
  const elapsed = now - started;
  if (progress < minProgress || elapsed < minElapsedMs) {
    return null;
  }
  const left = (100 / progress - 1) * elapsed;
  return left <= maxTimeLeftMs ? Math.round(left) : null;
}
