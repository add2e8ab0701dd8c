import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobState } from '../../../src/jobs/job.ts';
import { nextPace, type Pace } from '../../../src/jobs/pace.ts';
import { type TimeLeft, timeLeft, timeLeftMs } from '../../../src/jobs/timeLeft.ts';
import { formatTimeLeft } from '../../../src/views/format.ts';
import { burstEnds, type Curve, type CurveName, curveNames, readCurve, recordCurve } from '../../support/curves.ts';
import { english } from '../../support/localizer.ts';

const started = Date.parse('2026-01-01T00:00:00Z');

describe('the time left of a job whose pace was not kept', () => {
  const left = (progress: number | null, elapsedMs: number, state: JobState = 'Processing') =>
    timeLeftMs({ state, progress, started, pace: null }, started + elapsedMs);

  it('supposes that the rest goes at the pace so far', () => {
    assert.equal(left(25, 60_000), 180_000);
  });

  it('is not given before 3 percent, before 30 seconds, or outside Processing', () => {
    assert.equal(left(2.9, 60_000), null);
    assert.equal(left(3, 29_999), null);
    assert.notEqual(left(3, 30_000), null);
    assert.equal(left(50, 60_000, 'Queued'), null);
    assert.equal(left(null, 60_000), null);
    assert.equal(timeLeftMs({ state: 'Processing', progress: 50, started: null, pace: null }, started), null);
  });

  it('is not given for a job that stands still for years, or that starts in the future', () => {
    assert.equal(left(42, 11 * 365 * 24 * 3_600_000), null);
    assert.equal(left(42, -5_000), null);
  });
});

describe('the time left of a stalled job', () => {
  it('is null as a number', () => {
    const job = { state: 'Processing', progress: 50, started } as const;
    const pace = nextPace(nextPace(null, job, started + 600_000), job, started + 1_200_000);
    assert.deepEqual(timeLeft({ ...job, pace }, started + 1_200_000), { kind: 'stalled' });
    assert.equal(timeLeftMs({ ...job, pace }, started + 1_200_000), null);
  });
});

interface Shown {
  readonly second: number;
  readonly left: TimeLeft | null;
}

/** What is shown every five seconds where the job is looked at every so many seconds, from this second on. */
function watch(curve: Curve, pollSeconds: number, from: number): Shown[] {
  const shown: Shown[] = [];
  let pace: Pace | null = null;
  let progress = 0;
  for (let second = from; second < curve.endedAt; second += curve.everySeconds) {
    const now = started + second * 1000;
    if ((second - from) % pollSeconds === 0) {
      progress = curve.percents[second / curve.everySeconds] ?? 100;
      pace = nextPace(pace, { state: 'Processing', progress, started }, now);
    }
    shown.push({ second, left: timeLeft({ state: 'Processing', progress, started, pace }, now) });
  }
  return shown;
}

