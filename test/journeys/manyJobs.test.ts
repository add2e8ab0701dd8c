import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ConnectionInfo } from '../../src/emulator/emulator.ts';
import { EmulatorProcess } from '../support/emulatorProcess.ts';
import { postAdmin } from '../support/emulatorRequests.ts';
import { DetailsTab } from './support/detailsTab.ts';
import { emulatorAccount } from './support/emulatorAccount.ts';
import { addJob } from './support/emulatorJobs.ts';
import type { JourneyWindow } from './support/journeyWindow.ts';
import { openWindow } from './support/openWindow.ts';

/** A person with two hundred jobs. Each step goes on from where the one before ended. */
describe('somebody who has many jobs', () => {
  let emulator: EmulatorProcess;
  let connection: ConnectionInfo;
  let window: JourneyWindow;

  const admin = (operation: string, body: object) => postAdmin(connection, operation, body);
  const selectAll = async (...names: readonly string[]): Promise<void> => {
    const [first = '', ...others] = names;
    const selected = window.page.locator('.customview-tree .monaco-list-row.selected');
    // VS Code forgets a row that it draws anew in the very moment of a click on another one.
    for (let attempt = 1; attempt === 1 || ((await selected.count()) < names.length && attempt <= 3); attempt++) {
      await window.jobs.select(first);
      for (const name of others) {
        await window.jobs.row(name).click({ modifiers: ['ControlOrMeta'] });
        await selected.filter({ hasText: name }).waitFor();
      }
    }
  };
  const focused = (): Promise<string> =>
    window.page.locator('.customview-tree .monaco-list-row.focused .label-name').innerText();

  before(async () => {
    emulator = new EmulatorProcess(['--jobs', '200', '--arrivals', '0', '--speed', '0.01']);
    connection = await emulator.connection();
    window = await openWindow(emulatorAccount(connection));
    await window.activityBar.open('Media Services');
    await window.jobs.waitForRow(/\d+%/, 30_000);
  });

  after(async () => {
    await window?.dispose();
    await emulator?.dispose();
  });

  describe('looks for those that failed', () => {
    it('groups all of them by state', async () => {
      await window.runCommand('Media Services: Group Jobs By…');
      await window.quickInput.pick('what is running comes first');
      const group = await window.jobs.waitForRow(/^Processing\d+$/);
      assert.deepEqual([group.level, group.expanded], [1, true]);
      assert.match(group.ariaLabel, /Processing, \d+ jobs?/);
      const jobs = (await window.jobs.rows()).filter(({ level }) => level === 2);
      assert.ok(jobs.length > 0 && jobs[0]?.icon === 'sync');
    });

    it('filters for them without the mouse, and sees how many there are', async () => {
      assert.equal(await window.jobs.message(), '');
      await window.runCommand('Media Services: Filter Jobs…');
      await window.quickInput.waitForOpen(/part of the name/);
      await window.quickInput.check('Failed');
      await window.quickInput.accept();
      await window.quickInput.waitForClosed();
      const message = await window.jobs.waitForMessage(/^Failed · (at least )?\d+ of 201 jobs$/);
      await window.jobs.waitForNoRow(/\d+%|Finished/);
      const rows = (await window.jobs.rows()).filter(({ level, icon }) => level === 2 && icon !== 'fold-down');
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

    it('finds filter and groups after a reload, and does without them again', async () => {
      await window.reload();
      await window.jobs.waitForRow('No job matches the filter', 30_000);
      await window.jobs.pressInline('No job matches the filter', 'Clear Filter');
      await window.jobs.waitForRow(/^Processing\d+$/, 30_000);
      await window.jobs.waitForRow(/\d+%/, 30_000);
      await window.jobs.waitForNoMessage();
      await window.runCommand('Media Services: Group Jobs By…');
      await window.quickInput.pick('newest first');
      await window.jobs.waitForNoRow(/^Processing\d+$/);
      assert.ok((await window.jobs.rows()).every(({ level }) => level === 1));
    });
  });

  describe('changes some', () => {
    before(async () => {
      await addJob(connection, 'Over one', 'finished');
      await addJob(connection, 'Over two', 'finished');
      await addJob(connection, 'Over three', 'finished');
      await addJob(connection, 'Runs one', 'processing');
      await addJob(connection, 'Runs two', 'processing');
      await addJob(connection, 'Waits');
      await window.jobs.pressTitleButton('Refresh Jobs');
      await window.jobs.waitForRow(/Runs two/, 30_000);
    });

    it('cancels two of three selected jobs after one question', async () => {
      await selectAll('Over one', 'Runs one', 'Runs two');
      await window.jobs.pickFromMenu('Runs two', 'Cancel Job');
      const question = await window.dialogs.waitFor('Cancel these 2 jobs?');
      assert.deepEqual([...question.buttons].sort(), ['Cancel 2 Jobs', 'Keep Running']);
      assert.match(question.detail, /• Runs (one|two)\n• Runs (one|two)\n/);
      assert.match(question.detail, /"Over one" is left out: it has already ended\./);
      await window.dialogs.press('Cancel 2 Jobs');
      await window.notifications.waitFor('2 jobs are being canceled.');
      for (const name of ['Runs one', 'Runs two']) {
        await window.jobs.waitForRow(new RegExp(`${name}\\s*Cancel(ing|ed)`));
      }
      await admin('clock', { aheadSeconds: 3_000 });
      for (const name of ['Runs one', 'Runs two']) {
        const row = await window.jobs.waitForRow(new RegExp(`${name}\\s*Canceled`), 30_000);
        assert.equal(row.icon, 'circle-slash');
      }
      assert.match((await window.jobs.waitForRow('Over one')).description, /^Finished/);
    });

    it('keeps a job running when told so', async () => {
      await addJob(connection, 'Goes on', 'processing');
      await window.jobs.pressTitleButton('Refresh Jobs');
      await window.jobs.waitForRow(/Goes on/);
      await window.jobs.pickFromMenu('Goes on', 'Cancel Job');
      const { message } = await window.dialogs.waitFor('Cancel the job');
      assert.equal(message, 'Cancel the job "Goes on"?');
      await window.page.keyboard.press('Escape');
      await window.page.locator('.monaco-dialog-box').waitFor({ state: 'hidden' });
      await window.jobs.pressTitleButton('Refresh Jobs');
      assert.equal((await window.jobs.waitForRow(/Goes on/)).icon, 'sync');
    });

    it('deletes the row that the keyboard is on, and goes on beside it', async () => {
      await window.jobs.select('Over two');
      await window.page.keyboard.press('ArrowLeft');
      await window.page.keyboard.press('ArrowDown');
      assert.equal(await focused(), 'Over one');
      await window.page.keyboard.press('Delete');
      const question = await window.dialogs.waitFor('Delete the job');
      assert.equal(
        question.message,
        'Delete the job "Over one"?',
        'not the selected row, where the keyboard was before',
      );
      await window.dialogs.press('Delete Job');
      await window.jobs.waitForNoRow('Over one');
      await window.page.locator('.customview-tree .monaco-list-row.focused').waitFor();
      await window.page.keyboard.press('ArrowUp');
      assert.equal(await focused(), 'Over two');
      assert.deepEqual(
        await window.notifications.texts().then((texts) => texts.filter((text) => /delet/.test(text))),
        [],
      );
      await window.jobs.pressTitleButton('Refresh Jobs');
      await window.page.waitForTimeout(1_000);
      assert.ok(!(await window.jobs.rows()).some(({ label }) => label === 'Over one'));
    });

    it('copies the id of the row that the keyboard is on', async () => {
      await window.jobs.select('Over two');
      await window.page.keyboard.press('ControlOrMeta+C');
      await window.waitForClipboard(/^nb:jid:UUID:[-0-9a-f]+$/);
    });

    it('says why a running job is not deleted', async () => {
      await window.jobs.select('Goes on');
      await window.page.keyboard.press('Delete');
      await window.notifications.waitFor('"Goes on" cannot be deleted: it has not ended yet.');
    });

    it('changes the priority of a queued job', async () => {
      await window.jobs.pickFromMenu('Waits', 'Change Job Priority');
      await window.quickInput.waitForOpen(/The priority of "Waits"\./);
      await window.quickInput.type('7.5');
      await window.quickInput.waitForMessage(/Enter a whole number/);
      await window.quickInput.enter('7');
      await window.quickInput.waitForClosed();
      await window.jobs.select('Waits');
      const details = new DetailsTab(window.page);
      await details.title.filter({ hasText: 'Waits' }).waitFor();
      await details.fact('Priority').filter({ hasText: /^7$/ }).waitFor();
    });

    it('hears a refusal in the words of the service', async () => {
      await admin('faults', {
        path: '/CancelJob',
        status: 400,
        message: 'The cluster is being [moved](command:evil).',
      });
      await window.jobs.pickFromMenu('Waits', 'Cancel Job');
      await window.dialogs.waitFor('Cancel the job "Waits"?');
      await window.dialogs.press('Cancel Job');
      const message = await window.notifications.waitFor('"Waits" was not canceled.');
      assert.match(message, /The cluster is being \[moved\]\u2060\(command:evil\)\./);
      assert.deepEqual(await window.notifications.buttons('"Waits" was not canceled.'), ['Show Log']);
    });

    it('sees of each job why it was not changed, and has its details by a click', async () => {
      await admin('faults', { path: '/CancelJob', status: 400, message: 'It is being moved.', count: 2 });
      await selectAll('Waits', 'Goes on');
      await window.jobs.pickFromMenu('Goes on', 'Cancel Job');
      await window.dialogs.waitFor('Cancel these 2 jobs?');
      await window.dialogs.press('Cancel 2 Jobs');
      await window.notifications.waitFor('Not canceled: 2 of 2 jobs.');
      await window.notifications.press('Not canceled: 2 of 2 jobs.', 'Show Each Job');
      await window.quickInput.row('Goes on').waitFor();
      const rows = await window.quickInput.rows();
      assert.equal(rows.length, 2);
      assert.ok(
        rows.every((row) => row.includes('It is being moved.')),
        rows.join(),
      );
      await window.quickInput.pick('Goes on');
      await new DetailsTab(window.page).title.filter({ hasText: 'Goes on' }).waitFor();
    });
  });
});
