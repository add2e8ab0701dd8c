import { ServiceError } from '../jobs/serviceError.ts';
import type { ApiRequest, Transport } from './transport.ts';

/** What it means that a service refuses a change of a job. */
export const refusals = {
  cancel: 'The job cannot be canceled in its present state.',
  delete: 'The job cannot be deleted in its present state.',
  changePriority: 'The priority cannot be changed in the present state of the job.',
} as const;

/**
 * Sends a change of a job, once. Where the service refuses it by what the documentation has for a job in another state, or
 * what clients met there (400, 409), the error says so; the service's own words stay in it.
 * @throws ServiceError `conflict` for that
 */
export async function sendChange(
  transport: Transport,
  request: Pick<ApiRequest, 'method' | 'resource' | 'body' | 'jobId'>,
  refusal: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await transport.request({ ...request, accept: 'nothing', repeatable: false }, signal);
  } catch (error) {
    throw isRefusal(error) ? refused(error, refusal) : error;
  }
}

function isRefusal(error: unknown): error is ServiceError {
  return (
    ServiceError.is(error) && (error.kind === 'badRequest' || error.kind === 'conflict') && error.status !== undefined
  );
}

function refused(error: ServiceError, sentence: string): ServiceError {
  const { status, requestId, retryAfterMs } = error;
  return new ServiceError('conflict', `${sentence} ${error.message}`, {
    ...(status === undefined ? {} : { status }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause: error,
  });
}
