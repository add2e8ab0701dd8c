import type { ConnectionInfo } from '../../../src/emulator/emulator.ts';
import { postAdmin } from '../../support/emulatorRequests.ts';
import type { JourneyWindow } from './journeyWindow.ts';

/** Adds a job of one task, an hour long, and has it come so far. @returns its id */
export async function addJob(connection: ConnectionInfo, name: string, to?: string): Promise<string> {
  const tasks = [{ name: 'Encode', durationSeconds: 3600 }];
  const { id } = await postAdmin<{ readonly id: string }>(connection, 'jobs', { name, tasks });
  if (to !== undefined) {
    await postAdmin(connection, 'jobs/advance', { id, to });
  }
  return id;
}

export async function failJob(connection: ConnectionInfo, id: string): Promise<void> {
  await postAdmin(connection, 'jobs/fail', { id, code: 'ErrorProcessingTask', message: 'The disk is full.' });
}

/** Tracks a running job that may be newer than what the panel shows. */
export async function trackJob({ jobs, statusBar }: JourneyWindow, name: string): Promise<void> {
  await jobs.pressTitleButton('Refresh Jobs');
  await jobs.waitForRow(new RegExp(`${name}\\s*\\d+%`), 30_000);
  await jobs.pressInline(name, 'Track in Status Bar');
  await statusBar.trackedJob.waitForText(new RegExp(`${name} \\d+%`));
}
