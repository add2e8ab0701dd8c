import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Random } from '../../../src/emulator/simulation/random.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { isPace, nextPace, type Pace } from '../../../src/jobs/pace.ts';
import { timeLeft } from '../../../src/jobs/timeLeft.ts';

type Seen = Pick<Job, 'state' | 'progress' | 'started'>;

const started = Date.parse('2026-01-01T00:00:00Z');
const processing = (progress: number | null, changes: Partial<Seen> = {}): Seen => ({
  state: 'Processing',
  progress,
  started,
  ...changes,
});
const at = (seconds: number): number => started + seconds * 1000;

/** A pace after looks at seconds since the start, each with what was seen. */
function seen(looks: readonly (readonly [seconds: number, progress: number])[], changes: Partial<Seen> = {}): Pace {
  let pace: Pace | null = null;
  for (const [seconds, progress] of looks) {
    pace = nextPace(pace, processing(progress, changes), at(seconds));
  }
  assert.ok(pace);
  return pace;
}

const left = (pace: Pace, seconds: number, changes: Partial<Seen> = {}) =>
  timeLeft({ ...processing(pace.progress, changes), pace }, at(seconds));

/** Ten minutes at one percent every twelve seconds, looked at as often: ten minutes are left. */
const evenly = Array.from({ length: 51 }, (_, n) => [n * 12, n] as const);

describe('the pace of a job', () => {
  it('is kept for a Processing job with progress alone', () => {
    assert.equal(nextPace(null, processing(null), at(60)), null);
    assert.equal(nextPace(seen(evenly), processing(50, { state: 'Canceling' }), at(601)), null);
    assert.equal(nextPace(seen(evenly), processing(50, { state: 'Queued' }), at(601)), null);
    assert.equal(nextPace(null, processing(Number.NaN), at(60)), null);
  });

  it('is the very same object until progress rises or a stall is found', () => {
    const pace = seen(evenly);
    for (const seconds of [600, 612, 689]) {
      assert.equal(nextPace(pace, processing(50), at(seconds)), pace);
    }
    const stalled = nextPace(pace, processing(50), at(690));
    assert.notEqual(stalled, pace);
    assert.equal(nextPace(stalled, processing(50), at(5000)), stalled);
  });

  it('begins anew where progress fell', () => {
    assert.deepEqual(nextPace(seen(evenly), processing(10), at(700)), nextPace(null, processing(10), at(700)));
  });

  it('holds as many numbers after a day as after a minute', () => {
    const size = (pace: Pace) => Object.keys(pace).length;
    const day = Array.from({ length: 17_280 }, (_, n) => [n * 5, n / 200] as const);
    assert.equal(size(seen(day)), size(seen(evenly.slice(0, 5))));
  });

  it('survives being stored', () => {
    for (const pace of [seen(evenly), seen([[0, 0]]), seen([[0, 60]], { started: null })]) {
      const stored: unknown = JSON.parse(JSON.stringify(pace));
      assert.deepEqual(stored, pace);
      assert.ok(isPace(stored));
    }
  });

  it('is told from what else may be stored', () => {
    const pace = seen(evenly);
    for (const value of [null, undefined, 5, 'pace', [], {}, { changedAt: 1 }]) {
      assert.ok(!isPace(value), JSON.stringify(value));
    }
    for (const key of Object.keys(pace)) {
      assert.ok(!isPace({ ...pace, [key]: 'x' }), key);
      assert.ok(!isPace({ ...pace, [key]: undefined }), key);
      assert.ok(!isPace({ ...pace, [key]: Number.NaN }), key);
    }
    assert.ok(!isPace({ ...pace, spentMs: -1 }));
  });
});

describe('a stall', () => {
  it('is found by the look that misses the third rise, and never before 90 seconds', () => {
    const quick = seen(evenly);
    assert.ok(!nextPace(quick, processing(50), at(600 + 89))?.isStalled);
    assert.ok(nextPace(quick, processing(50), at(600 + 90))?.isStalled);
    const slow = seen(Array.from({ length: 11 }, (_, n) => [n * 60, n * 5] as const));
    assert.ok(!nextPace(slow, processing(50), at(600 + 179))?.isStalled, 'two looks a minute apart say little');
    assert.ok(nextPace(slow, processing(50), at(600 + 180))?.isStalled);
  });

  it('is not found while nobody looks', () => {
    assert.equal(left(seen(evenly), 600 + 3600)?.kind, 'left');
  });

  it('gives no time left, and the next rise ends it as if it had not been', () => {
    const before = seen(evenly);
    const stalled = nextPace(before, processing(50), at(900));
    assert.ok(stalled);
    assert.deepEqual(left(stalled, 900), { kind: 'stalled' });
    const moving = nextPace(stalled, processing(51), at(1200));
    assert.ok(moving);
    assert.deepEqual(left(moving, 1200), { kind: 'left', ms: 588_000 });
  });

  it('is not said of a job that never moved: it has no usual step', () => {
    const pace = seen([
      [0, 0],
      [3600, 0],
    ]);
    assert.equal(left(pace, 3600), null);
  });

  it('of a job that we began to look at is found once 15 % should have come', () => {
    const pace = seen([[600, 50]]);
    assert.ok(!nextPace(pace, processing(50), at(600 + 179))?.isStalled);
    assert.ok(nextPace(pace, processing(50), at(600 + 180))?.isStalled);
  });
});

