import { isActive, type Job, type JobRecord } from './job.ts';
import type { Answer, JobAnswers } from './jobAnswers.ts';
import type { JobStore } from './jobStore.ts';
import type { PageToken } from './jobsClient.ts';

/** What one look at the list brought. */
export interface ListingNews {
  readonly changed: boolean;
  /** The ids of the rows that came. */
  readonly ids: readonly string[];
}

export interface JobListingOptions {
  readonly answers: JobAnswers;
  readonly store: JobStore;
  /** Rows per page. */
  readonly pageSize: () => number;
  /** Whether a job stays although it ended and is beyond what is loaded. */
  readonly isKept: (id: string) => boolean;
}

/**
 * The list of an account's jobs as people page through it: which rows are loaded, and what comes after them.
 *
 * As many rows as people have loaded (the first page and each "load more") are refreshed with every look. Rows that new
 * ones push off are treated by what they are: active ones are asked about by id until they end; of those that ended, one
 * more page stays, the newest, so that a row does not vanish the moment it is pushed off; older ones are dropped, and
 * come back with "load more".
 */
export class JobListing {
  readonly #options: JobListingOptions;
  #nextPage: PageToken | null = null;
  #loadedRows = 0;

  constructor(options: JobListingOptions) {
    this.#options = options;
  }

  /** Asks for as many rows as are on show, so that everything that people see is as fresh as the first row. */
  async refresh(signal: AbortSignal): Promise<ListingNews> {
    const { answers, store, pageSize } = this.#options;
    const wanted = Math.max(pageSize(), this.#loadedRows);
    const { rows, next, began } = await answers.list({}, null, wanted, signal);
    const changed = answers.apply(rows, new Map(), signal);
    this.#loaded(rows.length, next);
    const ids = idsOf(rows);
    const gone = answers.remove(this.#missingFrom(rows, next === null), began, signal);
    const dropped = store.remove(answers.account, this.#endedLongBefore(ids));
    return { changed: changed || gone.length > 0 || dropped, ids };
  }

  /** The active jobs that are known and not among these. */
  activeBeyond(ids: readonly string[]): readonly string[] {
    return this.#beyond(ids)
      .filter(isActive)
      .map(({ id }) => id);
  }

  /** Loads one more page behind those that are loaded. Returns `null` where there is none. */
  async loadMore(signal: AbortSignal): Promise<ListingNews | null> {
    if (this.#nextPage === null) {
      return null;
    }
    const { answers, pageSize } = this.#options;
    const { rows, next } = await answers.list({}, this.#nextPage, pageSize(), signal);
    const changed = answers.apply(rows, new Map(), signal);
    this.#loaded(this.#loadedRows + rows.length, next);
    return { changed, ids: idsOf(rows) };
  }

  #loaded(count: number, next: PageToken | null): void {
    const { answers, store } = this.#options;
    this.#loadedRows = count;
    this.#nextPage = next;
    store.setListing(answers.account, { loaded: true, hasMore: next !== null });
  }

  /** What is known beside these rows, newest first. */
  #beyond(ids: readonly string[]): readonly Job[] {
    const { answers, store } = this.#options;
    const listed = new Set(ids);
    return store.jobs(answers.account).filter(({ id }) => !listed.has(id));
  }

  #endedLongBefore(ids: readonly string[]): readonly string[] {
    const { pageSize, isKept } = this.#options;
    return this.#beyond(ids)
      .filter((job) => !isActive(job) && !isKept(job.id))
      .slice(pageSize())
      .map(({ id }) => id);
  }

  /**
   * Ended jobs that should be among these rows, but are not: the service no longer has them. Active ones are asked
   * about by id instead, as somebody may follow them. The service's order is not documented, so rows beyond the last
   * one count only where the rows are newest first.
   */
  #missingFrom(rows: readonly Answer<JobRecord>[], complete: boolean): readonly string[] {
    const absent = this.#beyond(idsOf(rows)).filter((job) => !isActive(job));
    const newestFirst = rows.every(({ value }, index) => {
      const previous = rows[index - 1];
      return previous === undefined || (previous.value.created ?? 0) >= (value.created ?? 0);
    });
    const oldest = rows.at(-1)?.value.created ?? null;
    return absent
      .filter((job) => complete || (newestFirst && oldest !== null && (job.created ?? 0) > oldest))
      .map(({ id }) => id);
  }
}

function idsOf(rows: readonly Answer<JobRecord>[]): readonly string[] {
  return rows.map(({ value }) => value.id);
}
