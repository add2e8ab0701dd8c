import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConnectionInfo } from '../../src/emulator/emulator.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../host/temporaryFolder.ts';
import { EmulatorProcess } from '../support/emulatorProcess.ts';
import { postAdmin } from '../support/emulatorRequests.ts';
import { DetailsTab } from './support/detailsTab.ts';
import { emulatorAccount } from './support/emulatorAccount.ts';
import { addJob, failJob, trackJob } from './support/emulatorJobs.ts';
import { inject, Listener } from './support/injection.ts';
import type { JourneyWindow } from './support/journeyWindow.ts';
import { openWindow } from './support/openWindow.ts';

/** What a folder brings along that somebody else wrote. */
const hostileSettings = {
  'mediaServices.accounts': [
    { name: 'emulator', kind: 'ams', endpoint: 'https://127.0.0.1:1/', authentication: { method: 'token' } },
    { name: 'theirs', kind: 'ams', endpoint: 'https://127.0.0.1:1/', authentication: { method: 'token' } },
    { name: 'wrong' },
  ],
  'mediaServices.refresh.automatic': false,
};
const untrusted = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
};

/** A person learns that a job failed, and why. Each step goes on from where the one before ended. */
describe('a job that fails', () => {
  let emulator: EmulatorProcess;
  let connection: ConnectionInfo;
  let window: JourneyWindow;
  let folder: TemporaryFolder;

  const admin = (operation: string, body: object): Promise<{ readonly id?: string }> =>
    postAdmin(connection, operation, body);
  before(async () => {
    emulator = new EmulatorProcess(['--jobs', '3', '--arrivals', '0']);
    connection = await emulator.connection();
    folder = await makeTemporaryFolder();
    await mkdir(join(folder.path, '.vscode'));
    await writeFile(join(folder.path, '.vscode', 'settings.json'), JSON.stringify(hostileSettings));
    const { settings, env, secrets } = emulatorAccount(connection);
    window = await openWindow({ settings: { ...settings, ...untrusted }, env, secrets, folder: folder.path });
    await window.activityBar.open('Media Services');
    await window.jobs.waitForRow(/\d+%/, 30_000);
  });

  after(async () => {
    await window?.dispose();
    await emulator?.dispose();
    await folder?.dispose();
  });

  it('is seen where the workspace is not trusted, and nothing of what its settings say of accounts', async () => {
    await window.page.locator('.statusbar-item:visible', { hasText: 'Restricted Mode' }).waitFor();
    const rows = await window.page.locator('.customview-tree .monaco-list-row').allInnerTexts();
    assert.ok(rows.length >= 3);
    // A second account, or a wrong entry, would have a row of its own on top.
    assert.doesNotMatch(rows.join('\n'), /theirs|emulator/);
    await window.jobs.waitForRow(/\d+%/);
  });

  it('shows in the row, in the status bar in the colours of an error, and in a message', async () => {
    const id = await addJob(connection, 'Breaks', 'processing');
    await trackJob(window, 'Breaks');
    await failJob(connection, id);
    const text = await window.notifications.waitFor('Breaks: ', 30_000);
    assert.equal(text, 'Breaks: ErrorProcessingTask: The disk is full.');
    assert.deepEqual((await window.notifications.buttons('Breaks: ')).toSorted(), [
      'Copy Report',
      'Notification Settings',
      'Show Details',
    ]);
    await window.statusBar.trackedJob.waitForText('Breaks Failed');
    assert.equal(await window.statusBar.trackedJob.backgroundKind(), 'error');
    assert.equal(await window.statusBar.trackedJob.icon(), 'error');
    // The message waits for the reason, the row does not.
    const row = await window.jobs.waitForRow(/ErrorProcessingTask: The disk is full\./);
    assert.match(row.label, /^Breaks/);
    assert.equal(row.icon, 'error');
    assert.match(row.ariaLabel, /Failed/);
  });

  it('is told of with a button that copies its report', async () => {
    await window.notifications.press('Breaks: ', 'Copy Report');
    const report = await window.waitForClipboard(/Breaks/);
    assert.match(report, /The disk is full/);
  });

  it('cannot run anything by its name, its task or its error, nor can the page of its details at all', async () => {
    const listener = await Listener.start();
    const details = new DetailsTab(window.page);
    // Run as it is by a page without a policy, so that it would be seen here if anything ran.
    const bare = await window.page.context().newPage();
    try {
      const control = await inject(bare.mainFrame(), listener.origin);
      assert.deepEqual(control.refused, []);
      assert.deepEqual([...control.ran].sort(), [
        ...[
          'address',
          'error handler',
          'eval',
          'fetch',
          'function',
          'handler',
          'script',
          'script of another host',
          'timer',
        ],
      ]);
      const reached = ['/beacon', '/evil.css', '/evil.js', '/evil.png', '/fetch', '/form?', '/frame', '/socket'];
      assert.deepEqual([...new Set(listener.paths)].sort(), reached);
      await bare.close();
      listener.paths.length = 0;

      const hostile = (where: string): string =>
        `${where} "><img src="${listener.origin}/${where}.png" onerror="parent.ran=1"><script>ran=1</script>`;
      const { id = '' } = await admin('jobs', {
        name: hostile('Name'),
        tasks: [{ name: hostile('Task'), durationSeconds: 3600 }],
      });
      await admin('jobs/advance', { id, to: 'processing' });
      await admin('jobs/fail', { id, code: hostile('Code'), message: hostile('Message') });
      await window.jobs.pressTitleButton('Refresh Jobs');
      const row = await window.jobs.waitForRow('Name "><img', 30_000);
      assert.equal(row.label, hostile('Name'));
      await window.jobs.select('Name "><img');
      await details.title.filter({ hasText: 'Name "><img' }).waitFor();
      assert.equal(await details.title.textContent(), hostile('Name'));
      const errors = details.frame.locator('#error-list');
      assert.equal(await errors.locator('.code').textContent(), hostile('Code'));
      assert.equal(await errors.locator('.message').textContent(), hostile('Message'));
      assert.equal(await details.frame.locator('#rows .name').last().textContent(), hostile('Task'));
      assert.equal(await details.frame.locator('body :is(img, iframe, b)').count(), 0);
      assert.equal(await details.frame.locator('body script').count(), 1);

      const frame = await (await details.title.elementHandle())?.ownerFrame();
      assert.ok(frame);
      const { ran, refused } = await inject(frame, listener.origin);
      assert.deepEqual(ran, []);
      assert.deepEqual(refused, [
        ...['connect-src', 'form-action', 'frame-src', 'img-src', 'script-src', 'script-src-attr', 'script-src-elem'],
        'style-src-elem',
      ]);
      assert.deepEqual(listener.paths, [], 'nothing arrived');
    } finally {
      await bare.close();
      await listener.stop();
    }
  });
});