describe('the time left by a pace', () => {
  it('counts down between two rises and waits for the next', () => {
    const pace = seen(evenly);
    const ms = [600, 605, 612, 640].map((seconds) => left(pace, seconds));
    assert.deepEqual(
      ms,
      [600_000, 595_000, 588_000, 588_000].map((value) => ({ kind: 'left', ms: value })),
    );
  });

  it('is not given before 3 percent, nor before 30 seconds since the start', () => {
    assert.equal(left(seen([[40, 2.9]]), 40), null);
    assert.equal(left(seen([[20, 10]]), 29), null);
    assert.equal(left(seen([[20, 10]]), 30)?.kind, 'left');
  });

  it('counts from the first look where the service does not tell the start', () => {
    const unknown = { started: null };
    const first = seen([[0, 60]], unknown);
    assert.equal(left(first, 3600, unknown), null, 'nothing is known before it moves');
    const looks = [
      [0, 60],
      [7, 61],
      [19, 62],
      [31, 63],
    ] as const;
    assert.equal(left(seen(looks.slice(0, 3), unknown), 29, unknown), null);
    assert.deepEqual(left(seen(looks, unknown), 31, unknown), { kind: 'left', ms: 37 * 12_000 });
  });

  it('does not swing by a single step', () => {
    const pace = seen(evenly);
    const jumped = nextPace(pace, processing(90), at(612));
    assert.ok(jumped);
    assert.deepEqual(left(jumped, 612), { kind: 'left', ms: 588_000 / 1.5 });
  });

  it('follows at once where nobody looked for long', () => {
    const late = nextPace(seen(evenly), processing(95), at(1140));
    assert.ok(late);
    assert.deepEqual(left(late, 1140), { kind: 'left', ms: 60_000 });
  });

  it('is not harmed by a clock that is set back', () => {
    let pace: Pace | null = seen(evenly);
    pace = nextPace(pace, processing(50), at(540));
    assert.ok(pace);
    assert.deepEqual(left(pace, 540), { kind: 'left', ms: 600_000 });
    for (let n = 51; n <= 60; n++) {
      pace = nextPace(pace, processing(n), at(540 + (n - 50) * 12));
    }
    assert.ok(pace);
    assert.deepEqual(left(pace, 660), { kind: 'left', ms: 480_000 });
    assert.equal(left(pace, -5), null);
    const future = nextPace(null, processing(50), at(-100));
    assert.ok(future && isPace(future));
    assert.equal(left(future, -100), null);
  });

  it('is sensible whatever is seen', () => {
    const random = new Random(4, 'anything');
    let given = 0;
    for (let run = 0; run < 300; run++) {
      const changes = random.chance(0.3) ? { started: null } : {};
      const longest = random.pick([2, 60, 3600, 400_000]);
      let pace: Pace | null = null;
      let progress = random.pick([0, random.between(0, 100)]);
      let seconds = random.between(-20, 2000);
      for (let look = 0; look < 60; look++) {
        seconds += random.chance(0.05) ? -random.between(0, longest) : random.between(0, longest);
        progress = random.chance(0.5)
          ? Math.min(100, progress + random.between(0, random.pick([0.01, 1, 30])))
          : progress;
        pace = nextPace(pace, processing(progress, changes), at(seconds));
        assert.ok(isPace(JSON.parse(JSON.stringify(pace))), JSON.stringify(pace));
        const shown = timeLeft({ ...processing(progress, changes), pace }, at(seconds + random.between(-10, 100)));
        if (shown?.kind === 'left') {
          given++;
          assert.ok(shown.ms >= 0 && shown.ms <= 7 * 24 * 3_600_000, JSON.stringify({ shown, pace }));
        }
      }
    }
    assert.ok(given > 3000, `${given} estimates were given`);
  });
});
