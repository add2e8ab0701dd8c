import type { JobState, JobTask, ListedJob } from './job.ts';
import type { JobAssets, JobDetails } from './jobDetails.ts';
import type { JobQuery } from './jobQuery.ts';
import type { ServiceCapabilities } from './serviceCapabilities.ts';

/** Where a page begins; opaque to everyone but the client that gave it. */
export type PageToken = string;

/** Which page is wanted. */
export interface PageRequest {
  /** `null` for the first one. */
  readonly token: PageToken | null;
  /** The number of rows wanted, 1 to 1000. */
  readonly pageSize: number;
}

export interface JobPage {
  /** Jobs that may be meant by the query: the service leaves out as many others as it can, so look at each again. */
  readonly jobs: readonly ListedJob[];
  /** Where the next page begins, or `null` at the end. */
  readonly next: PageToken | null;
  /**
   * Whether all pages together are newest first, as far as this one shows. Where they are in another order, only a look
   * at every page tells which jobs are the newest.
   */
  readonly newestFirst: boolean;
}

/** A task that is running, without the job that it belongs to: the service does not name it. */
export interface RunningTask {
  readonly id: string;
  readonly state: JobState;
  readonly progress: number | null;
}

/** What it takes to ask a service, in this order. A redirect is followed only where the service answers with one. */
export type ConnectionStep = 'signIn' | 'redirect' | 'query';

/**
 * A service that runs jobs, for one account. Every method rejects with a `ServiceError` and nothing else, and stops
 * early with the kind `aborted` when its signal is aborted. Each sends requests of its own; none is repeated in the
 * background. What the service turns out not to support is done another way, and remembered.
 */
export interface JobsClient {
  /** Known before anything is asked, and always the same. */
  readonly capabilities: ServiceCapabilities;

  /** One page of jobs, newest first where the service can. */
  listJobs(query: JobQuery, page: PageRequest, signal?: AbortSignal): Promise<JobPage>;

  /**
   * All jobs that are not in a final state, those in states that we do not know among them, in no order. Where others
   * come in the same answer, they are here as well: then they need not be asked for as departed.
   */
  listActiveJobs(signal?: AbortSignal): Promise<readonly ListedJob[]>;

  /**
   * The running tasks of all jobs, or `null` where the service can only be asked for the tasks of one job. Not to be
   * asked where jobs come with their tasks.
   */
  listRunningTasks(signal?: AbortSignal): Promise<readonly RunningTask[] | null>;

  /**
   * The jobs with these ids, as far as there are such jobs, in no order. Meant for jobs that were active when they were
   * last listed and are not any more: up to 1,000 of them cost one request where the service can.
   */
  listDeparted(jobIds: readonly string[], signal?: AbortSignal): Promise<readonly ListedJob[]>;

  /** How many jobs there are in all, or `null` where the service cannot say. */
  countJobs(signal?: AbortSignal): Promise<number | null>;

  /**
   * One job by its id. Rejects with `badRequest` where the id is malformed, and with `notFound` where there is no such
   * job. Only a `notFound` without an HTTP status says so: the service was asked for the jobs with this id, and answered
   * that there are none. An HTTP 404 or 410 comes from a gateway or a wrong address and says nothing of the job.
   */
  getJob(jobId: string, signal?: AbortSignal): Promise<ListedJob>;

  /** The tasks of one job with their progress and errors. */
  listTasks(jobId: string, signal?: AbortSignal): Promise<readonly JobTask[]>;

  /** One job with its tasks and all that the service says of them. Rejects as `getJob` does. */
  getJobDetails(jobId: string, signal?: AbortSignal): Promise<JobDetails>;

  /** What one job reads and writes, by name. */
  listJobAssets(jobId: string, signal?: AbortSignal): Promise<JobAssets>;

  /** How many tasks the account can run at a time, or `null` where the service does not say. */
  countReservedUnits(signal?: AbortSignal): Promise<number | null>;

  /**
   * Asks the service to cancel an active job. The job is Canceling afterwards, or already Canceled. Rejects with
   * `conflict` where the service refuses, as do the next two.
   */
  cancelJob(jobId: string, signal?: AbortSignal): Promise<void>;

  /** Deletes a job that is in a final state. */
  deleteJob(jobId: string, signal?: AbortSignal): Promise<void>;

  /**
   * Changes the priority of a job that is Queued: of two jobs, the one with the higher priority runs first.
   * @param priority as the capabilities have it: a whole number of 32 bits, or the number of a level from 0
   */
  changePriority(jobId: string, priority: number, signal?: AbortSignal): Promise<void>;

  /**
   * Walks through what it takes to ask the service, to see whether the account works.
   * @param onStep hears of each step as it begins, so that a failure can be told with its step
   * @returns the API root that answered
   */
  testConnection(onStep: (step: ConnectionStep) => void, signal?: AbortSignal): Promise<{ readonly endpoint: string }>;
}
