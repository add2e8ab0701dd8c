import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { jobUri } from '../../src/commands/jobUri.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../host/temporaryFolder.ts';
import { emulatorAccount } from '../journeys/support/emulatorAccount.ts';
import type { JourneyWindow } from '../journeys/support/journeyWindow.ts';
import { openWindow } from '../journeys/support/openWindow.ts';
import { EmulatorProcess } from '../support/emulatorProcess.ts';

const documentedJob = 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1';
const documentedName = 'Encoding BigBuckBunny into';
const unknownJob = 'nb:jid:UUID:00000000-0000-4000-8000-00000000abcd';

/** A person reads a log that names jobs. Each step goes on from where the one before ended. */
describe('somebody comes across ids of jobs', () => {
  let emulator: EmulatorProcess;
  let folder: TemporaryFolder;
  let window: JourneyWindow;

  before(async () => {
    emulator = new EmulatorProcess(['--jobs', '20', '--arrivals', '0', '--speed', '0.01']);
    folder = await makeTemporaryFolder();
    await writeFile(
      join(folder.path, 'encode.txt'),
      [
        `12:00:01 started ${documentedJob}`,
        `12:00:02 GET https://media.windows.net/api/Jobs()?$filter=Id%20eq%20'${encodeURIComponent(documentedJob)}'`,
        `12:00:03 started ${unknownJob}`,
        '',
      ].join('\n'),
    );
    const account = emulatorAccount(await emulator.connection());
    window = await openWindow({
      ...account,
      folder: folder.path,
      settings: {
        ...account.settings,
        // Drawn as elements, a terminal can be read and pointed at.
        'terminal.integrated.gpuAcceleration': 'off',
        'terminal.integrated.shellIntegration.enabled': false,
      },
    });
  });

  after(async () => {
    await window?.dispose();
    await folder?.dispose();
    await emulator?.dispose();
  });

  it('in a file, sees how the job is, and follows it with one click', async () => {
    await window.activityBar.open('Media Services');
    await window.jobs.waitForRow(documentedName, 30_000);
    await window.page.keyboard.press('Control+P');
    await window.quickInput.type('encode.txt');
    await window.quickInput.pick('encode.txt');
    await window.editor.hover(unknownJob, /Nothing is known of this job yet\. Check this job/);
    const hover = await window.editor.hover(documentedJob, 'Show Details');
    assert.match(hover, new RegExp(`Check ${documentedName}`));
    assert.match(hover, /Processing\s+42%/);
    await window.editor.followLink(documentedJob);
    await window.notifications.waitFor(`Following ${documentedName}`);
    await window.statusBar.trackedJob.waitForText(/Encoding BigBuckBu.* 42%$/);
  });

  it('in a terminal, does the same', async () => {
    await window.notifications.follow(`Following ${documentedName}`, 'Continue in Status Bar');
    await window.runCommand('Media Services: Stop Tracking');
    await window.statusBar.trackedJob.waitForHidden();
    await window.terminal.open();
    await window.terminal.run(`echo '  '${documentedJob}`);
    assert.match(
      await window.terminal.hover(`  ${documentedJob}`, documentedJob),
      /Encoding BigBuckBunny into .* · 42%/,
    );
    await window.terminal.followLink(`  ${documentedJob}`, documentedJob);
    await window.notifications.waitFor(`Following ${documentedName}`);
    await window.statusBar.trackedJob.waitForText(/Encoding BigBuckBu.* 42%$/);
  });

  it('in an address that the system opens, is asked before anything happens', async () => {
    await window.notifications.follow(`Following ${documentedName}`, 'Continue in Status Bar');
    await window.runCommand('Media Services: Stop Tracking');
    await window.statusBar.trackedJob.waitForHidden();
    for (const answer of ['Cancel', 'Check Job']) {
      await window.runCommand('Developer: Open URL');
      await window.quickInput.waitForOpen();
      await window.quickInput.enter(jobUri({ account: 'emulator', id: documentedJob }, 'code-oss'));
      await window.dialogs.waitFor("Allow 'Media Services Jobs'");
      await window.dialogs.pressAndGoOn('Open');
      const question = await window.dialogs.waitFor('Check the job of this link?');
      assert.match(question.detail, new RegExp(`^Account: emulator\\nJob: ${documentedJob}\\n`));
      await window.dialogs.press(answer);
    }
    // Whatever would be tracked by now.
    await window.page.waitForTimeout(2_000);
    await window.statusBar.trackedJob.waitForHidden();
    assert.deepEqual(await window.notifications.texts(), []);
  });
});
