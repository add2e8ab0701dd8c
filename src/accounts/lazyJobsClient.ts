import type { JobsClient } from '../jobs/jobsClient.ts';
import type { Disposable } from '../jobs/lifecycle.ts';
import type { ServiceCapabilities } from '../jobs/serviceCapabilities.ts';
import { ServiceError } from '../jobs/serviceError.ts';

/** The client of an account, which can also sign in. */
export interface AccountClient extends JobsClient, Disposable {
  /** Gets a new token while a person waits who may be asked. */
  signIn(signal?: AbortSignal): Promise<void>;
}

/**
 * A client that is made on its first use, because making it loads a bundle that start-up does not need. Whoever still
 * holds it after it was disposed gets nowhere: the account is gone, another by now, or signed out.
 */
export class LazyJobsClient implements AccountClient {
  readonly capabilities: ServiceCapabilities;
  readonly #create: () => AccountClient;
  #client: AccountClient | null = null;
  #isDisposed = false;

  /** @param capabilities of the client that is made */
  constructor(capabilities: ServiceCapabilities, create: () => AccountClient) {
    this.capabilities = capabilities;
    this.#create = create;
  }

  listJobs: JobsClient['listJobs'] = async (query, page, signal) => await this.#get().listJobs(query, page, signal);
  listActiveJobs: JobsClient['listActiveJobs'] = async (signal) => await this.#get().listActiveJobs(signal);
  listRunningTasks: JobsClient['listRunningTasks'] = async (signal) => await this.#get().listRunningTasks(signal);
  listDeparted: JobsClient['listDeparted'] = async (ids, signal) => await this.#get().listDeparted(ids, signal);
  countJobs: JobsClient['countJobs'] = async (signal) => await this.#get().countJobs(signal);
  getJob: JobsClient['getJob'] = async (jobId, signal) => await this.#get().getJob(jobId, signal);
  listTasks: JobsClient['listTasks'] = async (jobId, signal) => await this.#get().listTasks(jobId, signal);
  getJobDetails: JobsClient['getJobDetails'] = async (jobId, signal) => await this.#get().getJobDetails(jobId, signal);
  listJobAssets: JobsClient['listJobAssets'] = async (jobId, signal) => await this.#get().listJobAssets(jobId, signal);
  countReservedUnits: JobsClient['countReservedUnits'] = async (signal) => await this.#get().countReservedUnits(signal);
  deleteJob: JobsClient['deleteJob'] = async (jobId, signal) => await this.#get().deleteJob(jobId, signal);
  changePriority: JobsClient['changePriority'] = async (jobId, priority, signal) =>
    await this.#get().changePriority(jobId, priority, signal);
  cancelJob: JobsClient['cancelJob'] = async (jobId, signal) => await this.#get().cancelJob(jobId, signal);
  testConnection: JobsClient['testConnection'] = async (onStep, signal) =>
    await this.#get().testConnection(onStep, signal);
  signIn: AccountClient['signIn'] = async (signal) => await this.#get().signIn(signal);

  dispose(): void {
    this.#isDisposed = true;
    this.#client?.dispose();
  }

  #get(): AccountClient {
    if (this.#isDisposed) {
      throw new ServiceError('aborted', 'The account was removed or signed out.');
    }
    this.#client ??= this.#create();
    return this.#client;
  }
}
