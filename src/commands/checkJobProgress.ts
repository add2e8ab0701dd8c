import * as vscode from 'vscode';
import { isFinalState, type Job, type JobKey } from '../jobs/job.ts';
import { type JobJson, jobToJson } from '../jobs/jobJson.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { followJob } from './followJob.ts';
import { isJobArguments, isJobKey, jobFromArguments } from './jobArguments.ts';
import { showJobEnd } from './jobEnd.ts';
import { type ErrorResult, errorResult, showFailure } from './messages.ts';
import { pickJob } from './pickJob.ts';
import type { Services } from './services.ts';

/**
 * Check Job Progress. A person picks a job (or has picked it in the panel), which becomes the tracked one and is
 * followed until it is final or the message is dismissed. A call with arguments shows nothing and changes nothing.
 */
export async function checkJobProgress(
  services: Services,
  argument?: unknown,
): Promise<JobJson | ErrorResult | undefined> {
  if (isJobArguments(argument)) {
    return await checkForCaller(services, argument, 'wait' in argument && argument.wait === true);
  }
  if (argument !== undefined && !isJobKey(argument)) {
    return errorResult(new ServiceError('badRequest', 'The argument must be { jobId, account?, wait? }.'));
  }
  const { l10n } = vscode;
  const purpose = { title: l10n.t('Check Job Progress'), pasted: l10n.t('Check this job') };
  const key = argument ?? (await pickJob(services, purpose));
  return key ? await checkForPerson(services, key) : undefined;
}

async function checkForCaller(
  services: Services,
  argument: Parameters<typeof jobFromArguments>[0],
  wait: boolean,
): Promise<JobJson | ErrorResult> {
  const { watcher, clock } = services;
  try {
    const key = jobFromArguments(argument, services);
    const job = await watcher.check(key);
    // Nobody can cancel a caller's wait but the end of the window, which ends everything.
    const last = wait ? await watcher.waitUntilFinal(job, new AbortController().signal) : job;
    return jobToJson(last, clock.now());
  } catch (error) {
    return errorResult(error);
  }
}

async function checkForPerson(services: Services, key: JobKey): Promise<JobJson | undefined> {
  const { watcher, tracked, store, clock, ends } = services;
  let job: Job;
  try {
    job = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Checking job…') },
      () => watcher.check(key),
    );
  } catch (error) {
    void showFailure(error, key.account);
    return undefined;
  }
  // From here on it is said here how the job ends; said once, in whichever window is first.
  const hold = ends.hold(job);
  try {
    tracked.track(job);
    const wasFinal = isFinalState(job.state);
    if (!wasFinal) {
      await followJob(services, job).catch((error: unknown) => void showFailure(error, key.account));
      job = store.get(job) ?? job;
    }
    if (isFinalState(job.state) && ((await ends.claim(job)) || wasFinal)) {
      showJobEnd(services, job);
    }
  } finally {
    hold.dispose();
  }
  return jobToJson(job, clock.now());
}
