import { access } from 'node:fs/promises';
import { packagePath } from '../../../scripts/lib/packageExtension.ts';
import { type JourneyWindow, type JourneyWindowOptions, openJourneyWindow } from './journeyWindow.ts';

/** Opens a window with the packaged extension installed, as a person has it, and few others. */
export async function openWindow(options: Omit<JourneyWindowOptions, 'vsix'> = {}): Promise<JourneyWindow> {
  const vsix = await packagePath();
  await access(vsix).catch(() => {
    throw new Error(`${vsix} is missing: "npm run package" makes it.`);
  });
  return openJourneyWindow({ fewBuiltIns: true, ...options, vsix });
}
