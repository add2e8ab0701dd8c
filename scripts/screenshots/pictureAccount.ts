import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { makeTemporaryFolder } from '../../test/host/temporaryFolder.ts';
import { emulatorAccount } from '../../test/journeys/support/emulatorAccount.ts';

/** What time it is in the pictures; milliseconds since the Unix epoch. */
const pictureTime = Date.UTC(2026, 8, 1, 9, 30);

/**
 * How long ago the emulator started: long enough for the time left to be known of a job that had just begun then, and
 * such that no time left is about to become another number of minutes.
 */
const headStartMs = 42_000;

export interface PictureAccount {
  readonly settings: ReturnType<typeof emulatorAccount>['settings'];
  /** The same account beside one of each other service, which wait for their secrets. */
  readonly settingsOfAll: Readonly<Record<string, unknown>>;
  /** What a person enters for an account of MK.IO and one of Ravnur. */
  readonly secrets: { readonly mkio: string; readonly ravnur: string };
  /** For the window. */
  readonly env: NodeJS.ProcessEnv;
  /** Has so many milliseconds go by, for the emulator and in the window. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** An emulator of which time stands still: the same jobs at the same percents, each time and for as long as it takes. */
export async function startPictureAccount(): Promise<PictureAccount> {
  const folder = await makeTemporaryFolder();
  const aheadFile = join(folder.path, 'ahead');
  let now = pictureTime - headStartMs;
  const emulator = await startEmulator({ now: () => now, arrivalsPerMinute: 0 });
  now = pictureTime;
  const advance = async (ms: number): Promise<void> => {
    now += ms;
    await writeFile(aheadFile, String(now - pictureTime));
  };
  await advance(0);
  const { settings, env } = emulatorAccount(emulator.connection);
  const { mkio, ravnur } = emulator.connection;
  const { token, endpoint, project } = mkio;
  const { apiKey, ...place } = ravnur;
  const accounts = [
    ...(settings['mediaServices.accounts'] as object[]).map((account) => ({ ...account, name: 'contoso-ams' })),
    { name: 'contoso-mkio', kind: 'mkio', endpoint, project, authentication: { method: 'token' } },
    { name: 'contoso-ravnur', kind: 'ravnur', ...place, authentication: { method: 'apiKey' } },
  ];
  return {
    settings,
    // So few that all accounts are seen at once.
    settingsOfAll: { 'mediaServices.accounts': accounts, 'mediaServices.jobs.pageSize': 5 },
    secrets: { mkio: token, ravnur: apiKey },
    env: { ...env, PICTURE_TIME: String(pictureTime), PICTURE_TIME_AHEAD: aheadFile, TZ: 'UTC' },
    advance,
    close: async () => {
      await emulator.close();
      await folder.dispose();
    },
  };
}
