import type { Locator } from 'playwright-core';
import { DetailsTab } from '../../test/journeys/support/detailsTab.ts';
import type { JourneyWindow } from '../../test/journeys/support/journeyWindow.ts';
import type { Scene } from './scene.ts';

/** Among the emulator's jobs: one that runs, and has tasks of all kinds. */
const runningJob = /Keynote-Day1-Camera2.*4K/;

/**
 * Every picture of README and walkthrough. To add one, say what a person does to get there and which parts of the window
 * are to be seen; `npm run screenshots -- <name>` takes it alone.
 */
export const scenes: readonly Scene[] = [
  {
    name: 'panel',
    purpose: 'readme',
    account: 'emulator',
    size: { width: 860, height: 540 },
    async show(window) {
      await openPanel(window, 600);
      await window.jobs.expand(runningJob);
      await track(window);
    },
    parts: (window) => [window.activityBar.root, window.jobs.root, window.statusBar.trackedJob.root],
  },
  {
    name: 'checkJobProgress',
    purpose: 'readme',
    account: 'emulator',
    size: { width: 1000, height: 560 },
    async show(window) {
      await closeSideBar(window);
      await window.runCommand('Media Services: Check Job Progress');
      await window.quickInput.waitForOpen(/Pick a job/);
      await window.quickInput.row('%').waitFor();
    },
    parts: (window) => [window.quickInput.root],
    margin: 12,
  },
  {
    name: 'trackedJob',
    purpose: 'readme',
    account: 'emulator',
    size: { width: 720, height: 560 },
    show: showTracked,
    pointAt: (window) => window.statusBar.trackedJob.openHover(),
    parts: trackedJob,
  },
  {
    name: 'details',
    purpose: 'readme',
    account: 'emulator',
    size: { width: 1100, height: 860 },
    async show(window, account) {
      await openPanel(window, 300);
      await window.jobs.select(runningJob);
      const details = new DetailsTab(window.page);
      await details.title.filter({ hasText: runningJob }).waitFor();
      for (let step = 0; step < 7; step++) {
        const before = await details.percent();
        await account.advance(6_000);
        await window.jobs.pressTitleButton('Refresh Jobs');
        await details.waitForPercent((percent) => percent > before);
      }
    },
    parts: (window) => [window.page.locator('.part.editor')],
  },
  {
    name: 'services',
    purpose: 'readme',
    account: 'ofEachService',
    size: { width: 720, height: 680 },
    async show(window, { secrets }) {
      await openPanel(window, 500);
      await window.runCommand('Media Services: Sign In');
      await window.quickInput.waitForOpen(/Pick the account/);
      await window.quickInput.pick('contoso-mkio');
      await enterSecret(window, 'contoso-mkio', secrets.mkio);
      // The only one that is left without.
      await window.runCommand('Media Services: Sign In');
      await enterSecret(window, 'contoso-ravnur', secrets.ravnur);
    },
    parts: (window) => [window.activityBar.root, window.jobs.root],
  },
  {
    name: 'addMkio',
    purpose: 'readme',
    account: 'ofEachService',
    size: { width: 1300, height: 560 },
    async show(window, { secrets }) {
      await window.activityBar.open('Media Services');
      await window.jobs.waitForRow('contoso-mkio');
      await window.jobs.pickFromMenu('contoso-mkio', 'Edit Account');
      await window.quickInput.waitForOpen('Which service');
      await window.quickInput.accept();
      await window.quickInput.waitForOpen(/personal API tokens/);
      await window.quickInput.enter(secrets.mkio);
      await window.quickInput.waitForOpen('The project');
    },
    parts: (window) => [window.quickInput.root],
    margin: 12,
  },
  {
    name: 'addRavnur',
    purpose: 'readme',
    account: 'none',
    size: { width: 800, height: 560 },
    async show(window) {
      await beginToAddAccount(window);
      await window.quickInput.pick('Ravnur');
      await window.quickInput.waitForOpen('How to enter');
      await window.quickInput.accept();
      await window.quickInput.waitForOpen('credentials');
    },
    parts: (window) => [window.quickInput.root],
    margin: 12,
  },
  {
    name: 'startEmulator',
    purpose: 'walkthrough',
    account: 'none',
    size: { width: 660, height: 560 },
    async show(window) {
      await window.activityBar.open('Media Services');
      await window.widenSideBar(440);
      await window.jobs.welcomeText();
    },
    parts: panelHead,
  },
  {
    name: 'seeJobs',
    purpose: 'walkthrough',
    account: 'emulator',
    size: { width: 720, height: 560 },
    async show(window) {
      await openPanel(window, 400);
      await window.jobs.expand(runningJob);
    },
    parts: panelHead,
  },
  {
    name: 'followJob',
    purpose: 'walkthrough',
    account: 'emulator',
    size: { width: 720, height: 560 },
    show: showTracked,
    pointAt: (window) => window.statusBar.trackedJob.openHover(),
    parts: trackedJob,
  },
  {
    name: 'addAccount',
    purpose: 'walkthrough',
    account: 'none',
    size: { width: 800, height: 560 },
    show: beginToAddAccount,
    parts: (window) => [window.quickInput.root],
    margin: 12,
  },
];

async function openPanel(window: JourneyWindow, width: number): Promise<void> {
  await window.activityBar.open('Media Services');
  await window.widenSideBar(width);
  await window.jobs.waitForRow(/\d%/);
}

/** So that nothing looks out from behind a list. */
async function closeSideBar(window: JourneyWindow): Promise<void> {
  // The palette knows the commands of an extension once the window has come so far.
  await window.activityBar.open('Media Services');
  await window.page.keyboard.press('Control+B');
  await window.jobs.root.waitFor({ state: 'hidden' });
}

async function beginToAddAccount(window: JourneyWindow): Promise<void> {
  await closeSideBar(window);
  await window.runCommand('Media Services: Add Account');
  await window.quickInput.waitForOpen('Which service');
}

async function enterSecret(window: JourneyWindow, account: string, secret: string): Promise<void> {
  await window.quickInput.waitForOpen(new RegExp(`of ${account}`));
  await window.quickInput.enter(secret);
  await window.quickInput.waitForClosed();
}

async function track(window: JourneyWindow): Promise<void> {
  await window.jobs.pressInline(runningJob, 'Track in Status Bar');
  await window.statusBar.trackedJob.waitForText(/\d%/);
}

async function showTracked(window: JourneyWindow): Promise<void> {
  await openPanel(window, 500);
  await track(window);
}

function trackedJob({ statusBar }: JourneyWindow): readonly Locator[] {
  return [statusBar.trackedJob.hover, statusBar.trackedJob.root];
}

/** The title of the panel and, some rows further down, what opens it. */
function panelHead(window: JourneyWindow): readonly Locator[] {
  return [window.activityBar.item('Media Services'), window.jobs.title];
}
