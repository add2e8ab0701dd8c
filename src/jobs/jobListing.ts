import { isActive, type Job, type JobRecord } from './job.ts';
import { type Answer, type JobAnswers, type ListedRows, throwIfAborted } from './jobAnswers.ts';
import type { JobFilter } from './jobFilter.ts';
import { isUnlimited, type JobQuery, matchesQuery } from './jobQuery.ts';
import type { JobStore } from './jobStore.ts';
import type { PageToken } from './jobsClient.ts';
import { ServiceError } from './serviceError.ts';

export interface JobListingOptions {
  readonly answers: JobAnswers;
  readonly store: JobStore;
  readonly filter: Pick<JobFilter, 'query'>;
  /** Rows per page. */
  readonly pageSize: () => number;
  /** Whether a job stays although it ended long ago. */
  readonly isKept: (id: string) => boolean;
  /** A search ended early because the service could not be asked. */
  readonly onSearchFailed: (error: ServiceError) => void;
}

/** How far a walk through the pages of one query has come. */
interface Walk {
  readonly query: JobQuery;
  loaded: boolean;
  /** Where the next page begins, or `null` where there is none. Without a token it is the first one again. */
  next: { readonly token: PageToken | null } | null;
  /** See `Listing.knownFrom`. */
  knownFrom: number;
  wanted: number;
  /** Whether a search has begun that neither came to its end nor was given up. */
  isSearched: boolean;
}

/** A search looks at everything, so it asks for as much at a time as a service gives. */
const searchPageSize = 1000;
/** The service keeps no more than 50,000 jobs; beyond this the oldest that ended are let go of. */
const mostJobsHeld = 60_000;
/** New jobs push others to later pages, so a page may bring what is known; so many in a row are no accident. */
const mostKnownPages = 10;

/**
 * The list of an account's jobs as people page through it, under the filter that is on: which rows are loaded, and what
 * comes after them. A look at its head brings what came and went; pages and searches bring what is older.
 */
export class JobListing {
  readonly #options: JobListingOptions;
  #all: Walk;
  /** Under the filter that is on; the same as `#all` where none is. */
  #walk: Walk;
  #total: number | null = null;
  #search: AbortController | null = null;
  #searched = 0;
  #head: { readonly ids: readonly string[]; readonly hasMore: boolean } | null = null;

  constructor(options: JobListingOptions) {
    this.#options = options;
    this.#all = this.#newWalk({});
    this.#walk = this.#walkOf(options.filter.query);
  }

  /** Whether there is a first page under the filter that is on. */
  get isLoaded(): boolean {
    return this.#walk.loaded;
  }

  /** The newest jobs, as they were last listed. */
  get head(): { readonly ids: readonly string[]; readonly hasMore: boolean } | null {
    return this.#head;
  }

  /**
   * The newest jobs that a query means, whatever filter is on, where no other can be among them; `null` where only the
   * service can tell.
   */
  known(query: JobQuery, count: number): { readonly jobs: readonly Job[]; readonly hasMore: boolean } | null {
    const { loaded, next, knownFrom } = this.#all;
    // A list in no order may hold anything until all of it is known.
    if (!loaded || (next !== null && knownFrom === Number.NEGATIVE_INFINITY)) {
      return null;
    }
    const { store, answers } = this.#options;
    const jobs = store.newest(answers.account, count + 1, query, knownFrom);
    const isEnough = next === null || jobs.length >= count;
    return isEnough ? { jobs: jobs.slice(0, count), hasMore: next !== null || jobs.length > count } : null;
  }

  /** Begins anew under the filter that is on by now. What was under way for the one before is given up. */
  filterChanged(): void {
    this.#endSearch();
    this.#walk = this.#walkOf(this.#options.filter.query);
    this.#walk.wanted = this.#pageSize;
    if (this.#isAllKnown) {
      this.#loaded(this.#walk, null);
    }
    this.#publish();
  }

  /** Gives a search up. What it has found stays. */
  stopSearch(): void {
    this.#endSearch();
    this.#walk.isSearched = false;
  }

