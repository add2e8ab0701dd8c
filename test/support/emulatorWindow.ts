import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { holdLease } from '../../src/accounts/emulatorAdmin.ts';
import { parseEmulatorLine } from '../../src/accounts/emulatorInfo.ts';
import { launchEmulator } from '../../src/accounts/emulatorLaunch.ts';
import { SharedFolder } from '../../src/accounts/sharedFolder.ts';
import { systemClock } from '../../src/jobs/clock.ts';

/**
 * A window in a process of its own that has all that a window can leave behind: the lease of an account, and an emulator
 * that it started and holds. It prints the emulator's line once it has both, and stays until it is ended.
 *
 * Arguments: the folder, how long the emulator outlives its last window in seconds.
 */
const [folder = '', graceSeconds = '1'] = process.argv.slice(2);
const log = (message: string): void => console.error(message);
const shared = new SharedFolder({ folder: path.join(folder, 'windows'), clock: systemClock, log });
setInterval(() => undefined, 1_000);

await mkdir(folder, { recursive: true });
const lease = await shared.account('contoso', 'f').acquire();
const line = await launchEmulator({
  bundle: fileURLToPath(new URL('../../src/emulator/main.ts', import.meta.url)),
  folder,
  clock: systemClock,
  log,
  arguments: ['--state', path.join(folder, 'state.json'), '--lease-grace', graceSeconds, '--jobs', '0'],
});
const emulator = parseEmulatorLine(line);
if (lease && emulator) {
  holdLease({ ...emulator, ca: await readFile(emulator.caFile, 'utf8') }, (reason) => log(reason));
  console.log(line);
}
