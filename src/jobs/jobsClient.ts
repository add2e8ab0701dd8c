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

/** What it takes to ask a service, in this order. A redirect is followed only where the service answers with one. */
export type ConnectionStep = 'signIn' | 'redirect' | 'query';

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

  /**
   * One job by its id. Rejects with `badRequest` where the id is malformed, and with `notFound` where there is no such
   * job. Only a `notFound` without an HTTP status says so: the service was asked for the jobs with this id, and answered
   * that there are none. An HTTP 404 or 410 comes from a gateway or a wrong address and says nothing of the job.
   */
  getJob(jobId: string, signal?: AbortSignal): Promise<JobRecord>;

  /** The tasks of one job with their progress and errors. */
  listTasks(jobId: string, signal?: AbortSignal): Promise<readonly JobTask[]>;

  /** Asks the service to cancel an active job. The job is Canceling afterwards, or already Canceled. */
  cancelJob(jobId: string, signal?: AbortSignal): Promise<void>;

  /**
   * Walks through what it takes to ask the service, to see whether the account works.
   * @param onStep hears of each step as it begins, so that a failure can be told with its step
   * @returns the API root that answered
   */
  testConnection(onStep: (step: ConnectionStep) => void, signal?: AbortSignal): Promise<{ readonly endpoint: string }>;
}
