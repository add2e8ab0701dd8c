import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { emulatorAccount } from '../journeys/support/emulatorAccount.ts';
import type { JourneyWindow } from '../journeys/support/journeyWindow.ts';
import { openWindow } from '../journeys/support/openWindow.ts';
import { EmulatorProcess } from '../support/emulatorProcess.ts';

/** A person with two windows is told once how the job ended that they track. */
describe('a tracked job ends while two windows are open', () => {
  let emulator: EmulatorProcess;
  let window: JourneyWindow;
  let other: JourneyWindow;

  before(async () => {
    emulator = new EmulatorProcess(['--jobs', '20', '--arrivals', '0', '--speed', '5']);
    window = await openWindow(emulatorAccount(await emulator.connection()));
    other = await window.openAnother();
  });

  after(async () => {
    await window?.dispose();
    await emulator?.dispose();
  });

  it('which one of them says, and no other', async () => {
    await window.activityBar.open('Media Services');
    await window.jobs.waitForRow(/\d+%/, 30_000);
    const running = (await window.jobs.rows()).filter(
      ({ icon, description }) => icon === 'sync' && /%/.test(description),
    );
    const percent = (description: string): number => Number(/(\d+)%/.exec(description)?.[1]);
    const byPercent = running.toSorted((a, b) => percent(b.description) - percent(a.description));
    // Near its end, and yet far enough from it to be tracked before.
    const nearest = byPercent.find(({ description }) => percent(description) <= 70) ?? byPercent[0];
    assert.ok(nearest);
    await window.jobs.pressInline(nearest.label, 'Track in Status Bar');
    await window.statusBar.trackedJob.waitForText(/\d+%$/);
    await other.statusBar.trackedJob.waitForText(/\d+%$/, 30_000);

    await window.statusBar.trackedJob.waitForText(/(Finished|Failed|Canceled)$/, 120_000);
    await other.statusBar.trackedJob.waitForText(/(Finished|Failed|Canceled)$/, 30_000);
    // Whoever is without focus waits for two seconds before it says anything.
    await window.page.waitForTimeout(5_000);
    const texts = [...(await window.notifications.texts()), ...(await other.notifications.texts())];
    assert.equal(texts.length, 1, JSON.stringify(texts));
    assert.ok(texts[0]?.startsWith(`${nearest.label}: `), texts[0]);
  });
});
