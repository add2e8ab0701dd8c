import type { JobAssets, JobDetails } from '../../jobs/jobDetails.ts';
import { ServiceError } from '../../jobs/serviceError.ts';
import { ownProperty, parseJson } from '../odata.ts';
import { refusals, sendChange } from '../refusedChange.ts';
import type { ApiRequest, Transport } from '../transport.ts';
import { jobPath } from './addresses.ts';
import { type JobWithTasks, outputsOf, readJobAssets, readJobRecord } from './jobRecords.ts';
import { priorityNames } from './v3Capabilities.ts';

export interface SingleJobsOptions {
  readonly transport: Transport;
  /** The address of what is below the account or project. */
  readonly resource: (path: string) => string;
  /**
   * Asks whether there is the account or project, so that a job which the API does not know is gone, and not all of it.
   * @throws ServiceError why that is not certain
   */
  readonly confirm: (signal: AbortSignal | undefined) => Promise<void>;
  /** The service has this job. */
  readonly onFound?: (jobId: string) => void;
  /** A person changed this job, or had it deleted. */
  readonly onChanged?: (jobId: string) => void;
}

/** Single jobs by their ids. A change is sent once and never repeated by itself. */
export class SingleJobs {
  readonly #options: SingleJobsOptions;

  constructor(options: SingleJobsOptions) {
    this.#options = options;
  }

  async job(jobId: string, signal: AbortSignal | undefined): Promise<JobWithTasks> {
    return (await this.#read(jobId, signal)).job;
  }

  /** @returns `null` where the service says that it has none */
  async find(jobId: string, signal: AbortSignal | undefined): Promise<JobWithTasks | null> {
    try {
      return await this.job(jobId, signal);
    } catch (error) {
      if (ServiceError.is(error) && error.kind === 'notFound' && error.status === undefined) {
        return null;
      }
      throw error;
    }
  }

  async details(jobId: string, signal: AbortSignal | undefined): Promise<JobDetails> {
    const { job, record } = await this.#read(jobId, signal);
    return { job, tasks: job.tasks, events: new Map(), raw: { job: record, tasks: outputsOf(record) } };
  }

  async assets(jobId: string, signal: AbortSignal | undefined): Promise<JobAssets> {
    return readJobAssets((await this.#read(jobId, signal)).record);
  }

  /** The service answers 200 with nothing. */
  cancel(jobId: string, signal: AbortSignal | undefined): Promise<void> {
    const resource = this.#options.resource(jobPath(jobId, 'cancelJob'));
    return this.#change({ method: 'POST', resource, jobId }, refusals.cancel, signal);
  }

  /** The service answers 200, or 204 where there was nothing to delete: then it is as the person wants it to be. */
  delete(jobId: string, signal: AbortSignal | undefined): Promise<void> {
    const resource = this.#options.resource(jobPath(jobId));
    return this.#change({ method: 'DELETE', resource, jobId }, refusals.delete, signal);
  }

  /**
   * `PATCH` takes a priority beside the input and the outputs as they are. In a later state it may be ignored without a
   * word ("Jobs - Update"), so that is refused here.
   * @param priority the number of a level
   */
  async changePriority(jobId: string, priority: number, signal: AbortSignal | undefined): Promise<void> {
    const level = priorityNames[priority];
    if (level === undefined) {
      throw new ServiceError('badRequest', `The service has no such priority: ${priority}`);
    }
    const { record, job } = await this.#read(jobId, signal);
    if (!mayChange.has(job.state) && !job.state.startsWith('Unknown(')) {
      throw new ServiceError('conflict', refusals.changePriority);
    }
    const [input, outputs] = ['input', 'outputs'].map((name) => ownProperty(ownProperty(record, 'properties'), name));
    const body = { properties: { priority: level, input, outputs } };
    const resource = this.#options.resource(jobPath(jobId));
    await this.#change({ method: 'PATCH', resource, body, jobId }, refusals.changePriority, signal);
  }

  async #read(jobId: string, signal: AbortSignal | undefined): Promise<{ record: unknown; job: JobWithTasks }> {
    const { transport, resource, confirm, onFound } = this.#options;
    const request = { resource: resource(jobPath(jobId)), accept: 'json', repeatable: true, jobId } as const;
    const reply = await transport.request({ ...request, mayBeMissing: true }, signal);
    if (reply.status === 404) {
      await confirm(signal);
      throw new ServiceError('notFound', `The account has no job with this id: ${jobId}`);
    }
    const record = parseJson(reply.body);
    const job = readJobRecord(record);
    if (job.id.toLowerCase() !== jobId.toLowerCase()) {
      throw new ServiceError('badReply', `The service answered with another job than this: ${jobId}`);
    }
    onFound?.(job.id);
    return { record, job };
  }

  async #change(
    request: Pick<ApiRequest, 'method' | 'resource' | 'body'> & { readonly jobId: string },
    refusal: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    await sendChange(this.#options.transport, request, refusal, signal);
    this.#options.onChanged?.(request.jobId);
  }
}

const mayChange: ReadonlySet<string> = new Set(['Queued', 'Scheduled']);
