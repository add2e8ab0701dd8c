/** What some samples of one quantity come to. */
export interface Summary {
  readonly samples: readonly number[];
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws RangeError where there is no sample */
export function summaryOf(samples: readonly number[]): Summary {
  return { samples, median: median(samples), min: Math.min(...samples), max: Math.max(...samples) };
}

/** The middle one, or the mean of the two in the middle. */
export function median(samples: readonly number[]): number {
  const sorted = sortedSamples(samples);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** The smallest sample that at least this share of the samples does not exceed; no value in between is made up. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = sortedSamples(samples);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function sortedSamples(samples: readonly number[]): number[] {
  if (samples.length === 0) {
    throw new RangeError('There are no samples.');
  }
  return samples.toSorted((a, b) => a - b);
}

/** Samples of two ways to do the same, and of how many times as much the first takes. */
export interface Comparison {
  readonly ours: Summary;
  readonly baseline: Summary;
  readonly ratio: Summary;
}

/** Samples both ways in turns, the one that goes first changing each time, so that what drifts meets both alike. */
export async function compare(
  rounds: number,
  ours: () => Promise<number> | number,
  baseline: () => Promise<number> | number,
): Promise<Comparison> {
  const samples: { ours: number; baseline: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const first = await ours();
      samples.push({ ours: first, baseline: await baseline() });
    } else {
      const first = await baseline();
      samples.push({ ours: await ours(), baseline: first });
    }
  }
  return {
    ours: summaryOf(samples.map((sample) => sample.ours)),
    baseline: summaryOf(samples.map((sample) => sample.baseline)),
    ratio: summaryOf(samples.map((sample) => sample.ours / sample.baseline)),
  };
}

export async function repeat(times: number, sample: () => Promise<number> | number): Promise<Summary> {
  const samples: number[] = [];
  for (let round = 0; round < times; round++) {
    samples.push(await sample());
  }
  return summaryOf(samples);
}
