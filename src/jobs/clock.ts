import type { Disposable } from './lifecycle.ts';

/** Time as the rest of the code sees it, so that tests can run it by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls back once after `delayMs` milliseconds, unless disposed before. */
  setTimeout(callback: () => void, delayMs: number): Disposable;
}

/** The furthest time before or after the Unix epoch that `Date` can hold, in milliseconds (ECMA-262). */
export const maxTime = 8.64e15;

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return { dispose: () => clearTimeout(timer) };
  },
};

/**
 * Resolves after `delayMs` milliseconds.
 * @throws the signal's reason as soon as the signal is aborted.
 */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      timer.dispose();
      reject(signal?.reason as Error);
    };
    const timer = clock.setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
