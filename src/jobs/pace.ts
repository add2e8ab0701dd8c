import type { Job } from './job.ts';

/**
 * How fast a job has been moving of late, and when it will end at that pace. Plain numbers, as many after a day as after
 * a minute, so that it can be stored and told to other windows. Times are milliseconds since the Unix epoch.
 */
export interface Pace {
  /** When the job started, or when it was first seen Processing where the service does not say. */
  readonly since: number;
  /** When progress was first seen to be where it is. */
  readonly changedAt: number;
  readonly progress: number;
  /** What was done of late, in percent, and the time that it took; older moves weigh less. Zero: nothing is known. */
  readonly percent: number;
  readonly spentMs: number;
  /** The usual time between two rises; `null` before the first that was seen. */
  readonly stepMs: number | null;
  /** What was left at `changedAt`; `null` where nothing is known. */
  readonly leftMs: number | null;
  /** Whether somebody looked, and progress had stood still for three times its usual step. */
  readonly isStalled: boolean;
}

/** Below these, one odd reading would swing the estimate by hours. */
const minProgress = 3;
const minElapsedMs = 30_000;

/**
 * Three rises must be missing. Never sooner than this: a task that waits for the output of another stands still while it
 * is scheduled and reads its input, and that is no stall.
 */
const missingSteps = 3;
const minStalledMs = 90_000;
/** Where no rise was seen yet: encoders report in steps of up to so many percent. */
const coarsestStep = 5;
/** How much one more rise says of the usual time between rises. */
const stepWeight = 0.3;

/** The past counts as far back as a quarter of what is still ahead, but for several rises at least. */
const memoryOfLeft = 0.25;
const memoryOfSteps = 3;
const minMemoryMs = 60_000;

/**
 * An end that is as good as known stays where it is, so that the time left counts down and does not go to and fro. More
 * is asked for to put it off than to bring it forward: a time left that grows is what people notice.
 */
const bandUp = 0.2;
const bandDown = 0.1;
/** By how much one usual step may at most lengthen or shorten the time left. */
const maxSwing = 1.5;
/** Of what was left, so much remains until a rise says otherwise. */
const floorShare = 0.25;

/**
 * Takes one more look at a job's progress into account: an answer of the service that said how far the job is, whether
 * it rose or not. A stall is found here and not by the time of day, as only a look can tell that a job stood still and
 * that it was not us who looked away.
 * @param now milliseconds since the Unix epoch
 * @returns the very same object where nothing changed; `null` for a job that is not Processing or gives no progress
 */
export function nextPace(
  before: Pace | null,
  job: Pick<Job, 'state' | 'progress' | 'started'>,
  now: number,
): Pace | null {
  const { state, progress, started } = job;
  if (state !== 'Processing' || progress === null || !Number.isFinite(progress)) {
    return null;
  }
  if (before === null || progress < before.progress) {
    return firstPace(progress, started, now);
  }
  return progress === before.progress ? standing(before, now) : risen(before, progress, now);
}

/** Whether enough of a job is known to say when it ends. */
export function isTelling(pace: Pace, now: number): boolean {
  return pace.progress >= minProgress && now - pace.since >= minElapsedMs;
}

/** What is left by now: it counts down until the next rise is due, and then waits for it. */
export function countDown(pace: Pace, now: number): number | null {
  const { leftMs, changedAt } = pace;
  return leftMs === null ? null : passed(leftMs, Math.min(Math.max(0, now - changedAt), usualStep(pace) ?? 0));
}

/** Whether a value that was stored is a pace. */
export function isPace(value: unknown): value is Pace {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const { since, changedAt, progress, percent, spentMs, stepMs, leftMs, isStalled } = value as Record<string, unknown>;
  return (
    [since, changedAt].every(Number.isFinite) &&
    [progress, percent, spentMs].every(isAmount) &&
    [stepMs, leftMs].every((amount) => amount === null || isAmount(amount)) &&
    typeof isStalled === 'boolean'
  );
}

