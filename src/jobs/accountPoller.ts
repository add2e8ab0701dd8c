import { AskedJobs } from './askedJobs.ts';
import type { Clock } from './clock.ts';
import { isActive, type Job } from './job.ts';
import { JobAnswers } from './jobAnswers.ts';
import type { JobFilter } from './jobFilter.ts';
import { JobListing } from './jobListing.ts';
import { JobPoll, type PollWish } from './jobPoll.ts';
import type { JobStore } from './jobStore.ts';
import type { JobsClient } from './jobsClient.ts';
import type { Disposable } from './lifecycle.ts';
import { type PollDemand, type PollKind, type PollSettings, pollKinds } from './pollDemand.ts';
import { calm, calmHistory, type PollHistory, pollDelays } from './pollSchedule.ts';
import type { AccountSharing } from './pollSharing.ts';
import { ServiceError } from './serviceError.ts';
import { type Adopted, SharedPolls } from './sharedPolls.ts';

export interface AccountPollerOptions {
  readonly account: string;
  readonly client: JobsClient;
  readonly store: JobStore;
  readonly clock: Clock;
  readonly random: () => number;
  readonly settings: () => PollSettings & { readonly pageSize: number };
  readonly filter: Pick<JobFilter, 'query'>;
  /** What the windows of a person share of this account. */
  readonly sharing: AccountSharing;
  readonly demand: () => PollDemand;
  /** Ids of the jobs that are tracked, waited for or being canceled. */
  readonly watchedIds: () => readonly string[];
  /** Ids of the jobs that are rows of the panel, whether or not it is visible. */
  readonly rowIds: () => readonly string[];
  readonly onPollFailed: (error: ServiceError) => void;
  /** The service no longer has a job that it was asked for by its id. */
  readonly onJobGone: (id: string) => void;
  /** Whether somebody tracks or waits for a job, so that it stays although it ended long ago. */
  readonly isKept: (id: string) => boolean;
}

/** A timer that is this late, or a clock this far off, means that the machine slept or its clock was set. */
const jumpMs = 30_000;
/** Timers stand still while a machine sleeps. Short ones notice soon that it did. */
const longestTimerMs = 30_000;
/** How soon to look again whether another window is done with asking; its answer comes by itself as a rule. */
const busyElsewhereMs = 1_000;

/** What a run of requests brought; where nothing was asked, nothing is known of how the service is. */
type Outcome = 'nothingAsked' | 'unchanged' | 'changed';

/**
 * Asks for the jobs of one account: by itself when its schedule says so, and at once when somebody wants to know. Only
 * one poll is under way at a time, in all windows together, and a failed one never ends the polling.
 */
export class AccountPoller implements Disposable {
  readonly #options: AccountPollerOptions;
  readonly #abort = new AbortController();
  /** Ends what is asked for under the filter that is on. */
  #filterAbort = new AbortController();
  /** Either of the two. */
  #signal = AbortSignal.any([this.#abort.signal, this.#filterAbort.signal]);
  readonly #history: Record<PollKind, PollHistory> = { ...calmHistory };
  /** When the last poll of each kind ended; never is long ago. */
  readonly #endedAt: Record<PollKind, number>;
  readonly #answers: JobAnswers;
  readonly #listing: JobListing;
  readonly #poll: JobPoll;
  readonly #asked: AskedJobs;
  readonly #shared: SharedPolls;
  #timer: Disposable | null = null;
  #running: Promise<void> = Promise.resolve();
  #pendingRefresh: Promise<void> | null = null;
  #polling = false;
  /** Another window asks at the moment; not before then is it worth another look. */
  #notBefore = 0;
  /** Set after sleep: whatever fails then is given one more try before anybody hears of it. */
  #isQuiet = false;
  /** A person or a list to pick from wants all rows, whether or not the panel is visible. */
  #isRefreshing = false;

