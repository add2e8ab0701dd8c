import { startEmulator } from '../../src/emulator/emulator.ts';
import { emulatorAccount } from '../../test/journeys/support/emulatorAccount.ts';

/** What time it is in the pictures; milliseconds since the Unix epoch. */
export const pictureTime = Date.UTC(2026, 8, 1, 9, 30);

/**
 * How long ago the emulator started: long enough for the time left to be known of a job that had just begun then, and
 * such that no time left is about to become another number of minutes.
 */
const headStartMs = 42_000;

/** An emulator of which time stands still: the same jobs at the same percents, each time and for as long as it takes. */
export async function startPictureAccount(): Promise<ReturnType<typeof emulatorAccount> & { close(): Promise<void> }> {
  let now = pictureTime - headStartMs;
  const emulator = await startEmulator({ now: () => now, arrivalsPerMinute: 0 });
  now = pictureTime;
  return { ...emulatorAccount(emulator.connection), close: () => emulator.close() };
}
