import type { Clock } from '../jobs/clock.ts';
import { firstError, type Job } from '../jobs/job.ts';
import type { JobWatcher } from '../jobs/jobWatcher.ts';

/** No message waits longer for its reason: a window that is closed meanwhile would take it along. */
const longestWaitMs = 3_000;

interface ReasonParts {
  readonly watcher: Pick<JobWatcher, 'check'>;
  readonly clock: Clock;
}

/** That a job failed is known before why: the tasks say that, which nobody may have asked for since. */
export function withReason({ watcher, clock }: ReasonParts, job: Job): Promise<Job> {
  return new Promise((resolve) => {
    if (job.state !== 'Error' || firstError(job)) {
      resolve(job);
      return;
    }
    const tell = (now: Job): void => {
      timer.dispose();
      resolve(now.state === 'Error' ? now : job);
    };
    const timer = clock.setTimeout(() => tell(job), longestWaitMs);
    watcher.check(job).then(tell, () => tell(job));
  });
}
