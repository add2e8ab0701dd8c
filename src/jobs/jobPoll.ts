import type { Clock } from './clock.ts';
import { type JobAnswers, throwIfAborted } from './jobAnswers.ts';
import type { JobListing } from './jobListing.ts';
import type { JobStore } from './jobStore.ts';

/** What one poll is to bring. */
export interface PollWish {
  /** The newest jobs: those that came and went since would be missed otherwise. */
  readonly head: boolean;
  /** All active jobs. */
  readonly active: boolean;
  /** How far they are. */
  readonly progress: boolean;
  /** These jobs, by their ids. */
  readonly ids: readonly string[];
}

export interface JobPollOptions {
  readonly answers: JobAnswers;
  readonly listing: JobListing;
  readonly store: JobStore;
  /** Ids of the jobs that somebody can see or follows. */
  readonly seenIds: () => readonly string[];
  readonly clock: Clock;
  /** First rows have come: the service answers, although more is asked for. */
  readonly onAnswered: () => void;
  /** The service no longer has a job that it was asked for by its id. */
  readonly onJobGone: (id: string) => void;
}

/**
 * One poll of an account. However many jobs are active, it asks for all of them and for all running tasks at once, two
 * requests, or one where jobs come with their tasks; single jobs are asked for only where something about them changed that these do not tell.
 */
export class JobPoll {
  readonly #options: JobPollOptions;

  constructor(options: JobPollOptions) {
    this.#options = options;
  }

  /** Returns whether anything changed. Where one request fails, what the others brought still counts. */
  async run(wish: PollWish, signal: AbortSignal): Promise<boolean> {
    const { answers, listing, seenIds, onAnswered } = this.#options;
    // Taken now: a job that turns out to have ended is no longer watched, yet its tasks are read once more.
    const seen = seenIds();
    let changed = false;
    let { head } = wish;
    if (head && !listing.isLoaded) {
      // First rows first: people wait for them, and all that follows finds token and endpoint then.
      changed = await listing.open(signal);
      head = false;
      onAnswered();
    }
    let runningKnown = answers.client.capabilities.tasksWithJobs;
    const results = await Promise.allSettled([
      head ? listing.refreshHead(signal) : false,
      wish.active
        ? this.#active(wish.progress, signal, () => {
            runningKnown = true;
          })
        : this.#single(wish.ids, signal),
    ]);
    for (const result of results) {
      if (result.status === 'rejected') {
        throw result.reason;
      }
      changed = result.value || changed;
    }
    // A look at single jobs is at those alone: what the others' tasks do is one request of the next look at all.
    const moving = wish.active && wish.progress ? [...seen, ...seenIds()] : wish.ids;
    return (await answers.refreshMovingTasks(moving, runningKnown, signal)) || changed;
  }

  async #active(progress: boolean, signal: AbortSignal, onRunningKnown: () => void): Promise<boolean> {
    const { answers, store, clock, onJobGone } = this.#options;
    const { account, client } = answers;
    const askedAt = clock.now();
    const [jobs, running] = await Promise.all([
      answers.ask(() => client.listActiveJobs(signal)),
      progress && !client.capabilities.tasksWithJobs ? answers.ask(() => client.listRunningTasks(signal)) : null,
    ]);
    const records = jobs.value.map((value) => ({ began: jobs.began, value }));
    const before = store.activeIds(account);
    let tasks: ReturnType<JobAnswers['tasksByRunning']> = new Map();
    if (running?.value) {
      tasks = answers.tasksByRunning({ began: running.began, value: running.value });
      onRunningKnown();
    }
    const changed = answers.apply(records, tasks, signal);
    const there = new Set(jobs.value.map(({ id }) => id));
    const departed = before.filter((id) => !there.has(id) && !answers.isNewer(id, jobs.began));
    const departedChanged = await answers.refreshDeparted(departed, signal, onJobGone);
    throwIfAborted(signal);
    store.setActiveAsOf(account, askedAt);
    return departedChanged || changed;
  }

  async #single(ids: readonly string[], signal: AbortSignal): Promise<boolean> {
    const { answers, onJobGone } = this.#options;
    const asked = await answers.refreshJobs(ids, signal);
    asked.gone.forEach(onJobGone);
    return asked.changed;
  }
}
