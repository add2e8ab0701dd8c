import type { JobRecord, JobState, JobTask } from './job.ts';

/** Which jobs of an account to list. Empty means all. */
export interface JobQuery {
  readonly state?: JobState;
}

/** Where a page begins; opaque to everyone but the client that gave it. */
export type PageToken = string;

export interface JobPage {
  readonly jobs: readonly JobRecord[];
  /** Where the next page begins, or `null` at the end. */
  readonly next: PageToken | null;
}

/**
 * A service that runs jobs, for one account. Every method rejects with a `ServiceError` and nothing else, and stops
 * early with the kind `aborted` when its signal is aborted. Each may send a request of its own; none is repeated in
 * the background.
 */
export interface JobsClient {
  /** One page of jobs, in the service's own order. `pageSize` is the number of rows wanted, 1 to 1000. */
  listJobs(
    query: JobQuery,
    page: { readonly token: PageToken | null; readonly pageSize: number },
    signal?: AbortSignal,
  ): Promise<JobPage>;

  /** One job by its id. Rejects with `notFound` where there is none, with `badRequest` where the id is malformed. */
  getJob(jobId: string, signal?: AbortSignal): Promise<JobRecord>;

  /** The tasks of one job with their progress and errors. */
  listTasks(jobId: string, signal?: AbortSignal): Promise<readonly JobTask[]>;

  /** Asks the service to cancel an active job. The job is Canceling afterwards, or already Canceled. */
  cancelJob(jobId: string, signal?: AbortSignal): Promise<void>;
}