/** A job that was not seen before is supposed to have moved evenly since its start. */
function firstPace(progress: number, started: number | null, now: number): Pace {
  // A start in the future is that of another clock, and as good as none.
  const since = started === null ? now : Math.min(started, now);
  const elapsed = now - since;
  const leftMs = elapsed > 0 && progress > 0 ? (100 / progress - 1) * elapsed : null;
  const spentMs = Math.min(elapsed, memory(leftMs ?? 0, null));
  const percent = elapsed > 0 ? (progress / elapsed) * spentMs : 0;
  return { since, changedAt: now, progress, percent, spentMs, stepMs: null, leftMs, isStalled: false };
}

function standing(before: Pace, now: number): Pace {
  if (now < before.changedAt) {
    return { ...before, changedAt: now };
  }
  const usual = usualStep(before);
  const isStalled = before.isStalled || (usual !== null && now - before.changedAt >= stalledAfter(usual));
  return isStalled === before.isStalled ? before : { ...before, isStalled };
}

function risen(before: Pace, progress: number, now: number): Pace {
  const rise = progress - before.progress;
  const gap = Math.max(0, now - before.changedAt);
  const usual = usualStep(before);
  // How long a job stood still says nothing of how fast it goes on.
  const moved = before.isStalled && usual !== null ? Math.min(gap, usual) : gap;
  // Nor does the first rise where we began to look between two of them.
  const isCut = before.stepMs === null && before.progress > 0;
  const { percent, spentMs } = isCut ? before : remember(before, rise, moved);
  const stepMs = nextStep(before, rise, gap);
  const raw = percent > 0 ? ((100 - progress) * spentMs) / percent : null;
  const expected = before.leftMs === null ? null : passed(before.leftMs, moved);
  const leftMs =
    raw === null || expected === null || !isTelling(before, before.changedAt)
      ? raw
      : steady(expected, raw, Math.max(1, moved / stepMs));
  return { since: before.since, changedAt: now, progress, percent, spentMs, stepMs, leftMs, isStalled: false };
}

function passed(leftMs: number, ms: number): number {
  return Math.max(leftMs - ms, leftMs * floorShare);
}

/** Adds a rise to what is remembered, and lets the past fade by the time that it took. */
function remember(before: Pace, rise: number, moved: number): Pick<Pace, 'percent' | 'spentMs'> {
  if (moved === 0) {
    return before;
  }
  const span = memory(before.leftMs ?? 0, before.stepMs);
  const fading = Math.exp(-moved / span);
  const weight = ((1 - fading) * span) / moved;
  return { percent: before.percent * fading + rise * weight, spentMs: before.spentMs * fading + moved * weight };
}

/** How far back the past counts, in milliseconds. */
function memory(leftMs: number, stepMs: number | null): number {
  return Math.max(minMemoryMs, memoryOfLeft * leftMs, memoryOfSteps * (stepMs ?? 0));
}

function nextStep(before: Pace, rise: number, gap: number): number {
  if (before.stepMs === null) {
    // We may have begun to look shortly before the rise: it took as long as so many percent take.
    return Math.max(gap, before.percent > 0 ? (rise * before.spentMs) / before.percent : 0, 1);
  }
  const counted = Math.min(gap, stalledAfter(before.stepMs));
  return Math.max(1, before.stepMs + stepWeight * (counted - before.stepMs));
}

/** The usual time between two rises, or a cautious guess before one was seen; `null` for a job that never moved. */
function usualStep({ stepMs, percent, spentMs }: Pace): number | null {
  return stepMs ?? (percent > 0 ? (coarsestStep * spentMs) / percent : null);
}

function stalledAfter(usualMs: number): number {
  return Math.max(minStalledMs, missingSteps * usualMs);
}

/** @param steps how many usual steps went by since the last rise */
function steady(expected: number, raw: number, steps: number): number {
  if (raw > expected ? raw - expected <= bandUp * raw : expected - raw <= bandDown * expected) {
    return expected;
  }
  const swing = maxSwing ** steps;
  return Math.min(expected * swing, Math.max(expected / swing, raw));
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