  /** Brings a first page under the filter that is on, and sets a search going where that is what it takes. */
  async open(signal: AbortSignal): Promise<boolean> {
    const walk = this.#walk;
    if (walk === this.#all) {
      return await this.#openAll(signal);
    }
    const { answers } = this.#options;
    const listed = await answers.list(walk.query, null, this.#pageSize, signal);
    this.#throwIfChanged(walk, signal);
    const changed = answers.apply(listed.rows, new Map(), signal);
    this.#loaded(walk, isBehind(listed, walk.query) ? null : listed.next);
    void this.#count(signal);
    if (walk.next !== null && !listed.rows.every(({ value }) => matchesQuery(value, walk.query))) {
      // The service does not filter by all of it. So all have to be looked at here.
      this.#startSearch(walk, listed.rows.length, signal);
    }
    return changed;
  }

  /** Looks at the newest jobs: what came and went since, and what is gone. */
  async refreshHead(signal: AbortSignal): Promise<boolean> {
    if (!this.#all.loaded && this.#walk === this.#all) {
      return await this.#openAll(signal);
    }
    const before = this.#head;
    const changed = this.#applyNewest(await this.#newest(this.#pageSize, signal), before, signal);
    this.#resumeSearch(signal);
    return changed;
  }

  /** Looks again at as many rows as people have loaded, and under a filter at its first page. */
  async refreshAll(signal: AbortSignal): Promise<boolean> {
    if (!this.#all.loaded && this.#walk === this.#all) {
      return await this.#openAll(signal);
    }
    const before = this.#head;
    const rows = await this.#newest(Math.max(this.#pageSize, this.#all.wanted), signal);
    const changed = this.#applyNewest(rows, before, signal);
    this.#resumeSearch(signal);
    return this.#walk === this.#all || this.#search !== null ? changed : (await this.open(signal)) || changed;
  }

  /**
   * Shows one more page: of what is known, and what the service has behind that.
   * @returns whether anything changed, or `null` where nothing was asked
   */
  async loadMore(signal: AbortSignal): Promise<boolean | null> {
    const walk = this.#walk;
    const { answers } = this.#options;
    walk.wanted += this.#pageSize;
    let changed: boolean | null = null;
    for (let pages = 0; walk.next !== null && this.#search === null && pages < mostKnownPages; pages++) {
      if (this.#held(walk) >= walk.wanted) {
        break;
      }
      const listed = await answers.list(walk.query, walk.next.token, this.#pageSize, signal);
      this.#throwIfChanged(walk, signal);
      changed = answers.apply(listed.rows, new Map(), signal) || changed === true;
      this.#advance(walk, listed);
    }
    this.#publish();
    return changed;
  }

  /** Takes over the first rows of the list, as another window has seen them. */
  adoptHead(ids: readonly string[], hasMore: boolean): void {
    const { store, answers } = this.#options;
    if (!this.#all.loaded) {
      const oldest = store.get({ account: answers.account, id: ids.at(-1) ?? '' })?.created ?? 0;
      this.#all.loaded = true;
      // Where the second page begins is known to the other window alone.
      this.#all.next = hasMore ? { token: null } : null;
      this.#all.knownFrom = hasMore ? oldest : Number.NEGATIVE_INFINITY;
      this.#publish();
    }
  }

  /** Whether every job of the account is known, and so whatever a filter means. */
  get #isAllKnown(): boolean {
    return this.#all.loaded && this.#all.next === null;
  }

  get #pageSize(): number {
    return Math.max(1, this.#options.pageSize());
  }

  #newWalk(query: JobQuery): Walk {
    return {
      query,
      loaded: false,
      next: null,
      knownFrom: Number.NEGATIVE_INFINITY,
      wanted: this.#pageSize,
      isSearched: false,
    };
  }

