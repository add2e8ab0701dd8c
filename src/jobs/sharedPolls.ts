import type { Began } from './answerOrder.ts';
import type { Clock } from './clock.ts';
import { isActive, type Job, type JobTask } from './job.ts';
import type { Answer, JobAnswers } from './jobAnswers.ts';
import type { JobListing } from './jobListing.ts';
import type { JobStore } from './jobStore.ts';
import { type Disposable, DisposableStore } from './lifecycle.ts';
import type { AccountSharing, PollLease, SharedAccount, SharedFailure, SharedJob } from './pollSharing.ts';

export interface SharedPollsOptions {
  readonly answers: JobAnswers;
  readonly listing: JobListing;
  readonly store: JobStore;
  readonly clock: Clock;
  readonly sharing: AccountSharing;
  /** Another window has asked; what it learned is in the store by now. */
  readonly onAdopted: (adopted: Adopted) => void;
}

/** When what was last asked for, in whichever window, in milliseconds since the Unix epoch; 0 for never. */
export interface Adopted {
  readonly activeAt: number;
  readonly headAt: number;
  watchedAt(jobId: string): number;
  /** The latest of all. */
  readonly askedAt: number;
  readonly failure: SharedFailure | null;
  /** Whether another window's answer was news here. */
  readonly changed: boolean;
}

/** What was asked for, with success. */
export interface Asked {
  /** When, before the request was sent: what came to be known meanwhile is newer. Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly active: boolean;
  readonly head: boolean;
  readonly ids: readonly string[];
}

/** How long other windows may need to hear that a job has ended. */
const endedKeptMs = 60 * 60_000;
const mostEndedKept = 1000;

/** Tells other windows what this one learned of an account, and takes over what they did. */
export class SharedPolls implements Disposable {
  readonly #options: SharedPollsOptions;
  readonly #disposables = new DisposableStore();
  #activeAt = 0;
  #headAt = 0;
  readonly #watchedAt = new Map<string, number>();
  /** When jobs ended that were active before. */
  readonly #ended = new Map<string, number>();
  readonly #goneAt = new Map<string, number>();
  #head: SharedAccount['head'] = null;
  #failure: SharedFailure | null = null;
  #begun: Promise<unknown> | null = null;
  /** When the service last answered; a failure from before is over. */
  #answeredAt = 0;

  constructor(options: SharedPollsOptions) {
    this.#options = options;
    const { store, clock, sharing, answers, onAdopted } = options;
    this.#disposables.add(sharing);
    this.#disposables.add(
      sharing.onDidChange((shared) => {
        void answers.during(async () => {
          const { began } = await answers.ask(async () => shared);
          const adopted = this.#adopt(shared, began);
          if (adopted) {
            onAdopted(adopted);
          }
          if (shared.jobs.some((job) => this.#isGone(job, shared))) {
            // Both wrote at the same time, and the other one the later: it has not heard what this one told.
            await this.#tell();
          }
        });
      }),
    );
    this.#disposables.add(
      store.onDidChange(({ account, added, changed, removed }) => {
        if (account !== answers.account) {
          return;
        }
        for (const { before, after } of changed) {
          if (isActive(before) && !isActive(after)) {
            this.#ended.set(after.id, clock.now());
          }
        }
        for (const { id } of removed) {
          this.#goneAt.set(id, clock.now());
        }
        for (const { id } of added) {
          this.#goneAt.delete(id);
        }
      }),
    );
  }

