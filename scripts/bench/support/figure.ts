import type { ExtensionPackage } from '../../lib/packageExtension.ts';
import type { Comparison, Summary } from './statistics.ts';

/** What a figure may use of the run that it is part of. */
export interface Bench {
  /** The packaged extension; the first who asks has it made. */
  packaged(): Promise<ExtensionPackage>;
  print(text: string): void;
}

/** A group of measurements, run by its name. */
export interface Figure {
  readonly name: string;
  measure(bench: Bench): Promise<readonly Measurement[]>;
}

/** One line of the table. */
export interface Measurement {
  readonly what: string;
  /** What the bar is for. */
  readonly value: Summary;
  /** `×` for a ratio. */
  readonly unit: Unit;
  /** The value should not exceed it; `null` where there is no bar, as for what is only shown beside. */
  readonly bar: number | null;
  /** What of the value the bar is for; the median where left out. */
  readonly statistic?: { readonly name: string; readonly value: number };
  /** Both sides of a ratio. */
  readonly of?: { readonly unit: Unit; readonly ours: Summary; readonly baseline: Summary; readonly name: string };
  /** How it was measured, where that is not plain. */
  readonly note?: string;
}

export type Unit = '×' | 'ms' | 's' | 'B' | 'kB' | 'MB' | 'requests' | 'timers';

/** A line for two ways of doing the same. */
export function ratio(
  what: string,
  bar: number | null,
  comparison: Comparison,
  { unit, baseline, note }: { readonly unit: Unit; readonly baseline: string; readonly note?: string },
): Measurement {
  return {
    what,
    value: comparison.ratio,
    unit: '×',
    bar,
    of: { unit, ours: comparison.ours, baseline: comparison.baseline, name: baseline },
    ...(note === undefined ? {} : { note }),
  };
}
