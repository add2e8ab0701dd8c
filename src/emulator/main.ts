import { setTimeout as delay } from 'node:timers/promises';
import { parseCommandLine, UsageError, usage } from './commandLine.ts';
import { type ConnectionInfo, type EmulatorOptions, type RunningEmulator, startEmulator } from './emulator.ts';
import { PortInUseError } from './loopbackServer.ts';
import { type SharedOptions, startShared } from './sharedEmulator.ts';

const interruptedStartMs = 1000;
const flushMs = 500;
const exitCodes = { done: 0, failed: 1, usage: 2, nothingToResume: 3 } as const;

/** Serves until told to end. Resolves with the process's exit code. */
async function main(args: readonly string[]): Promise<number> {
  const interrupted = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  const command = parseCommandLine(args);
  if (command.kind === 'help') {
    process.stdout.write(usage);
    return exitCodes.done;
  }
  const starting = start(command.options, command.shared);
  const started = await Promise.race([starting, interrupted.then(() => inTime(starting))]);
  if (!started) {
    return exitCodes.done;
  }
  const reason = await Promise.race([interrupted, started.emulator.ended]);
  await started.end(reason === 'stopped');
  return exitCodes.done;
}

/** Interrupted while starting: a start that is nearly done is ended in order, one that waits for others is not. */
function inTime(starting: Promise<Started | null>): Promise<Started | null> {
  return Promise.race([starting, delay(interruptedStartMs, null)]);
}

interface Started {
  readonly emulator: RunningEmulator;
  readonly end: (forGood: boolean) => Promise<void>;
}

/** Starts an emulator and says where it is; null where one runs already and only that was said. */
async function start(options: EmulatorOptions, sharing: SharedOptions | null): Promise<Started | null> {
  if (sharing === null) {
    const emulator = await startEmulator(options);
    announce(emulator.connection);
    return { emulator, end: () => emulator.close() };
  }
  const shared = await startShared(sharing, options);
  if (shared.kind === 'nothing to resume') {
    throw new NothingToResumeError();
  }
  if (shared.kind === 'existing') {
    announce(shared.connection);
    return null;
  }
  announce(shared.emulator.connection);
  return shared;
}

function announce(connection: ConnectionInfo): void {
  process.stdout.write(`${JSON.stringify(connection)}\n`);
}

class NothingToResumeError extends Error {}

/** What went wrong in one sentence, and the exit code that goes with it. */
function explain(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n\n${usage}`);
    return exitCodes.usage;
  }
  if (error instanceof NothingToResumeError) {
    process.stderr.write('There is no emulator to join or to go on with.\n');
    return exitCodes.nothingToResume;
  }
  if (error instanceof PortInUseError) {
    process.stderr.write(`Port ${error.port} is in use; choose another with --port, or 0 for any.\n`);
  } else {
    process.stderr.write(`The emulator cannot run: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  return exitCodes.failed;
}

// Whoever started the emulator may read its first line and go: a broken pipe is not its end.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
// Not by letting the event loop run dry: kept-alive connections and leases would hold it.
main(process.argv.slice(2)).catch(explain).then(exit, exit);

function exit(code: unknown): void {
  const leave = () => process.exit(typeof code === 'number' ? code : exitCodes.failed);
  // Pipes are written asynchronously on some systems: what was said must still arrive, if anyone reads it.
  process.stdout.write('', () => process.stderr.write('', leave));
  setTimeout(leave, flushMs);
}
