import type { Job, JobRecord } from './job.ts';
import type { Answer, JobAnswers } from './jobAnswers.ts';
import type { JobStore } from './jobStore.ts';
import type { PageToken } from './jobsClient.ts';

/** What one look at the list brought. */
export interface ListingNews {
  readonly changed: boolean;
  /** The ids of the rows that came. */
  readonly ids: readonly string[];
}

/** The list of an account's jobs as people page through it: which rows are loaded, and what comes after them. */
export class JobListing {
  readonly #answers: JobAnswers;
  readonly #store: JobStore;
  /** Ids that the list brought, so that a job missing from it is known to be gone. */
  readonly #listedIds = new Set<string>();
  readonly #pageSize: () => number;
  #nextPage: PageToken | null = null;
  #loadedRows = 0;

  constructor(answers: JobAnswers, store: JobStore, pageSize: () => number) {
    this.#answers = answers;
    this.#store = store;
    this.#pageSize = pageSize;
  }

  /** Asks for as many rows as are on show, so that everything that people see is as fresh as the first row. */
  async refresh(signal: AbortSignal): Promise<ListingNews> {
    const wanted = Math.max(this.#pageSize(), this.#loadedRows);
    const { rows, next, began } = await this.#answers.list({}, null, wanted, signal);
    const changed = this.#take(rows, signal);
    this.#loadedRows = rows.length;
    this.#setNext(next);
    const gone = this.#answers.remove(this.#missingFrom(rows, next === null), began, signal);
    for (const id of gone) {
      this.#listedIds.delete(id);
    }
    return { changed: changed || gone.length > 0, ids: rows.map(({ value }) => value.id) };
  }

  /** Loads one more page behind those that are loaded. Returns `null` where there is none. */
  async loadMore(signal: AbortSignal): Promise<ListingNews | null> {
    if (this.#nextPage === null) {
      return null;
    }
    const { rows, next } = await this.#answers.list({}, this.#nextPage, this.#pageSize(), signal);
    const changed = this.#take(rows, signal);
    this.#loadedRows += rows.length;
    this.#setNext(next);
    return { changed, ids: rows.map(({ value }) => value.id) };
  }

  #take(rows: readonly Answer<JobRecord>[], signal: AbortSignal): boolean {
    const changed = this.#answers.apply(rows, new Map(), signal);
    for (const { value } of rows) {
      this.#listedIds.add(value.id);
    }
    return changed;
  }

  #setNext(next: PageToken | null): void {
    this.#nextPage = next;
    this.#store.setListing(this.#answers.account, { loaded: true, hasMore: next !== null });
  }

  /**
   * Ids that were listed before and should be among these rows, but are not: the service no longer has them. The
   * service's order is not documented, so rows beyond the last one count only where the rows are newest first.
   */
  #missingFrom(rows: readonly Answer<JobRecord>[], complete: boolean): readonly string[] {
    const present = new Set(rows.map(({ value }) => value.id));
    const absent = [...this.#listedIds].filter((id) => !present.has(id));
    if (complete || absent.length === 0) {
      return absent;
    }
    const newestFirst = rows.every(({ value }, index) => {
      const previous = rows[index - 1];
      return previous === undefined || (previous.value.created ?? 0) >= (value.created ?? 0);
    });
    const oldest = rows.at(-1)?.value.created ?? null;
    if (!newestFirst || oldest === null) {
      return [];
    }
    return absent.filter((id) => (this.#known(id)?.created ?? 0) > oldest);
  }

  #known(id: string): Job | undefined {
    return this.#store.get({ account: this.#answers.account, id });
  }
}
