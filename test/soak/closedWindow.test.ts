import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ConnectionInfo } from '../../src/emulator/emulator.ts';
import { emulatorAccount } from '../journeys/support/emulatorAccount.ts';
import { addJob, failJob, trackJob } from '../journeys/support/emulatorJobs.ts';
import type { JourneyWindow } from '../journeys/support/journeyWindow.ts';
import { openWindow } from '../journeys/support/openWindow.ts';
import { EmulatorProcess } from '../support/emulatorProcess.ts';

/** Nobody was there when it happened. */
describe('a job that fails', () => {
  let emulator: EmulatorProcess;
  let connection: ConnectionInfo;
  let window: JourneyWindow;

  before(async () => {
    emulator = new EmulatorProcess(['--jobs', '3', '--arrivals', '0']);
    connection = await emulator.connection();
    window = await openWindow(emulatorAccount(connection));
    await window.activityBar.open('Media Services');
    await window.jobs.waitForRow(/\d+%/, 30_000);
  });

  after(async () => {
    await window?.dispose();
    await emulator?.dispose();
  });

  it('while VS Code is closed is told of at the next start, once', async () => {
    const id = await addJob(connection, 'Breaks unseen', 'processing');
    await trackJob(window, 'Breaks unseen');
    const url = window.page.url();
    await window.page.goto('about:blank');
    await window.page.waitForTimeout(2_000);
    await failJob(connection, id);
    await window.page.goto(url, { timeout: 60_000 });
    await window.notifications.waitFor('Breaks unseen: ErrorProcessingTask: The disk is full.', 60_000);
    await window.statusBar.trackedJob.waitForText(/Failed$/);

    await window.reload();
    await window.statusBar.trackedJob.waitForText(/Failed$/, 30_000);
    await window.activityBar.open('Media Services');
    await window.jobs.waitForRow(/Breaks unseen/, 30_000);
    // Whoever is without focus waits for two seconds before it says anything.
    await window.page.waitForTimeout(5_000);
    assert.deepEqual(await window.notifications.texts(), []);
  });
});
