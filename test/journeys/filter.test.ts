import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { EmulatorProcess } from '../support/emulatorProcess.ts';
import { emulatorAccount } from './support/emulatorAccount.ts';
import type { JourneyWindow } from './support/journeyWindow.ts';
import { openWindow } from './support/openWindow.ts';

/** A person with two hundred jobs looks for those that failed. Each step goes on from where the one before ended. */
describe('somebody looks for failed jobs', () => {
  let emulator: EmulatorProcess;
  let window: JourneyWindow;

  before(async () => {
    emulator = new EmulatorProcess(['--jobs', '200', '--arrivals', '0', '--speed', '0.01']);
    window = await openWindow(emulatorAccount(await emulator.connection()));
  });

  after(async () => {
    await window?.dispose();
    await emulator?.dispose();
  });

  it('filters for them without the mouse, and sees how many there are', async () => {
    await window.activityBar.open('Media Services');
    await window.jobs.waitForRow(/\d+%/, 30_000);
    assert.equal(await window.jobs.message(), '');
    await window.runCommand('Media Services: Filter Jobs…');
    await window.quickInput.waitForOpen(/part of the name/);
    await window.quickInput.check('Failed');
    await window.quickInput.accept();
    await window.quickInput.waitForClosed();
    const message = await window.jobs.waitForMessage(/^Failed · (at least )?\d+ of 201 jobs$/);
    await window.jobs.waitForNoRow(/\d+%|Finished/);
    const rows = (await window.jobs.rows()).filter(({ icon }) => icon !== 'fold-down');
    assert.ok(rows.length > 0 && rows.every(({ icon }) => icon === 'error'), JSON.stringify(rows));
    assert.ok(Number(/(\d+) of/.exec(message)?.[1]) >= rows.length);
  });

  it('narrows it down to a part of the name, finds nothing, and leaves it at that with Escape', async () => {
    await window.jobs.pressTitleButton('Change Filter…');
    await window.quickInput.waitForOpen(/part of the name/);
    await window.quickInput.type('no job is called so');
    assert.ok(
      (await window.quickInput.rows()).some((row) => row.includes('Canceling')),
      'typing hides no state',
    );
    await window.quickInput.accept();
    await window.jobs.waitForRow('No job matches the filter');
    await window.jobs.pressTitleButton('Change Filter…');
    await window.quickInput.type('another');
    await window.quickInput.cancel();
    await window.jobs.waitForMessage(/^Failed · name contains “no job is called so” · 0 of 201 jobs$/);
  });

  it('finds the filter on after a reload, and clears it', async () => {
    await window.reload();
    await window.jobs.waitForRow('No job matches the filter', 30_000);
    await window.jobs.pressInline('No job matches the filter', 'Clear Filter');
    await window.jobs.waitForRow(/\d+%/, 30_000);
    await window.jobs.waitForNoMessage();
  });

  it('groups all of them by state, and finds them so after a reload', async () => {
    await window.runCommand('Media Services: Group Jobs By…');
    await window.quickInput.pick('what is running comes first');
    const group = await window.jobs.waitForRow(/^Processing\d+$/);
    assert.deepEqual([group.level, group.expanded], [1, true]);
    assert.match(group.ariaLabel, /Processing, \d+ jobs?/);
    const jobs = (await window.jobs.rows()).filter(({ level }) => level === 2);
    assert.ok(jobs.length > 0 && jobs[0]?.icon === 'sync');
    await window.reload();
    await window.jobs.waitForRow(/^Processing\d+$/, 30_000);
  });
});
