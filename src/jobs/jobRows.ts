import { compareNewestFirst, isActive, type Job, jobKeyOf } from './job.ts';
import type { JobFilter } from './jobFilter.ts';
import { matchesQuery } from './jobQuery.ts';
import type { JobStore, StoreChange } from './jobStore.ts';
import { type Disposable, DisposableStore } from './lifecycle.ts';
import type { TrackedJob } from './trackedJob.ts';

/** Before a first page has come there are the few that somebody has asked for, and what another sign-in has left. */
const rowsBeforeList = 100;

/**
 * Which of the known jobs are rows of the panel, account by account: the newest that the filter means, as many as people
 * have asked for, and behind them the active ones and the tracked one where those are older.
 */
export class JobRows implements Disposable {
  readonly #store: JobStore;
  readonly #filter: JobFilter;
  readonly #tracked: Pick<TrackedJob, 'job'>;
  readonly #subscriptions = new DisposableStore();
  readonly #ids = new Map<string, readonly string[]>();
  /** Accounts of which more jobs are known than are rows. */
  readonly #heldBeyond = new Set<string>();
  /** Accounts whose rows stay where they are: what a search finds goes behind them, wherever it belongs by its time. */
  readonly #inPlace = new Set<string>();

  constructor(store: JobStore, filter: JobFilter, tracked: Pick<TrackedJob, 'job' | 'onDidChange'>) {
    this.#store = store;
    this.#filter = filter;
    this.#tracked = tracked;
    let trackedKey = jobKeyOrNull(tracked.job);
    this.#subscriptions.add(
      tracked.onDidChange((job) => {
        if (trackedKey !== jobKeyOrNull(job)) {
          trackedKey = jobKeyOrNull(job);
          for (const account of this.#ids.keys()) {
            this.#ids.set(account, this.#compute(account));
          }
        }
      }),
    );
    this.#subscriptions.add(
      filter.onDidChange(() => {
        this.#ids.clear();
        this.#inPlace.clear();
      }),
    );
  }

  /** The ids of an account's rows, in their order. */
  ids(account: string): readonly string[] {
    const known = this.#ids.get(account);
    if (known) {
      return known;
    }
    const ids = this.#compute(account);
    this.#ids.set(account, ids);
    return ids;
  }

  /** Whether there are more rows than people have asked for, here or at the service. */
  hasMore(account: string): boolean {
    const { hasMore, searched } = this.#store.listing(account);
    this.ids(account);
    return (hasMore && searched === null) || this.#heldBeyond.has(account);
  }

  /** Takes a change into account. Returns whether there are other rows now, or in another order. */
  update(change: StoreChange): boolean {
    const { account } = change;
    const before = this.#ids.get(account);
    if (!this.#mayMatter(change)) {
      return false;
    }
    if (this.#store.listing(account).searched !== null) {
      this.#inPlace.add(account);
    } else if (change.added.length > 0) {
      // New jobs come in at the top and move the others in any case.
      this.#inPlace.delete(account);
    }
    const after = this.#compute(account);
    this.#ids.set(account, after);
    return before?.length !== after.length || after.some((id, index) => id !== before[index]);
  }

  /** Puts the rows of an account in order: nobody is about to click one. Returns whether that moves any. */
  sort(account: string): boolean {
    const before = this.#ids.get(account);
    if (!this.#inPlace.delete(account) || !before) {
      return false;
    }
    const after = this.#compute(account);
    this.#ids.set(account, after);
    return after.some((id, index) => id !== before[index]);
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #mayMatter({ added, changed, removed, statusChanged }: StoreChange): boolean {
    const { query } = this.#filter;
    return (
      statusChanged ||
      added.length + removed.length > 0 ||
      changed.some(
        ({ before, after }) =>
          before.state !== after.state ||
          before.created !== after.created ||
          matchesQuery(before, query) !== matchesQuery(after, query),
      )
    );
  }

  #compute(account: string): readonly string[] {
    const sorted = this.#sorted(account);
    if (!this.#inPlace.has(account)) {
      return sorted.map(({ id }) => id);
    }
    const { query } = this.#filter;
    const before = this.#ids.get(account) ?? [];
    const stay = before.filter((id) => {
      const job = this.#store.get({ account, id });
      return job !== undefined && matchesQuery(job, query);
    });
    const there = new Set(stay);
    let room = Math.max(0, this.#wanted(account) - stay.length);
    // What is under way is shown however many rows there are.
    const more = sorted.filter((job) => !there.has(job.id) && (isActive(job) || room-- > 0));
    return [...stay, ...more.map(({ id }) => id)];
  }

  #sorted(account: string): readonly Job[] {
    const { query, isOn } = this.#filter;
    const { knownFrom } = this.#store.listing(account);
    const wanted = this.#wanted(account);
    const active = this.#store.active(account);
    // As many more as may be rows for another reason, and one: whether there is any further.
    const held = this.#store.newest(
      account,
      wanted + Math.min(active.length, wanted) + 2,
      query,
      isOn ? Number.NEGATIVE_INFINITY : knownFrom,
    );
    const newest = held.slice(0, wanted);
    // The list may be full of ended jobs while an older one still runs; that one is what people look for.
    const shown = new Set(newest.map(({ id }) => id));
    const isBeyond = (job: Job): boolean => !shown.has(job.id) && matchesQuery(job, query);
    const beyond = active.filter(isBeyond).slice(0, wanted);
    const tracked = this.#tracked.job?.account === account ? this.#store.get(this.#tracked.job) : undefined;
    if (tracked && isBeyond(tracked) && beyond.every(({ id }) => id !== tracked.id)) {
      beyond.push(tracked);
      beyond.sort(compareNewestFirst);
    }
    for (const { id } of beyond) {
      shown.add(id);
    }
    if (held.some(({ id }) => !shown.has(id))) {
      this.#heldBeyond.add(account);
    } else {
      this.#heldBeyond.delete(account);
    }
    return [...newest, ...beyond];
  }

  #wanted(account: string): number {
    return this.#store.listing(account).wanted || rowsBeforeList;
  }
}

function jobKeyOrNull(job: Job | null): string | null {
  return job && jobKeyOf(job);
}
