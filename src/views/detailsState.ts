import { maxTime } from '../jobs/clock.ts';
import type { JobKey } from '../jobs/job.ts';
import type { ProgressPoint } from '../jobs/jobDetails.ts';
import { isPercent } from '../jobs/progress.ts';

const mostPoints = 300;
const longestId = 500;

/** What a tab of details begins with again. */
export interface DetailsState {
  readonly key: JobKey;
  readonly points: readonly ProgressPoint[];
}

/** What VS Code kept of a tab of details, which may be anything; `null` where it names no job. */
export function readDetailsState(state: unknown): DetailsState | null {
  if (typeof state !== 'object' || state === null) {
    return null;
  }
  const { account, id, points } = state as Record<'account' | 'id' | 'points', unknown>;
  // Whether it is the id of a job is for the account's service to say.
  if (typeof account !== 'string' || typeof id !== 'string' || id === '' || id.length > longestId) {
    return null;
  }
  const sound = Array.isArray(points) ? points.slice(-mostPoints).flatMap(soundPoint) : [];
  return { key: { account, id }, points: sound.sort((a, b) => a.at - b.at) };
}

function soundPoint(value: unknown): readonly ProgressPoint[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const { at, progress } = value as Record<'at' | 'progress', unknown>;
  return typeof at === 'number' && Math.abs(at) <= maxTime && isPercent(progress) ? [{ at, progress }] : [];
}
