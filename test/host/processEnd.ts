import { constants } from 'node:os';

/**
 * Calls `clean` when this process ends before `clean` was called off: by itself or by a signal. A process that starts
 * others or makes temporary folders must not leave them behind, however it ends. `clean` cannot wait for anything.
 *
 * @returns calls it off
 */
export function onProcessEnd(clean: () => void): () => void {
  process.once('exit', clean);
  for (const signal of endingSignals) {
    if (!process.listeners(signal).includes(exitBySignal)) {
      process.on(signal, exitBySignal);
    }
  }
  return () => void process.removeListener('exit', clean);
}

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Without a listener a signal ends Node without the exit event; with another one, it is that one's to decide. */
function exitBySignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) === 1) {
    process.exit(128 + constants.signals[signal]);
  }
}
