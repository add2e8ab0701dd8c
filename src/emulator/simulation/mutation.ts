import type { Ending, JobSubscription, TaskError, TaskPlan } from './plan.ts';
import type { State } from './run.ts';

/** Something done to the account from outside, at a simulated time in milliseconds. */
export type Mutation =
  | { readonly kind: 'cancel'; readonly at: number; readonly id: string; readonly canFinish?: boolean }
  | { readonly kind: 'fail'; readonly at: number; readonly id: string; readonly error: TaskError }
  | { readonly kind: 'add'; readonly at: number; readonly job: NewJob }
  | { readonly kind: 'delete'; readonly at: number; readonly id: string }
  | { readonly kind: 'prioritize'; readonly at: number; readonly id: string; readonly priority: number }
  | { readonly kind: 'advance'; readonly at: number; readonly id: string; readonly to?: State }
  | { readonly kind: 'describe'; readonly at: number; readonly id: string; readonly notes: NewNotes }
  | { readonly kind: 'addAsset'; readonly at: number; readonly asset: NewAsset }
  | { readonly kind: 'deleteAsset'; readonly at: number; readonly id: string }
  | { readonly kind: 'fillAsset'; readonly at: number; readonly id: string };

/** A job to add from outside. Durations are simulated milliseconds. */
export interface NewJob {
  readonly name: string;
  readonly priority?: number;
  /** Where no duration is given, one that depends on the seed: half a minute to one and a half. */
  readonly tasks: readonly (Pick<TaskPlan, 'name'> & Partial<TaskPlan>)[];
  readonly ending?: Ending;
  readonly inputAssets?: readonly string[];
  readonly templateId?: string;
  readonly subscriptions?: readonly JobSubscription[];
}

/** What AMS v3 lets clients write down beside a job, and v2 does not know; what is missing stays as it was. */
export interface NewNotes {
  readonly description?: string | null;
  readonly correlationData?: Readonly<Record<string, unknown>>;
}

export interface JobNotes extends NewNotes {
  /** Unix milliseconds. */
  readonly modifiedAt: number;
}

/** An asset to add from outside; it has no file until one is noted. */
export interface NewAsset {
  readonly name: string | null;
  readonly alternateId: string | null;
  /** AssetCreationOptions, e.g. 0 for none. */
  readonly options: number;
  readonly formatOption: number;
  readonly storageAccountName: string | null;
}