  constructor(options: AccountPollerOptions) {
    const { account, client, store, clock, settings, filter, isKept, onJobGone } = options;
    this.#options = options;
    // Who wants to be told of jobs in the background can wait for the start to be over.
    this.#endedAt = { watched: -Infinity, list: -Infinity, background: clock.now() };
    this.#answers = new JobAnswers(account, client, store);
    this.#listing = new JobListing({
      answers: this.#answers,
      store,
      filter,
      pageSize: () => settings().pageSize,
      isKept,
      onSearchFailed: (error) => this.#noteFailure([], error),
    });
    this.#poll = new JobPoll({
      answers: this.#answers,
      listing: this.#listing,
      store,
      clock,
      seenIds: () => [
        ...(this.#isRefreshing || options.demand().listVisible ? options.rowIds() : []),
        ...options.watchedIds(),
      ],
      onAnswered: () => this.#noteAnswer(),
      onJobGone,
    });
    this.#shared = new SharedPolls({
      answers: this.#answers,
      listing: this.#listing,
      store,
      clock,
      sharing: options.sharing,
      onAdopted: (adopted) => {
        this.#takeOver(adopted);
        this.wake();
      },
    });
    this.#asked = new AskedJobs({
      answers: this.#answers,
      store,
      clock,
      listing: this.#listing,
      lastPoll: this.#shared,
      onJobGone,
      onAnswered: (ids, at) => this.#noteAsked(ids, at),
      onFailed: (error, ids, at) => {
        // Several may be asked at a time, which makes no row of polls that failed.
        this.#noteFailure(pollKinds, error, 0);
        this.wake();
        void this.#shared.write(ids.length > 0 ? { at, active: false, head: false, ids } : null);
      },
    });
  }

  get client(): JobsClient {
    return this.#options.client;
  }

  /** Looks again at who is watching, and asks when it is time. Cheap; call it whenever something may have changed. */
  wake(): void {
    this.#timer?.dispose();
    this.#timer = null;
    if (this.#abort.signal.aborted || this.#polling) {
      return;
    }
    const delay = Math.max(Math.min(...Object.values(this.#dueIn())), this.#notBefore - this.#options.clock.now());
    if (delay === Number.POSITIVE_INFINITY) {
      return;
    }
    // Even what is due now waits for a timer, so that several wishes of one moment become one poll.
    const waitMs = Math.min(Math.max(0, delay), longestTimerMs);
    const setAt = this.#options.clock.now();
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#timer = null;
      this.#lookAtClock(setAt, waitMs);
      this.#pollWhatIsDue();
    }, waitMs);
  }

  /** Starts afresh after someone came to look: what failed or stood still before no longer counts. */
  calm(): void {
    for (const kind of pollKinds) {
      this.#history[kind] = { ...calm, retryAfterMs: this.#history[kind].retryAfterMs };
    }
  }

  /** Asks for all that people can see now. Resolves when the answer is in the store or its failure is. */
  refresh(): Promise<void> {
    const { clock } = this.#options;
    this.calm();
    // Wishes that come while a poll is under way are all met by the next one.
    this.#pendingRefresh ??= this.#enqueue(async () => {
      this.#pendingRefresh = null;
      await this.#shared.begin();
      this.#isRefreshing = true;
      const at = clock.now();
      const answered = await this.#attempt(pollKinds, async (signal) => {
        const changed = await this.#listing.refreshAll(signal);
        this.#noteAnswer();
        const rest = await this.#poll.run({ head: false, active: true, progress: true, ids: [] }, signal);
        return outcome(changed || rest);
      });
      this.#isRefreshing = false;
      await this.#shared.write(answered ? { at, active: true, head: true, ids: [] } : null);
    });
    return this.#pendingRefresh;
  }

  /** Shows one more page behind those that are shown. */
  loadMore(): Promise<void> {
    return this.#enqueue(async () => {
      await this.#attempt([], async (signal) => {
        const changed = await this.#listing.loadMore(signal);
        const moved = await this.#answers.refreshMovingTasks(this.#options.rowIds(), true, signal);
        return changed === null && !moved ? 'nothingAsked' : outcome(changed === true || moved);
      });
    });
  }

  /** Another filter is on. What was asked for under the one before is given up. */
  filterChanged(): void {
    this.#filterAbort.abort(new ServiceError('aborted', 'Another filter was set.'));
    this.#filterAbort = new AbortController();
    this.#signal = AbortSignal.any([this.#abort.signal, this.#filterAbort.signal]);
    this.#listing.filterChanged();
    if (!this.#listing.isLoaded) {
      this.#endedAt.list = Number.NEGATIVE_INFINITY;
    }
    this.calm();
    this.wake();
  }

  stopSearch(): void {
    this.#listing.stopSearch();
  }

  /** Runs what somebody asks of single jobs now. Rejects as that does. */
  ask<T>(request: (asked: AskedJobs, signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const either = signal ? AbortSignal.any([signal, this.#abort.signal]) : this.#abort.signal;
    return this.#answers.during(async () => {
      await this.#shared.begin();
      return await request(this.#asked, either);
    });
  }

  /** Asks for the tasks of one job, unless they are known and final. */
  async loadTasks(jobId: string): Promise<void> {
    const job = this.#known(jobId);
    if (!job || (job.tasks !== null && !isActive(job))) {
      return;
    }
    await this.#attempt([], async (signal) => outcome(await this.#answers.refreshTasks([jobId], signal)));
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#timer = null;
    this.#shared.dispose();
    this.#abort.abort(new ServiceError('aborted', 'The account was removed or signed out.'));
  }

  /** The service answers: whatever held polls up is over. All that comes before the status, whose listeners look at it. */
  #noteAsked(ids: readonly string[], at: number): void {
    const { account, store, clock } = this.#options;
    for (const kind of pollKinds) {
      this.#history[kind] = calm;
    }
    if (this.#options.watchedIds().every((watched) => ids.includes(watched))) {
      this.#endedAt.watched = clock.now();
    }
    store.setStatus(account, { state: 'ready', asOf: clock.now() });
    this.wake();
    void this.#shared.write({ at, active: false, head: false, ids });
  }

  #known(id: string): Job | undefined {
    return this.#options.store.get({ account: this.#options.account, id });
  }

  #dueIn(): Record<PollKind, number> {
    const { settings, demand, clock } = this.#options;
    const delays = pollDelays(settings(), demand(), this.#history);
    const due = (kind: PollKind): number => {
      const delay = delays[kind];
      if (delay === null) {
        return Number.POSITIVE_INFINITY;
      }
      const since = clock.now() - this.#endedAt[kind];
      // A clock that was set back must not hold polls up: then the wait begins again.
      return since < 0 ? delay : delay - since;
    };
    return { watched: due('watched'), list: due('list'), background: due('background') };
  }

  /** After sleep, or once the clock was set, nothing of before says when to ask: one look, and no word if that fails. */
  #lookAtClock(setAt: number, waitMs: number): void {
    const off = this.#options.clock.now() - setAt - waitMs;
    if (Math.abs(off) > jumpMs) {
      this.#notBefore = 0;
      this.calm();
      this.#isQuiet = true;
      for (const kind of pollKinds) {
        this.#endedAt[kind] = Number.NEGATIVE_INFINITY;
      }
    }
  }

  #pollWhatIsDue(): void {
    void this.#enqueue(async () => {
      // Looked at only now, as something asked for meanwhile may have brought what was due.
      if (this.#dueNow().length === 0) {
        return;
      }
      const lease = await this.#shared.acquire();
      if (!lease) {
        this.#notBefore = this.#options.clock.now() + busyElsewhereMs;
        return;
      }
      try {
        // Another window may have asked meanwhile; then its answer is as good as one of our own. Looked at with the
        // lease in hand, so that nobody asks between this look and our own request.
        this.#takeOver(await this.#shared.adopt());
        if (!this.#abort.signal.aborted) {
          await this.#pollKinds(this.#dueNow());
        }
      } finally {
        lease.dispose();
      }
    });
  }

  #dueNow(): readonly PollKind[] {
    const due = this.#dueIn();
    return pollKinds.filter((kind) => due[kind] <= 0);
  }

  async #pollKinds(due: readonly PollKind[]): Promise<void> {
    if (due.length === 0) {
      return;
    }
    const wish = this.#wishOf(due);
    const at = this.#options.clock.now();
    // All active jobs are what the others want to know, too.
    const isMet = (kind: PollKind): boolean => kind === 'background' || (kind === 'watched' && wish.progress);
    const met = wish.active ? pollKinds.filter((kind) => due.includes(kind) || isMet(kind)) : due;
    const answered = await this.#attempt(met, async (signal) => {
      const asks = wish.head || wish.active || wish.ids.length > 0;
      return asks ? outcome(await this.#poll.run(wish, signal)) : 'nothingAsked';
    });
    await this.#shared.write(answered ? { at, ...wish } : null);
  }

  /** One job is asked for by its id, as few others need be known then; several come cheaper with all active ones. */
  #wishOf(due: readonly PollKind[]): PollWish {
    const ids = due.includes('watched') ? this.#options.watchedIds() : [];
    const head = due.includes('list');
    const active = head || due.includes('background') || ids.length > 1;
    return { head, active, progress: head || ids.length > 0, ids };
  }

  /** Takes note of what another window has asked for, and how that went. */
  #takeOver(adopted: Adopted | null): void {
    if (!adopted) {
      return;
    }
    const { watchedIds, store, account, clock } = this.#options;
    const { activeAt, headAt, watchedAt, askedAt, failure } = adopted;
    const watched = Math.min(...watchedIds().map((id) => Math.max(activeAt, watchedAt(id))));
    const at: Record<PollKind, number> = {
      background: activeAt,
      list: this.#listing.isLoaded ? Math.min(activeAt, headAt) : Number.NEGATIVE_INFINITY,
      watched: Number.isFinite(watched) ? watched : Number.NEGATIVE_INFINITY,
    };
    for (const kind of pollKinds) {
      // What was asked for in a time to come was asked for before the clock was set back.
      if (at[kind] > this.#endedAt[kind] && at[kind] <= clock.now()) {
        this.#endedAt[kind] = at[kind];
        this.#history[kind] = adopted.changed ? calm : { ...calm, unchanged: this.#history[kind].unchanged + 1 };
      }
    }
    const status = store.status(account);
    if (failure && failure.at > askedAt) {
      const { kind, message, retryAfterMs, count } = failure;
      for (const of of pollKinds) {
        if (failure.at > this.#endedAt[of]) {
          this.#endedAt[of] = failure.at;
          this.#history[of] = { unchanged: 0, failed: count, retryAfterMs, jitter: this.#options.random() };
        }
      }
      const error = new ServiceError(kind, message, retryAfterMs === null ? {} : { retryAfterMs });
      store.setStatus(account, { state: 'failed', error, asOf: status.state === 'idle' ? null : status.asOf });
    } else if (askedAt > 0 && (status.state === 'idle' || askedAt > (status.asOf ?? 0))) {
      store.setStatus(account, { state: 'ready', asOf: askedAt });
    }
  }

  /** One thing at a time: what is asked for meanwhile runs afterwards. */
  #enqueue(run: () => Promise<void>): Promise<void> {
    this.#running = this.#running.then(async () => {
      if (!this.#abort.signal.aborted) {
        this.#polling = true;
        try {
          await run();
        } finally {
          this.#polling = false;
          this.wake();
        }
      }
    });
    return this.#running;
  }

  /** Runs requests, takes down in status and history how they went, and never throws. Returns whether they went well. */
  async #attempt(kinds: readonly PollKind[], run: (signal: AbortSignal) => Promise<Outcome>): Promise<boolean> {
    const { clock } = this.#options;
    const signal = this.#signal;
    try {
      const brought = await this.#answers.during(() => run(signal));
      if (signal.aborted) {
        return false;
      }
      this.#isQuiet = false;
      for (const kind of kinds) {
        this.#endedAt[kind] = clock.now();
        if (brought !== 'nothingAsked') {
          const { unchanged } = this.#history[kind];
          this.#history[kind] = { ...calm, unchanged: brought === 'changed' ? 0 : unchanged + 1 };
        }
      }
      if (brought !== 'nothingAsked') {
        this.#noteAnswer();
      }
      return true;
    } catch (thrown) {
      if (!signal.aborted) {
        this.#noteFailure(kinds, ServiceError.from(thrown));
      }
      return false;
    }
  }

  #noteAnswer(): void {
    const { account, store, clock } = this.#options;
    this.#shared.noteFailure(null);
    store.setStatus(account, { state: 'ready', asOf: clock.now() });
  }

  /** @param polls how many more have failed in a row */
  #noteFailure(kinds: readonly PollKind[], error: ServiceError, polls = 1): void {
    const { account, store, clock, random, onPollFailed } = this.#options;
    const jitter = random();
    const retryAfterMs = error.retryAfterMs ?? null;
    for (const kind of kinds) {
      this.#endedAt[kind] = clock.now();
      const failed = Math.max(1, this.#history[kind].failed + polls);
      this.#history[kind] = { unchanged: 0, failed, retryAfterMs, jitter };
    }
    if (this.#isQuiet) {
      // The network needs a moment after sleep. The next try will tell.
      this.#isQuiet = false;
      return;
    }
    // That nobody has signed in here is this window's own affair.
    if (error.kind !== 'secretMissing') {
      const count = Math.max(1, ...kinds.map((kind) => this.#history[kind].failed));
      this.#shared.noteFailure({ kind: error.kind, message: error.message, at: clock.now(), count, retryAfterMs });
    }
    const status = store.status(account);
    store.setStatus(account, { state: 'failed', error, asOf: status.state === 'idle' ? null : status.asOf });
    onPollFailed(error);
  }
}

function outcome(changed: boolean): Outcome {
  return changed ? 'changed' : 'unchanged';
}
