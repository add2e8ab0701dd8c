/**
 * How a task's percentage moves over its running time. The service promises nothing about granularity; encoders were
 * seen to sit at 0 while inputs download, to jump, and to wait near the end while outputs upload.
 */
export type ProgressCurve = 'steady' | 'lateStart' | 'stepped' | 'slowingDown';

export const progressCurves: readonly [ProgressCurve, ...ProgressCurve[]] = [
  'steady',
  'lateStart',
  'stepped',
  'slowingDown',
];

/** Highest value before a task is done: 100 is for finished tasks alone. */
const highestWhileRunning = 99;

/**
 * Percent done, one decimal, never falling as `fraction` grows.
 *
 * @param fraction of the task's running time that has passed, 0–1
 */
export function progressAt(curve: ProgressCurve, fraction: number): number {
  const elapsed = Math.min(1, Math.max(0, fraction));
  const percent = Math.min(highestWhileRunning, 100 * shape(curve, elapsed));
  return Math.floor(percent * 10) / 10;
}

function shape(curve: ProgressCurve, elapsed: number): number {
  switch (curve) {
    case 'steady':
      return elapsed;
    case 'lateStart':
      return Math.max(0, (elapsed - 0.1) / 0.8);
    case 'stepped':
      return Math.floor(elapsed * 20) / 20;
    case 'slowingDown':
      return 1 - (1 - elapsed) ** 1.7;
  }
}
