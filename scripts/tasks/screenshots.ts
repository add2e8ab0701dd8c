/**
 * `npm run screenshots`: takes every picture of README and walkthrough, or those of the scenes that are named, from the
 * real window with the packaged extension. Jobs, percents and times in them are the same in every run.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type JourneyWindow, openJourneyWindow } from '../../test/journeys/support/journeyWindow.ts';
import { interruption } from '../lib/interruption.ts';
import { packageExtension } from '../lib/packageExtension.ts';
import { inProject } from '../lib/project.ts';
import { type PictureAccount, startPictureAccount } from '../screenshots/pictureAccount.ts';
import { maxPictureBytes, picturePath, purposes, type Scene } from '../screenshots/scene.ts';
import { scenes } from '../screenshots/scenes.ts';
import { smallPng } from '../screenshots/smallPng.ts';
import { takePicture } from '../screenshots/takePicture.ts';

const mostAttempts = 3;

const names = process.argv.slice(2);
const unknown = names.filter((name) => !scenes.some((scene) => scene.name === name));
if (unknown.length > 0) {
  throw new Error(`There is no scene ${unknown.join(', ')}. There are ${scenes.map(({ name }) => name).join(', ')}.`);
}
const selected = scenes.filter(({ name }) => names.length === 0 || names.includes(name));

const started = performance.now();
const interrupted = interruption();
const { path: vsix } = await packageExtension();
for (const scene of selected) {
  // Each begins at the same moment.
  const account = await startPictureAccount();
  try {
    await takeScene(scene, account);
  } finally {
    await account.close();
  }
}
console.log(`Done in ${Math.round((performance.now() - started) / 1_000)} s.`);

async function takeScene(scene: Scene, account: PictureAccount): Promise<void> {
  const window = await openJourneyWindow({
    vsix,
    settings: { emulator: account.settings, ofEachService: account.settingsOfAll, none: {} }[scene.account],
    env: account.env,
    nodeArguments: ['--require', inProject('scripts', 'screenshots', 'pictureTime.cjs')],
    size: scene.size,
    deviceScaleFactor: purposes[scene.purpose].scale,
    language: 'en',
    report: (message) => console.log(message),
  });
  try {
    const signal = await Promise.race([takeThemes(scene, window, account), interrupted]);
    if (signal) {
      throw new Error(`Interrupted by ${signal}.`);
    }
  } catch (error) {
    await window.picture(inProject('out', 'failure.png')).catch(() => undefined);
    throw new Error(`Could not take "${scene.name}"; out/failure.png is what the window showed.`, { cause: error });
  } finally {
    await window.dispose();
  }
}

async function takeThemes(scene: Scene, window: JourneyWindow, account: PictureAccount): Promise<void> {
  const { themes, colours } = purposes[scene.purpose];
  await scene.show(window, account);
  for (const theme of themes) {
    await window.useTheme(theme);
    const png = smallPng(await takeWithPointer(scene, window), colours);
    const path = picturePath(scene, theme);
    if (png.length > maxPictureBytes) {
      throw new Error(
        `${path} would have ${png.length} bytes, and ${maxPictureBytes} are allowed: take less of the window.`,
      );
    }
    await mkdir(dirname(inProject(path)), { recursive: true });
    await writeFile(inProject(path), png);
    console.log(`${path}: ${(png.length / 1_000).toFixed(1)} kB`);
  }
}

/** A hover closes when what it belongs to changes, as with a poll; then it is opened anew. */
async function takeWithPointer(scene: Scene, window: JourneyWindow): Promise<Buffer> {
  for (let attempt = 1; ; attempt++) {
    try {
      await window.page.mouse.move(scene.size.width - 1, scene.size.height / 2);
      await scene.pointAt?.(window);
      return await takePicture(window.page, scene.parts?.(window) ?? [], scene.margin ?? 0);
    } catch (error) {
      if (attempt === mostAttempts) {
        throw error;
      }
    }
  }
}
