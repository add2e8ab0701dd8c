import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { JourneyWindow } from '../journeys/support/journeyWindow.ts';
import { openWindow } from '../journeys/support/openWindow.ts';

/** A person with two windows and the local emulator. */
describe('the local emulator of a window', () => {
  let window: JourneyWindow;

  before(async () => {
    window = await openWindow();
    await window.activityBar.open('Media Services');
    await window.jobs.pressWelcome('Start Local Emulator');
    await window.jobs.waitForRow(/\d+%/, 30_000);
  });

  after(async () => {
    await window?.dispose();
  });

  it('is that of another, and stops for both', async () => {
    const other = await window.openAnother();
    try {
      await other.activityBar.open('Media Services');
      await other.jobs.waitForRow(/\d+%/, 30_000);
      await other.runCommand('Media Services: Stop Local Emulator');
      assert.match(await other.jobs.welcomeText(), /Start Local Emulator/);
      assert.match(await window.jobs.welcomeText(), /Start Local Emulator/);
    } finally {
      await other.dispose();
    }
  });
});
