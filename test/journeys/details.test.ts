import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DetailsTab } from './support/detailsTab.ts';
import type { JourneyWindow } from './support/journeyWindow.ts';
import { openWindow } from './support/openWindow.ts';

/** Somebody looks at jobs more closely. Each step goes on from where the one before ended. */
describe('the details of a job', () => {
  let window: JourneyWindow;
  let details: DetailsTab;
  let running: string;

  before(async () => {
    window = await openWindow();
    details = new DetailsTab(window.page);
    await window.activityBar.open('Media Services');
    await window.jobs.pressWelcome('Start Local Emulator');
    await window.jobs.waitForRow(/\d+%/, 30_000);
  });

  after(async () => {
    await window?.dispose();
  });

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
