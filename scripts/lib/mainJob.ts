import type { JourneyWindow } from '../../test/journeys/support/journeyWindow.ts';
import { inProject } from './project.ts';

/** A job that runs, as the command's list and the panel show it. */
const runningJob = /\d%/;
/** What the status bar says of a job that will not change any more. */
const finalText = /\b(Finished|Error|Canceled)\b/i;

/** Wide enough for a job's name and what is beside it. */
const sideBarWidth = 640;

/** The longest that the panel may take to show a running job. */
const jobTimeoutMs = 60_000;
/** The longest that a tracked job's text may stay the same. */
const stillTimeoutMs = 90_000;

/**
 * Does in a window what the extension is for: opens the panel, runs Check Job Progress on a running job and watches the
 * status bar until the job is final. Prints what the status bar says, and takes pictures.
 */
export async function doMainJob(window: JourneyWindow): Promise<void> {
  let step = 'open the panel';
  try {
    for await (step of steps(window)) {
      // Each step is named before it is taken.
    }
  } catch (error) {
    await picture(window, 'failure');
    throw new Error(`Could not ${step}.`, { cause: error });
  }
}

async function* steps(window: JourneyWindow): AsyncGenerator<string> {
  yield 'open the panel';
  await window.activityBar.open('Media Services');
  await window.widenSideBar(sideBarWidth);

  yield 'see a running job in the panel';
  const job = await window.jobs.waitForRow(runningJob, jobTimeoutMs);
  console.log(`Panel: ${(await window.jobs.rows()).length} rows, among them "${job.label}", ${job.description}`);
  await picture(window, 'panel');

  yield 'pick a running job in Check Job Progress';
  await window.runCommand('Media Services: Check Job Progress');
  // The list moves while jobs come and go; with the name typed it holds still.
  await window.quickInput.type(job.label);
  await window.quickInput.pick(runningJob);

  yield 'follow the job in the status bar';
  await window.statusBar.trackedJob.waitForText(/\S/);
  let pictured = false;
  for await (const text of window.statusBar.trackedJob.texts(stillTimeoutMs)) {
    console.log(`Status bar: ${text}`);
    if (finalText.test(text)) {
      break;
    }
    if (!pictured) {
      await picture(window, 'running');
      pictured = true;
    }
  }
  await picture(window, 'final');
}

async function picture(window: JourneyWindow, name: string): Promise<void> {
  const path = inProject('out', `${name}.png`);
  await window.picture(path);
  console.log(`Picture: ${path}`);
}
