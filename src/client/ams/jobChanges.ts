import { ServiceError } from '../../jobs/serviceError.ts';
import { refusals, sendChange } from '../refusedChange.ts';
import type { Transport } from '../transport.ts';
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
    return sendChange(this.#transport, { resource, jobId }, refusals.cancel, signal);
  }

  /** The service answers 204, and refuses a job that is not final ("Job" entity); by which status nobody recorded. */
  delete(jobId: string, signal: AbortSignal | undefined): Promise<void> {
    const resource = `Jobs(${quotedKey(jobId)})`;
    return sendChange(this.#transport, { method: 'DELETE', resource, jobId }, refusals.delete, signal);
  }

  /** The service answers 204, and refuses unless the job is Queued, as client code has it. */
  async changePriority(jobId: string, priority: number, signal: AbortSignal | undefined): Promise<void> {
    if (!Number.isInteger(priority) || priority < lowestPriority || priority > highestPriority) {
      throw new ServiceError('badRequest', `The priority is no whole number of 32 bits: ${priority}`);
    }
    const resource = `Jobs(${quotedKey(jobId)})`;
    const request = { method: 'MERGE', resource, body: { Priority: priority }, jobId } as const;
    await sendChange(this.#transport, request, refusals.changePriority, signal);
  }
}

/** `Priority` is an Edm.Int32 ("Job" entity). */
const lowestPriority = -(2 ** 31);
const highestPriority = 2 ** 31 - 1;
