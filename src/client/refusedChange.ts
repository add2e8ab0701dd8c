import { ServiceError } from '../jobs/serviceError.ts';

/**
 * Runs a change of a job. Where the service refuses it by what the documentation has for a job in another state, or what
 * clients met there (400, 409), the error says so; the service's own words stay in it.
 * @param sentence what the refusal means
 * @throws ServiceError `conflict` for that
 */
export async function orConflict<T>(sentence: string, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    throw isRefusal(error) ? refused(error, sentence) : error;
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
