import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { type Planted, SecretSearch } from '../../support/secretSearch.ts';

/** Where the local emulator keeps its files, in the user data of VS Code. */
const emulatorFolder = join('data', 'User', 'globalStorage', 'media-services-jobs.media-services-jobs', 'emulator');
const control: Planted = { name: 'control', value: 'a-control-that-must-be-found' };

/** The file that the local emulator is resumed from. */
export function stateOfEmulator(dataFolder: string): string {
  return join(dataFolder, emulatorFolder, 'state.json');
}

/**
 * Looks for secrets in all that a window leaves behind and shows: the user data of its VS Code (logs, settings, storage)
 * and the text of its pages. The local emulator keeps its own in its own folder, and only there.
 * @returns the places where there was one; empty as it should be
 */
export async function secretsLeftIn(
  dataFolder: string,
  context: BrowserContext,
  secrets: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const own = await secretsOfEmulator(stateOfEmulator(dataFolder));
  const planted = Object.entries(secrets).map(([name, value]) => ({ name, value }));
  const search = new SecretSearch([...planted, ...own, control]);
  await writeFile(join(dataFolder, 'control.txt'), JSON.stringify({ control: control.value }));
  const { finds } = await search.inFolder(dataFolder);
  if (!finds.some(({ secret }) => secret === control.name)) {
    throw new Error('What was put into the user data on purpose was not found there.');
  }
  for (const page of context.pages()) {
    const texts = await Promise.all(
      page.frames().map((frame) =>
        frame
          .locator('body')
          .innerText({ timeout: 2_000 })
          .catch(() => ''),
      ),
    );
    finds.push(...search.in(`the window (${page.url()})`, texts.join('\n')));
  }
  const ownNames = new Set(own.map(({ name }) => name));
  return finds
    .filter(
      ({ secret, place }) =>
        secret !== control.name && !(ownNames.has(secret) && place.startsWith(join(dataFolder, emulatorFolder))),
    )
    .map(({ secret, place }) => `${secret}: ${place}`);
}

async function secretsOfEmulator(stateFile: string): Promise<Planted[]> {
  const text = await readFile(stateFile, 'utf8').catch(() => null);
  if (text === null) {
    return [];
  }
  const { secrets } = JSON.parse(text) as { readonly secrets: Readonly<Record<string, unknown>> };
  return ['clientSecret', 'accountKey', 'swtKey', 'adminToken'].map((name) => ({
    name: `${name} of the local emulator`,
    value: String(secrets[name]),
  }));
}
