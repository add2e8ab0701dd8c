import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConnectionInfo } from '../../src/emulator/emulator.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../host/temporaryFolder.ts';
import { postAdmin } from '../support/emulatorRequests.ts';
import { DetailsTab } from './support/detailsTab.ts';
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

/** Somebody looks at jobs more closely, in a folder of somebody else. Each step goes on from where the one before ended. */
describe('somebody who looks at jobs more closely', () => {
  let window: JourneyWindow;
  let details: DetailsTab;
  let folder: TemporaryFolder;

  before(async () => {
    folder = await makeTemporaryFolder();
    await mkdir(join(folder.path, '.vscode'));
    await writeFile(join(folder.path, '.vscode', 'settings.json'), JSON.stringify(hostileSettings));
    window = await openWindow({ settings: untrusted, folder: folder.path });
    details = new DetailsTab(window.page);
    await window.activityBar.open('Media Services');
    await window.jobs.pressWelcome('Start Local Emulator');
    await window.jobs.waitForRow(/\d+%/, 30_000);
  });

  after(async () => {
    await window?.dispose();
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

  describe('the details of a job', () => {
    let running: string;

    it('open by a click, and leave the keyboard in the panel', async () => {
      const rows = await window.jobs.rows();
      // The one that has the longest way to go, so that it does not end under our eyes.
      const percents = rows.map(({ icon, description }) =>
        icon === 'sync' ? (/^(\d+)%/.exec(description)?.[1] ?? '') : '',
      );
      const least = Math.min(...percents.filter(Boolean).map(Number));
      running = rows[percents.indexOf(String(least))]?.label ?? '';
      await window.jobs.select(running);
      await details.title.filter({ hasText: running }).waitFor();
      assert.equal(await details.state.textContent(), 'Processing');
      assert.equal(await window.page.locator('.part.sidebar :focus').count(), 1);
    });

    it('are live, and nothing but what changes is drawn anew', async () => {
      await details.bar.evaluate((bar: { setAttribute(name: string, value: string): void }) => {
        bar.setAttribute('data-kept', 'yes');
      });
      const before = await details.percent();
      await details.waitForPercent((percent) => percent > before);
      assert.equal(await details.bar.getAttribute('data-kept'), 'yes');
      assert.match((await details.bar.getAttribute('aria-valuetext')) ?? '', /^\d+%/);
      // What is drawn says the same in words.
      await details.frame.locator('#curve-text', { hasText: /Progress as it was watched: from \d+%/ }).waitFor();
      assert.ok(await details.frame.getByRole('img', { name: /Progress as it was watched/ }).isVisible());
      const words = await details.frame.locator('#rows .words').allTextContents();
      assert.match(words[0] ?? '', /^Processing, for \d+/);
      assert.ok(words.length >= 2, 'the job and its tasks');
      assert.ok((await details.frame.locator('#input-list li').count()) > 0);
    });

    it('of the next job that is clicked take the same tab', async () => {
      const failed = (await window.jobs.rows()).find(({ icon }) => icon === 'error')?.label ?? '';
      await window.jobs.select(failed);
      await details.title.filter({ hasText: failed }).waitFor();
      assert.equal(await details.state.textContent(), 'Failed');
      assert.match(await details.frame.locator('#error-list').innerText(), /Error\w+.*\n?.*An error|preset/s);
      assert.equal((await details.tabTitles()).length, 1);
    });

    it('can be had for several jobs, each in a tab of its own', async () => {
      await window.jobs.select(running);
      await details.title.filter({ hasText: running }).waitFor();
      await window.runCommand('Media Services: Open Job Details');
      const finished = (await window.jobs.rows()).find(({ icon }) => icon === 'pass')?.label ?? '';
      await window.jobs.select(finished);
      await details.title.filter({ hasText: finished }).waitFor();
      assert.equal((await details.tabTitles()).length, 2);
    });

    it('do by a button what the panel does, by keyboard too', async () => {
      await window.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await details.button('Copy Job Id').focus();
      await window.page.keyboard.press('Enter');
      const id = (await details.fact('Job id').textContent()) ?? '';
      assert.match(id, /^nb:jid:UUID:/);
      const end = Date.now() + 10_000;
      while ((await window.page.evaluate('navigator.clipboard.readText()')) !== id) {
        assert.ok(Date.now() < end, 'the id is on the clipboard');
        await window.page.waitForTimeout(100);
      }
      await details.button('Track in Status Bar').click();
      await window.statusBar.trackedJob.waitForText(/Finished$/);
      await details.button('Stop Tracking').click();
      await window.statusBar.trackedJob.waitForHidden();
    });

    it('are there again after a reload, with the curve as it was watched before, and the tracked job with them', async () => {
      await window.page.locator('.tabs-container .tab').first().click();
      await details.title.filter({ hasText: running }).waitFor();
      const before = /from (.*) to /.exec((await details.frame.locator('#curve-text').textContent()) ?? '')?.[1];
      assert.ok(before);
      await details.button('Track in Status Bar').click();
      await window.statusBar.trackedJob.waitForText(/\d+%$/);
      const name = await window.statusBar.trackedJob.text();
      await window.reloadByCommand();
      await details.title.filter({ hasText: running }).waitFor({ timeout: 30_000 });
      await details.frame.locator('#curve-text', { hasText: `from ${before} to ` }).waitFor({ timeout: 30_000 });
      // The emulator goes on where it was, and so does what is tracked.
      await window.statusBar.trackedJob.waitForText(name.replace(/ \d+%$/, ''), 30_000);
    });
  });

  describe('a job that fails', () => {
    let connection: ConnectionInfo;

    before(async () => {
      connection = await window.localEmulator();
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
        const { id = '' } = await postAdmin<{ readonly id?: string }>(connection, 'jobs', {
          name: hostile('Name'),
          tasks: [{ name: hostile('Task'), durationSeconds: 3600 }],
        });
        await postAdmin(connection, 'jobs/advance', { id, to: 'processing' });
        await postAdmin(connection, 'jobs/fail', { id, code: hostile('Code'), message: hostile('Message') });
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
});
