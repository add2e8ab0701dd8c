import type { Clock } from '../jobs/clock.ts';
import { abortedError, linkedController, raceAbort } from './signals.ts';

/**
 * Does work that knows no cancellation of its own under a signal and a limit of time.
 * @param explain what to throw for an error of the work, or for none: the time was over
 */
export async function withTimeLimit<T>(
  limit: { readonly clock: Clock; readonly ms: number; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
  explain: (thrown: unknown, timedOut: boolean) => Error,
): Promise<T> {
  if (limit.signal.aborted) {
    throw abortedError();
  }
  const { controller, unlink } = linkedController(limit.signal);
  let timedOut = false;
  const timer = limit.clock.setTimeout(() => {
    timedOut = true;
    controller.abort();
  }, limit.ms);
  try {
    return await raceAbort(work(controller.signal), controller.signal);
  } catch (error) {
    throw limit.signal.aborted ? abortedError() : explain(error, timedOut);
  } finally {
    timer.dispose();
    unlink();
    // Whatever the work left waiting learns that nobody waits for it.
    controller.abort();
  }
}
