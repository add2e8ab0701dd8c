import type { ProgressPoint } from '../jobs/jobDetails.ts';

/**
 * What the details of a job say, ready to be shown: every text is in the person's language and plain, and whoever shows
 * it must take it as text. Times are milliseconds since the Unix epoch.
 */
export interface JobDetailsModel {
  /** BCP 47, for times on axes. */
  readonly locale: string;
  readonly account: string;
  readonly id: string;
  readonly title: string;
  readonly state: StateKind;
  readonly stateText: string;
  /** 0 to 100, or `null` where there is none to give. */
  readonly percent: number | null;
  readonly percentText: string;
  /** How long the job still runs, or that it stands still; empty where neither can be said. */
  readonly leftText: string;
  /** Why it waits; empty where it does not or nobody knows. */
  readonly waitText: string;
  /** Why what is shown may be old; empty where it is not. */
  readonly staleText: string;
  readonly isTracked: boolean;
  readonly actions: readonly DetailsAction[];
  readonly facts: readonly Fact[];
  readonly errors: readonly ShownError[];
  readonly timeline: Timeline;
  readonly curve: Curve;
  readonly inputs: AssetList;
  readonly outputs: AssetList;
}

/** The states that look different; `partlyFailed` is that of a job which has finished although some of it failed. */
export type StateKind =
  | 'waiting'
  | 'running'
  | 'finished'
  | 'partlyFailed'
  | 'failed'
  | 'canceled'
  | 'canceling'
  | 'unknown';

export const detailsActions = [
  'trackJob',
  'stopTracking',
  'cancelJob',
  'changeJobPriority',
  'openJobJson',
  'showExchange',
  'copyJobReport',
  'copyJobId',
  'deleteJob',
] as const;

export type DetailsActionName = (typeof detailsActions)[number];

export interface DetailsAction {
  readonly name: DetailsActionName;
  readonly text: string;
}

export interface Fact {
  readonly label: string;
  readonly value: string;
  /** The same more exactly, for whoever points at it; empty where there is no more to say. */
  readonly hint: string;
}

export interface ShownError {
  /** Of which task. */
  readonly task: string;
  readonly code: string;
  readonly message: string;
  /** What it is about and whether to try again, where the service says so; else ''. */
  readonly advice: string;
}

export interface Timeline {
  readonly rows: readonly TimelineRow[];
  readonly from: number;
  readonly to: number;
  /** That nothing has begun, or that there is more than is shown; empty as a rule. */
  readonly noteText: string;
}

export interface TimelineRow {
  readonly key: string;
  readonly title: string;
  /** State and times in words: what a screen reader says, and what is read beside the bar. */
  readonly text: string;
  readonly isJob: boolean;
  readonly spans: readonly TimelineSpan[];
}

export interface TimelineSpan {
  readonly kind: StateKind;
  readonly from: number;
  readonly to: number;
  /** Shown when somebody points at it. */
  readonly text: string;
}

export interface Curve {
  readonly points: readonly ProgressPoint[];
  /** Where it is expected to end; `null` where nothing honest can be said. */
  readonly expectedEnd: number | null;
  readonly now: number;
  /** The curve in words. */
  readonly text: string;
}

export interface AssetList {
  readonly names: readonly string[];
  /** What stands there where there are no names. */
  readonly emptyText: string;
}
