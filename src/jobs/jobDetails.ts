import type { JobRecord, JobTask } from './job.ts';

/** Something that happened to a task, such as that it was scheduled. */
export interface TaskEvent {
  readonly code: string;
  readonly message: string;
  /** Milliseconds since the Unix epoch; `null` where the service did not say. */
  readonly at: number | null;
}

/** All that a service says of one job and its tasks. */
export interface JobDetails {
  readonly job: JobRecord;
  readonly tasks: readonly JobTask[];
  /** What happened to each task, by its id, in the order of time. */
  readonly events: ReadonlyMap<string, readonly TaskEvent[]>;
  /** The records as the service has them: parsed JSON, which may be anything. */
  readonly raw: { readonly job: unknown; readonly tasks: readonly unknown[] };
}

/** What a job reads or writes. */
export interface JobAsset {
  readonly id: string;
  readonly name: string;
}

/** What goes into a job and what comes out; `null` where the service does not say, as of assets that were deleted. */
export interface JobAssets {
  readonly inputs: readonly JobAsset[] | null;
  readonly outputs: readonly JobAsset[] | null;
}

/** How far a job was when it was looked at. */
export interface ProgressPoint {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** 0 to 100. */
  readonly progress: number;
}
