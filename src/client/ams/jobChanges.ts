import { ServiceError } from '../../jobs/serviceError.ts';
import type { ApiRequest, Transport } from '../transport.ts';
import { quotedKey } from './jobRequests.ts';

/** What can be changed of a job. Each is sent once and never repeated by itself. */
export class JobChanges {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * `CancelJob` is a GET with an effect. The service answers 204, and 400 for a job that is already Finished, Error,
   * Canceled or Canceling ("REST API functions").
   */
  cancel(jobId: string, signal: AbortSignal | undefined): Promise<void> {
    const resource = `CancelJob?jobid=${quotedKey(jobId)}`;
    return this.#send({ resource, jobId }, 'The job cannot be canceled in its present state.', signal);
  }

  /** The service answers 204, and refuses a job that is not final ("Job" entity); by which status nobody recorded. */
  delete(jobId: string, signal: AbortSignal | undefined): Promise<void> {
    const resource = `Jobs(${quotedKey(jobId)})`;
    const refusal = 'The job cannot be deleted in its present state.';
    return this.#send({ method: 'DELETE', resource, jobId }, refusal, signal);
  }

  /** The service answers 204, and refuses unless the job is Queued, as client code has it. */
  async changePriority(jobId: string, priority: number, signal: AbortSignal | undefined): Promise<void> {
    if (!Number.isInteger(priority) || priority < lowestPriority || priority > highestPriority) {
      throw new ServiceError('badRequest', `The priority is no whole number of 32 bits: ${priority}`);
    }
    const resource = `Jobs(${quotedKey(jobId)})`;
    const refusal = 'The priority cannot be changed in the present state of the job.';
    await this.#send({ method: 'MERGE', resource, body: { Priority: priority }, jobId }, refusal, signal);
  }

  async #send(
    request: Pick<ApiRequest, 'method' | 'resource' | 'body' | 'jobId'>,
    refusal: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    try {
      await this.#transport.request({ ...request, accept: 'nothing', repeatable: false }, signal);
    } catch (error) {
      throw isRefusal(error) ? refused(error, refusal) : error;
    }
  }
}

/** `Priority` is an Edm.Int32 ("Job" entity). */
const lowestPriority = -(2 ** 31);
const highestPriority = 2 ** 31 - 1;

function isRefusal(error: unknown): error is ServiceError {
  return (
    ServiceError.is(error) && (error.kind === 'badRequest' || error.kind === 'conflict') && error.status !== undefined
  );
}

/** The service's own words stay in it. */
function refused(error: ServiceError, sentence: string): ServiceError {
  const { status, requestId, retryAfterMs } = error;
  return new ServiceError('conflict', `${sentence} ${error.message}`, {
    ...(status === undefined ? {} : { status }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause: error,
  });
}