/** The median of |estimate − truth| ÷ truth over the second half of the job's time. */
function medianError(curve: Curve, shown: readonly Shown[]): number {
  const errors = shown
    .filter(({ second }) => second >= curve.endedAt / 2)
    .flatMap(({ second, left }) => {
      const truth = (curve.endedAt - second) * 1000;
      return left?.kind === 'left' ? [Math.abs(left.ms - truth) / truth] : [];
    });
  return median(errors);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The minutes that a text says; 0 below one. */
function shownMinutes(ms: number): number {
  const text = formatTimeLeft(ms, english);
  const part = (unit: string): number => Number(new RegExp(`(\\d+) ${unit}\\b`).exec(text)?.[1] ?? 0);
  return text.startsWith('<') ? 0 : part('hr') * 60 + part('min');
}

/** How often the text is another, and how often it grows. */
function textChanges(shown: readonly Shown[]): { changes: number; grows: number } {
  const minutes = shown.flatMap(({ left }) => (left?.kind === 'left' ? [shownMinutes(left.ms)] : []));
  const pairs = minutes.slice(1).map((value, index) => [minutes[index] ?? value, value] as const);
  return {
    changes: pairs.filter(([before, after]) => after !== before).length,
    grows: pairs.filter(([before, after]) => after > before).length,
  };
}

const halfOf = ({ endedAt, everySeconds }: Curve): number => Math.ceil(endedAt / 2 / everySeconds) * everySeconds;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const pollIntervals = [5, 15, 60];

/**
 * How often the text may grow over the life of a job. Measured: 8 for two phases, where half an hour turns out to be
 * left instead of five minutes; 5 for chained tasks looked at once a minute; 2 at most for the others.
 */
const mostGrows: Readonly<Record<CurveName, number>> = { linear: 0, twoPhase: 8, chained: 5, stall: 2, burst: 2 };

describe('the time left along a recorded curve', () => {
  for (const name of curveNames) {
    const curve = readCurve(name);
    for (const poll of pollIntervals) {
      for (const [whence, from] of [
        ['the beginning', 0],
        ['half-way', halfOf(curve)],
      ] as const) {
        it(`${name}, looked at every ${poll} s from ${whence}, is right to a quarter from half-way on`, (t) => {
          const shown = watch(curve, poll, from);
          const error = medianError(curve, shown);
          const { changes, grows } = textChanges(shown);
          t.diagnostic(`median error ${percent(error)}; the text changes ${changes} times and grows ${grows} times`);
          assert.ok(error <= 0.25, percent(error));
          assert.ok(grows <= mostGrows[name], `the text grows ${grows} times`);
          const told = shown.filter(({ second, left }) => second >= curve.endedAt / 2 && left !== null).length;
          assert.ok(told >= (curve.endedAt / 2 / curve.everySeconds) * 0.98, 'something is said all the time');
        });
      }
    }
  }

  for (const poll of pollIntervals) {
    it(`looked at every ${poll} s, is stalled while the job stands still for long, and at no other time`, () => {
      for (const name of curveNames) {
        const curve = readCurve(name);
        const stalled = watch(curve, poll, 0).filter(({ left }) => left?.kind === 'stalled');
        const { standsStill } = curve;
        if (!standsStill) {
          assert.deepEqual(stalled, [], name);
          continue;
        }
        const [from, to] = standsStill;
        const first = stalled[0]?.second ?? Number.NaN;
        const last = stalled.at(-1)?.second ?? Number.NaN;
        // Three missing rises, but 90 s at least; one look more, as that is when it is seen.
        const due = from + Math.max(90, 3 * poll);
        assert.ok(first >= due - curve.everySeconds && first <= due + poll, `from ${first}, due ${due}`);
        assert.ok(last >= to - curve.everySeconds && last <= to + poll, `to ${last}, moves again after ${to}`);
        assert.equal(stalled.length, (last - first) / curve.everySeconds + 1, 'without a break');
      }
    });
  }

  it('is told better by the pace of late than by the job so far, where the pace changes', () => {
    const curve = readCurve('twoPhase');
    const soFar = watch(curve, 5, 0).map(({ second }) => {
      const progress = curve.percents[second / curve.everySeconds] ?? 100;
      const job = { state: 'Processing', progress, started, pace: null } as const;
      return { second, left: timeLeft(job, started + second * 1000) };
    });
    assert.ok(medianError(curve, soFar) > 0.5, 'the measure tells good from bad');
  });

  it('that comes in bursts is right to a quarter for most draws of its pauses, not for the recorded one alone', (t) => {
    for (const poll of pollIntervals) {
      const errors = Array.from({ length: 40 }, (_, seed) => {
        const ends = [...burstEnds(seed)];
        const endedAt = ends.at(-1) ?? 0;
        const percents = Array.from({ length: Math.ceil(endedAt / 5) }, (_, n) => {
          return (100 * ends.filter((end) => end <= n * 5).length) / ends.length;
        });
        const curve = { recorded: 'by formula: it jumps at the end of each task', everySeconds: 5, endedAt, percents };
        return medianError(curve, watch(curve, poll, 0));
      });
      const good = errors.filter((error) => error <= 0.25).length;
      t.diagnostic(`every ${poll} s: median of medians ${percent(median(errors))}, ${good} of 40 within a quarter`);
      assert.ok(median(errors) <= 0.25);
      assert.ok(good >= 25, `${good} of 40`);
    }
  });

  it('is tested on what the simulation does today', () => {
    for (const name of curveNames) {
      assert.deepEqual(readCurve(name), recordCurve(name), name);
    }
  });
});