  #walkOf(query: JobQuery): Walk {
    return isUnlimited(query) ? this.#all : this.#newWalk(query);
  }

  async #openAll(signal: AbortSignal): Promise<boolean> {
    const listed = await this.#newest(this.#pageSize, signal);
    const { answers } = this.#options;
    const changed = answers.apply(listed.rows, new Map(), signal);
    this.#removeMissing(listed, signal);
    this.#loaded(this.#all, listed.next, listed.newestFirst ? oldestOf(listed) : Number.NEGATIVE_INFINITY);
    if (listed.next !== null && !listed.newestFirst) {
      // In no order, any page may hold the newest jobs.
      this.#startSearch(this.#all, listed.rows.length, signal);
    }
    return changed;
  }

  async #newest(wanted: number, signal: AbortSignal): Promise<ListedRows> {
    const listed = await this.#options.answers.list({}, null, wanted, signal);
    const ids = listed.rows.slice(0, this.#pageSize).map(({ value }) => value.id);
    this.#head = { ids, hasMore: listed.next !== null || listed.rows.length > ids.length };
    return listed;
  }

  /** Takes over the newest rows, with what they say of those that are known already. */
  #applyNewest(listed: ListedRows, before: JobListing['head'], signal: AbortSignal): boolean {
    const { answers, store } = this.#options;
    const { account } = answers;
    const { knownFrom } = this.#all;
    const headBefore = new Set(before?.ids);
    // An active job may be known although nothing around it is, so only a row of the list itself joins the two.
    const reachesKnown = listed.rows.some(({ value }) => {
      const known = store.get({ account, id: value.id });
      return headBefore.has(value.id) || (known && (known.created ?? 0) >= knownFrom && !isActive(known));
    });
    const changed = answers.apply(listed.rows, new Map(), signal);
    const gone = this.#removeMissing(listed, signal);
    if (listed.next === null) {
      this.#loaded(this.#all, null);
    } else if (listed.newestFirst && !reachesKnown && this.#search === null) {
      // So many new ones came that those known before do not join on to them.
      this.#all.wanted = Math.max(this.#pageSize, listed.rows.length);
      this.#loaded(this.#all, listed.next, oldestOf(listed));
    }
    const dropped = this.#dropOldest();
    this.#publish();
    return changed || gone || dropped;
  }

  /** Takes over where the pages of a query go on after their first one. */
  #loaded(walk: Walk, next: PageToken | null, knownFrom = Number.NEGATIVE_INFINITY): void {
    walk.loaded = true;
    walk.next = next === null ? null : { token: next };
    walk.knownFrom = next === null ? Number.NEGATIVE_INFINITY : knownFrom;
    this.#publish();
  }

  #advance(walk: Walk, listed: ListedRows): void {
    const isEnd = listed.next === null || listed.rows.length === 0 || isBehind(listed, walk.query);
    walk.next = isEnd ? null : { token: listed.next };
    walk.knownFrom = isEnd ? Number.NEGATIVE_INFINITY : Math.min(walk.knownFrom, oldestOf(listed));
  }

  #held(walk: Walk): number {
    const { store, answers } = this.#options;
    const from = walk === this.#all ? walk.knownFrom : Number.NEGATIVE_INFINITY;
    return store.newest(answers.account, walk.wanted, walk.query, from).length;
  }

  #endSearch(): void {
    this.#search?.abort();
    this.#search = null;
  }

  #startSearch(walk: Walk, lookedAt: number, signal: AbortSignal): void {
    this.#endSearch();
    const controller = new AbortController();
    this.#search = controller;
    this.#searched = lookedAt;
    walk.isSearched = true;
    this.#publish();
    const { answers, onSearchFailed } = this.#options;
    const either = AbortSignal.any([controller.signal, signal]);
    void answers
      .during(() => this.#lookAtAll(walk, either))
      .catch((error: unknown) => {
        if (!either.aborted) {
          onSearchFailed(ServiceError.from(error));
        }
      })
      .finally(() => {
        if (this.#search === controller) {
          this.#search = null;
        }
        if (!signal.aborted) {
          this.#publish();
        }
      });
  }

  /** Goes on with a search that could not be finished when the service did not answer. */
  #resumeSearch(signal: AbortSignal): void {
    const walk = this.#walk;
    if (walk.isSearched && walk.next !== null && this.#search === null) {
      this.#startSearch(walk, this.#searched, signal);
    }
  }

  /** @throws ServiceError also `badReply`, where the service answers with the same page again and again */
  async #lookAtAll(walk: Walk, signal: AbortSignal): Promise<void> {
    const { answers } = this.#options;
    const seen = new Set<string>();
    while (walk.next !== null) {
      const listed = await answers.list(walk.query, walk.next.token, searchPageSize, signal);
      answers.apply(listed.rows, new Map(), signal);
      const before = seen.size;
      for (const { value } of listed.rows) {
        seen.add(value.id);
      }
      if (listed.rows.length > 0 && seen.size === before) {
        walk.next = null;
        throw new ServiceError('badReply', 'The service does not come to an end of its list of jobs.');
      }
      this.#searched += listed.rows.length;
      this.#advance(walk, listed);
      this.#publish();
    }
    walk.isSearched = false;
    const { name, ...others } = walk.query;
    if (name !== undefined && isUnlimited(others)) {
      // The service took no notice of the name, or there would have been no search: these were all jobs there are.
      this.#loaded(this.#all, null);
    }
  }

  /** How many jobs there are, to say how many of them the filter means. What comes of it is a number in a text. */
  async #count(signal: AbortSignal): Promise<void> {
    const total = await this.#options.answers.client.countJobs(signal).catch(() => null);
    if (!signal.aborted) {
      this.#total = total;
      this.#publish();
    }
  }

  #throwIfChanged(walk: Walk, signal: AbortSignal): void {
    throwIfAborted(signal);
    if (walk !== this.#walk) {
      throw new ServiceError('aborted', 'Another filter was set.');
    }
  }

  #publish(): void {
    const { answers, store } = this.#options;
    store.setListing(answers.account, {
      loaded: this.#walk.loaded,
      hasMore: this.#walk.next !== null,
      wanted: this.#walk.wanted,
      knownFrom: this.#all.knownFrom,
      total: this.#isAllKnown ? store.count(answers.account) : this.#total,
      searched: this.#search === null ? null : this.#searched,
    });
  }

  /** Ended jobs that should be among these rows, but are not: the service no longer has them. */
  #removeMissing({ rows, next, began, newestFirst }: ListedRows, signal: AbortSignal): boolean {
    const { answers, store } = this.#options;
    const complete = next === null;
    if (!complete && !newestFirst) {
      return false;
    }
    const listed = new Set(rows.map(({ value }) => value.id));
    const oldest = complete ? Number.NEGATIVE_INFINITY : oldestOf({ rows });
    // Active ones are asked about by id instead, as somebody may follow them.
    const missing = store
      .newest(answers.account, Number.POSITIVE_INFINITY, {}, oldest)
      .filter((job) => !listed.has(job.id) && !isActive(job) && (complete || (job.created ?? 0) > oldest));
    return (
      answers.remove(
        missing.map(({ id }) => id),
        began,
        signal,
      ).length > 0
    );
  }

  #dropOldest(): boolean {
    const { answers, store, isKept } = this.#options;
    const surplus = store.count(answers.account) - mostJobsHeld;
    if (surplus <= 0) {
      return false;
    }
    const ended = store.jobs(answers.account).filter((job) => !isActive(job) && !isKept(job.id));
    return answers.forget(ended.slice(-surplus).map(({ id }) => id));
  }
}

/** Whether the rows have come to jobs that are too old for the query, behind which are older ones alone. */
function isBehind({ rows, newestFirst }: ListedRows, { createdFrom }: JobQuery): boolean {
  const oldest = rows.at(-1)?.value.created ?? null;
  return newestFirst && createdFrom !== undefined && oldest !== null && oldest < createdFrom;
}

function oldestOf({ rows }: { readonly rows: readonly Answer<JobRecord>[] }): number {
  return rows.at(-1)?.value.created ?? 0;
}
