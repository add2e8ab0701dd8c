import { ServiceError } from '../jobs/serviceError.ts';

export function abortedError(): ServiceError {
  return new ServiceError('aborted', 'The request was canceled.');
}

/** The promise's outcome, or a `ServiceError` of the kind `aborted` as soon as the signal is aborted. */
export function raceAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) {
    return promise;
  }
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(abortedError());
    if (signal.aborted) {
      onAbort();
    }
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/**
 * A controller that is aborted along with any of the signals, until `unlink` is called. Used instead of
 * `AbortSignal.any`, which leaves a trace on a long-lived signal for every short-lived one derived from it.
 */
export function linkedController(...signals: readonly (AbortSignal | undefined)[]): {
  readonly controller: AbortController;
  unlink(): void;
} {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort();
  for (const signal of signals) {
    if (signal?.aborted) {
      onAbort();
    }
    signal?.addEventListener('abort', onAbort, { once: true });
  }
  return {
    controller,
    unlink: () => {
      for (const signal of signals) {
        signal?.removeEventListener('abort', onAbort);
      }
    },
  };
}
