import { forEachParallel } from '../../jobs/forEachParallel.ts';
import type { JobTask, ListedJob } from '../../jobs/job.ts';
import type { JobAssets, JobDetails } from '../../jobs/jobDetails.ts';
import type { JobQuery } from '../../jobs/jobQuery.ts';
import type { JobPage, PageRequest } from '../../jobs/jobsClient.ts';
import type { ServiceCapabilities } from '../../jobs/serviceCapabilities.ts';
import { ConnectedClient } from '../connectedClient.ts';
import type { ClientConnection } from '../connection.ts';
import { guard, type ServiceClient } from '../serviceClient.ts';
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
export class V3Client extends ConnectedClient implements ServiceClient {
  readonly capabilities: ServiceCapabilities;
  readonly #jobs: SingleJobs;
  readonly #lists: JobLists;

  constructor(connection: ClientConnection, capabilities: ServiceCapabilities, jobs: SingleJobs, lists: JobLists) {
    super(connection, jobs);
    this.capabilities = capabilities;
    this.#jobs = jobs;
    this.#lists = lists;
  }

  listJobs(query: JobQuery, page: PageRequest, signal?: AbortSignal): Promise<JobPage> {
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

  override forgetEndpoint(): void {
    super.forgetEndpoint();
    this.#lists.forget();
  }

  protected override probe(signal: AbortSignal | undefined): Promise<void> {
    return this.#lists.probe(signal);
  }
}
