import type { JobsClient } from '../jobs/jobsClient.ts';
import type { Disposable } from '../jobs/lifecycle.ts';
import { ServiceError } from '../jobs/serviceError.ts';

/**
 * A client that is made on its first use, because making it loads a bundle that start-up does not need. Whoever still
 * holds it after it was disposed gets nowhere: the account is gone, another by now, or signed out.
 */
export class LazyJobsClient implements JobsClient, Disposable {
  readonly #create: () => JobsClient & Disposable;
  #client: (JobsClient & Disposable) | null = null;
  #isDisposed = false;

  constructor(create: () => JobsClient & Disposable) {
    this.#create = create;
  }

  listJobs: JobsClient['listJobs'] = async (query, page, signal) => await this.#get().listJobs(query, page, signal);
  getJob: JobsClient['getJob'] = async (jobId, signal) => await this.#get().getJob(jobId, signal);
  listTasks: JobsClient['listTasks'] = async (jobId, signal) => await this.#get().listTasks(jobId, signal);
  cancelJob: JobsClient['cancelJob'] = async (jobId, signal) => await this.#get().cancelJob(jobId, signal);

  dispose(): void {
    this.#isDisposed = true;
    this.#client?.dispose();
  }

  #get(): JobsClient {
    if (this.#isDisposed) {
      throw new ServiceError('aborted', 'The account was removed or signed out.');
    }
    this.#client ??= this.#create();
    return this.#client;
  }
}