  /** When the first rows, the active jobs and their progress were last asked for, in whichever window. */
  get listAt(): number {
    return Math.min(this.#activeAt, this.#headAt);
  }

  /** When a job was last asked for with its progress, in whichever window. */
  jobAt(id: string): number {
    return Math.max(this.listAt, this.#watchedAt.get(id) ?? 0);
  }

  /**
   * Takes up what windows knew before this one asked for anything, the first time: a job of which they knew that it was
   * active is one that ends then, not one that had ended before anybody looked.
   */
  begin(): Promise<unknown> {
    this.#begun ??= this.adopt().then((adopted) => adopted && this.#options.onAdopted(adopted));
    return this.#begun;
  }

  /** Takes over what other windows have learned; `null` where that is nothing new. */
  async adopt(): Promise<Adopted | null> {
    const { answers, sharing } = this.#options;
    return await answers.during(async () => {
      const { began, value } = await answers.ask(() => sharing.read());
      return value && !this.#disposables.isDisposed ? this.#adopt(value, began) : null;
    });
  }

  /** The right to ask the service, or `null` while another window does. */
  acquire(): Promise<PollLease | null> {
    return this.#options.sharing.acquire();
  }

  /** Takes down how the last request failed, or that it did not; `write` tells others. */
  noteFailure(failure: SharedFailure | null): void {
    this.#failure = failure;
    this.#answeredAt = failure ? this.#answeredAt : this.#options.clock.now();
  }

  /** Tells others of an answer that is in the store, or of a failure. */
  async write(asked: Asked | null): Promise<void> {
    const { clock, listing } = this.#options;
    // What others have written meanwhile is not to be lost.
    await this.adopt();
    if (this.#disposables.isDisposed || (asked === null && this.#failure === null)) {
      return;
    }
    const now = clock.now();
    this.#forgetOld(now);
    if (asked) {
      // The clock may have been set back since then.
      const at = Math.min(asked.at, now);
      this.#activeAt = asked.active ? Math.max(this.#activeAt, at) : this.#activeAt;
      if (asked.head) {
        this.#headAt = Math.max(this.#headAt, at);
        this.#head = listing.head;
      }
      for (const id of asked.ids) {
        this.#watchedAt.set(id, Math.max(this.#watchedAt.get(id) ?? 0, at));
      }
    }
    await this.#tell();
  }

  async #tell(): Promise<void> {
    const { store, answers, sharing } = this.#options;
    const { account } = answers;
    const head = this.#head;
    const ids = new Set([...store.activeIds(account), ...this.#ended.keys(), ...(head?.ids ?? [])]);
    const jobs = [...ids].map((id) => store.get({ account, id })).filter((job) => job !== undefined);
    await sharing.write({
      activeAt: this.#activeAt,
      headAt: this.#headAt,
      watchedAt: Object.fromEntries(this.#watchedAt),
      goneAt: Object.fromEntries(this.#goneAt),
      jobs: jobs.map(toShared),
      head,
      failure: this.#failure,
    });
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #adopt(shared: SharedAccount, began: Began): Adopted | null {
    const { answers, listing, store } = this.#options;
    const { account } = answers;
    if (!this.#isNewer(shared)) {
      return null;
    }
    const news = shared.jobs.filter((job) => this.#isNews(job, shared));
    const records = news.map(({ record }) => ({ began, value: record }));
    const tasks = new Map<string, Answer<readonly JobTask[]>>();
    for (const job of news) {
      if (job.tasks) {
        tasks.set(job.record.id, { began, value: job.tasks });
      }
    }
    const before = store.activeIds(account);
    const gone = Object.entries(shared.goneAt).filter(([id, at]) => at > this.#knownAt(id));
    const changed = answers.apply(records, tasks, this.#notAborted);
    const left = answers.remove(
      gone.map(([id]) => id),
      began,
      this.#notAborted,
    );
    const there = new Set(shared.jobs.map(({ record }) => record.id));
    const wentAway = new Set(left);
    // Of a job that is missing without a word nothing is known, so that this window has to ask for itself.
    const isWhole = before.every((id) => there.has(id) || wentAway.has(id));
    if (isWhole && shared.activeAt > this.#activeAt) {
      this.#activeAt = shared.activeAt;
      store.setActiveAsOf(account, shared.activeAt);
    }
    if (shared.head && shared.headAt > this.#headAt) {
      listing.adoptHead(shared.head.ids, shared.head.hasMore);
      this.#headAt = shared.headAt;
      this.#head = shared.head;
    }
    for (const [id, at] of Object.entries(shared.watchedAt)) {
      this.#watchedAt.set(id, Math.max(at, this.#watchedAt.get(id) ?? 0));
    }
    const askedAt = Math.max(shared.activeAt, shared.headAt, ...Object.values(shared.watchedAt));
    this.#answeredAt = Math.max(this.#answeredAt, askedAt);
    this.#failure = shared.failure && shared.failure.at > this.#answeredAt ? shared.failure : null;
    return {
      activeAt: this.#activeAt,
      headAt: this.#headAt,
      watchedAt: (id) => this.#watchedAt.get(id) ?? 0,
      askedAt: isWhole ? askedAt : 0,
      failure: this.#failure,
      changed: changed || left.length > 0,
    };
  }

  /** When this window has last heard of a job for itself. */
  #knownAt(id: string): number {
    return Math.max(this.#activeAt, this.#watchedAt.get(id) ?? 0);
  }

  /** Whether another window has asked for something later than this one knows of. */
  #isNewer({ activeAt, headAt, watchedAt, failure }: SharedAccount): boolean {
    return (
      activeAt > this.#activeAt ||
      headAt > this.#headAt ||
      (failure?.at ?? 0) > Math.max(this.#failure?.at ?? 0, this.#answeredAt) ||
      Object.entries(watchedAt).some(([id, at]) => at > (this.#watchedAt.get(id) ?? 0))
    );
  }

  /** Whether another window has looked at a job later than this one. */
  #isNews(job: SharedJob, shared: SharedAccount): boolean {
    const { store, answers } = this.#options;
    const { record } = job;
    const known = store.get({ account: answers.account, id: record.id });
    if (known && isActive(record) && !isActive(known) && known.created === record.created) {
      // A final state is final; one that says otherwise has not heard of it yet.
      return false;
    }
    return askedForAt(job, shared) > (known ? this.#knownAt(record.id) : (this.#goneAt.get(record.id) ?? 0));
  }

  /** Whether it turned out here that a job is gone, later than another window has looked at it. */
  #isGone(job: SharedJob, shared: SharedAccount): boolean {
    return (this.#goneAt.get(job.record.id) ?? 0) > askedForAt(job, shared);
  }

  readonly #notAborted = new AbortController().signal;

  /** Also what was noted of a time to come, before the clock was set back: others would wait for it. */
  #forgetOld(now: number): void {
    for (const map of [this.#ended, this.#watchedAt, this.#goneAt]) {
      for (const [id, at] of map) {
        if (at > now || now - at > endedKeptMs || map.size > mostEndedKept) {
          map.delete(id);
        }
      }
    }
    this.#activeAt = this.#activeAt > now ? 0 : this.#activeAt;
    this.#headAt = this.#headAt > now ? 0 : this.#headAt;
    this.#answeredAt = Math.min(this.#answeredAt, now);
  }
}

function toShared({ account: _account, tasks, progress, pace: _pace, ...record }: Job): SharedJob {
  return { record, tasks, progress };
}

/** When the window that tells of a job has last looked at it. */
function askedForAt({ record }: SharedJob, { activeAt, headAt, watchedAt }: SharedAccount): number {
  return Math.max(isActive(record) ? activeAt : Math.max(activeAt, headAt), watchedAt[record.id] ?? 0);
}
