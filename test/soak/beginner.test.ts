import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { JourneyWindow } from '../journeys/support/journeyWindow.ts';
import { openWindow } from '../journeys/support/openWindow.ts';

/** A newcomer with the packaged extension and nothing else. Each step goes on from where the one before ended. */
describe('a newcomer watches a job', () => {
  let window: JourneyWindow;
  let finishedJob: string;

  before(async () => {
    window = await openWindow();
  });

  after(async () => {
    await window?.dispose();
  });

  it('finds out in the empty panel how to begin', async () => {
    await window.activityBar.open('Media Services');
    const welcome = await window.jobs.welcomeText();
    assert.match(welcome, /Start Local Emulator/);
    assert.equal(await window.statusBar.trackedJob.isShown(), false);
  });

  it('starts the emulator and sees jobs of every kind', async () => {
    await window.jobs.pressWelcome('Start Local Emulator');
    await window.jobs.waitForRow(/\d+%/, 30_000);
    const rows = await window.jobs.rows();
    const icons = new Set(rows.map(({ icon }) => icon));
    assert.ok(
      ['sync', 'circle-outline', 'pass', 'error', 'circle-slash'].every((icon) => icons.has(icon)),
      [...icons].join(),
    );
    assert.ok(
      rows.every(({ level }) => level === 1),
      'one account needs no level of its own',
    );
    const running = rows.find(({ icon }) => icon === 'sync');
    assert.match(running?.ariaLabel ?? '', /Processing, \d+%/, 'a screen reader hears state and percent');
  });

  it('checks the job that is nearly done, from the palette, and is told when it is', async () => {
    await window.runCommand('Media Services: Check Job Progress');
    await window.quickInput.waitForOpen(/Pick a job/);
    await window.quickInput.type('%');
    await window.quickInput.row('%').waitFor();
    const running = (await window.quickInput.rows()).map((row) => Number(row.match(/(\d+)%/)?.[1] ?? -1));
    await window.quickInput.pick(`${Math.max(...running)}%`);
    const following = await window.notifications.waitFor(/Following .*Continue in Status Bar/);
    assert.match(following, /\d+%/);
    const name = following.match(/Following (.*?): /)?.[1] ?? '';
    assert.match(await window.statusBar.trackedJob.text(), /\d+%$/);

    const done = await window.notifications.waitFor(/: Finished/, 90_000);
    assert.ok(done.startsWith(name));
    await window.notifications.waitForGone(/Following/);
    await window.statusBar.trackedJob.waitForText(/Finished$/);
    assert.equal(await window.statusBar.trackedJob.icon(), 'pass');
    assert.equal(await window.statusBar.trackedJob.backgroundKind(), undefined);
    const row = await window.jobs.waitForRow(/Finished just now/);
    assert.equal(row.label, name, 'the panel says the same');
    finishedJob = name;
  });

  it('clears a final state by clicking it', async () => {
    await window.statusBar.trackedJob.click();
    await window.quickInput.pick('Show in Jobs Panel');
    await window.statusBar.trackedJob.waitForHidden();
    assert.ok((await window.jobs.rows()).some(({ selected, description }) => selected && /Finished/.test(description)));
  });

  it('sees which task is running, and keeps selection and expansion over a refresh', async () => {
    const { label } = await window.jobs.waitForRow(/\d+%/);
    await window.jobs.select(label);
    await window.jobs.expand(label);
    await window.jobs.pressTitleButton('Refresh Jobs');
    await window.runCommand('Media Services: Refresh Jobs');
    const rows = await window.jobs.rows();
    const row = rows.find((candidate) => candidate.label === label);
    assert.equal(row?.expanded, true);
    assert.equal(row?.selected, true);
    assert.ok(rows.filter(({ level }) => level === 2).length >= 2);
  });

  it('checks a job by its id, and hears about one that does not exist', async () => {
    await window.runCommand('Media Services: Check Job Progress');
    await window.quickInput.type('nb:jid:UUID:00000000-0000-4000-8000-000000000000');
    await window.quickInput.pick('Check this job');
    const message = await window.notifications.waitFor(/no job|not found|no such/i);
    assert.match(message, /00000000-0000-4000-8000-000000000000/);
    await window.notifications.close(/00000000/);
    assert.equal(await window.statusBar.trackedJob.isShown(), false);

    await window.runCommand('Media Services: Check Job Progress');
    await window.quickInput.type(
      "https://media.windows.net/api/Jobs('nb%3Ajid%3AUUID%3Af3c43f94-327f-2347-90bb-3bf79f8559f1')",
    );
    await window.quickInput.pick('Check this job');
    await window.statusBar.trackedJob.waitForText(/Encoding BigBuckBun… 42%/);
    await window.notifications.waitFor(/Following Encoding BigBuckBunny into to H264/);
    await window.page.getByRole('link', { name: 'Continue in Status Bar' }).click();
    await window.notifications.waitForGone(/Following/);
    await window.statusBar.trackedJob.hoverText(/nb:jid:UUID:f3c43f94/);
  });

  it('finds the tracked job and the emulator again after a reload, with jobs where they would be by now', async () => {
    await window.activityBar.open('Explorer');
    await window.reload();
    await window.statusBar.trackedJob.waitForText(/Encoding BigBuckBun… 42%/, 30_000);
    await window.activityBar.open('Media Services');
    // An emulator that began anew would have this job running again.
    const row = await window.jobs.waitForRow(/Finished (just now|[1-9] min ago)/, 30_000);
    assert.equal(row.label, finishedJob);
  });
});
