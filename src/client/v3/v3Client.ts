import { forEachParallel } from '../../jobs/forEachParallel.ts';
import type { JobTask, ListedJob } from '../../jobs/job.ts';
import type { JobAssets, JobDetails } from '../../jobs/jobDetails.ts';
import type { JobQuery } from '../../jobs/jobQuery.ts';
import type { ConnectionStep, JobPage, PageToken } from '../../jobs/jobsClient.ts';
import type { ServiceCapabilities } from '../../jobs/serviceCapabilities.ts';
import type { ClientConnection } from '../connection.ts';
import { guard, type ServiceClient, tryConnection } from '../serviceClient.ts';
import { type MergedPages, mostAtOnce } from './mergedPages.ts';
import type { SingleJobs } from './singleJobs.ts';

/** How one service lists its jobs. */
export interface JobLists {
  readonly pages: MergedPages;
  /** All active jobs, and others that came along. */
  active(signal: AbortSignal | undefined): Promise<readonly ListedJob[]>;
  count(signal: AbortSignal | undefined): Promise<number | null>;
  /** Asks plainly, to see whether the account works. */
  probe(signal: AbortSignal | undefined): Promise<void>;
  /** Forgets what was learned, as at sign-out. */
  forget(): void;
}

/** The jobs of one account of a service that has the job records of Azure Media Services v3. */
export class V3Client implements ServiceClient {
  readonly capabilities: ServiceCapabilities;
  readonly #connection: ClientConnection;
  readonly #jobs: SingleJobs;
  readonly #lists: JobLists;

  constructor(connection: ClientConnection, capabilities: ServiceCapabilities, jobs: SingleJobs, lists: JobLists) {
    this.capabilities = capabilities;
    this.#connection = connection;
    this.#jobs = jobs;
    this.#lists = lists;
  }

  get endpoint(): string {
    return this.#connection.endpoint.root.href;
  }

  listJobs(
    query: JobQuery,
    page: { readonly token: PageToken | null; readonly pageSize: number },
    signal?: AbortSignal,
  ): Promise<JobPage> {
    return guard(() => this.#lists.pages.list(query, page, signal));
  }

  listActiveJobs(signal?: AbortSignal): Promise<readonly ListedJob[]> {
    return guard(() => this.#lists.active(signal));
  }

  /** Every job comes with its tasks. */
  listRunningTasks(): Promise<null> {
    return Promise.resolve(null);
  }

  listDeparted(jobIds: readonly string[], signal?: AbortSignal): Promise<readonly ListedJob[]> {
    return guard(async () => {
      const found: ListedJob[] = [];
      await forEachParallel(jobIds, mostAtOnce, async (id) => {
        const job = await this.#jobs.find(id, signal);
        if (job) {
          found.push(job);
        }
      });
      return found;
    });
  }

  countJobs(signal?: AbortSignal): Promise<number | null> {
    return guard(() => this.#lists.count(signal));
  }

  getJob(jobId: string, signal?: AbortSignal): Promise<ListedJob> {
    return guard(() => this.#jobs.job(jobId, signal));
  }

  listTasks(jobId: string, signal?: AbortSignal): Promise<readonly JobTask[]> {
    return guard(async () => (await this.#jobs.job(jobId, signal)).tasks);
  }

  getJobDetails(jobId: string, signal?: AbortSignal): Promise<JobDetails> {
    return guard(() => this.#jobs.details(jobId, signal));
  }

  listJobAssets(jobId: string, signal?: AbortSignal): Promise<JobAssets> {
    return guard(() => this.#jobs.assets(jobId, signal));
  }

  /** What an account can run at a time is nothing that these services tell. */
  countReservedUnits(): Promise<null> {
    return Promise.resolve(null);
  }

  cancelJob(jobId: string, signal?: AbortSignal): Promise<void> {
    return guard(() => this.#jobs.cancel(jobId, signal));
  }

  deleteJob(jobId: string, signal?: AbortSignal): Promise<void> {
    return guard(() => this.#jobs.delete(jobId, signal));
  }

  changePriority(jobId: string, priority: number, signal?: AbortSignal): Promise<void> {
    return guard(() => this.#jobs.changePriority(jobId, priority, signal));
  }

  signIn(signal?: AbortSignal): Promise<void> {
    return guard(() => this.#connection.tokens.signIn(signal));
  }

  testConnection(onStep: (step: ConnectionStep) => void, signal?: AbortSignal): Promise<{ readonly endpoint: string }> {
    const query = () => this.#lists.probe(signal);
    return guard(() => tryConnection(this.#connection, onStep, query, signal));
  }

  forgetEndpoint(): void {
    this.#connection.endpoint.forget();
    this.#lists.forget();
  }

  forgetToken(): void {
    this.#connection.tokens.forget();
  }

  dispose(): void {
    this.#connection.dispose();
  }
}
