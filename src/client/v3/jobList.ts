import type { LearnedCapabilities } from '../learnedCapabilities.ts';
import { type JobWithTasks, readJobRecord } from './jobRecords.ts';
import type { RecordLists } from './recordLists.ts';
import { SharedAnswers } from './sharedAnswers.ts';

/** One page of jobs. */
export interface JobListPage {
  readonly jobs: readonly JobWithTasks[];
  /** Where it was asked for. */
  readonly resource: string | URL;
  /** Where the list goes on, as a resource to ask for; `null` at the end. */
  readonly next: string | URL | null;
  readonly total: number | null;
}

/** A list of jobs that can be asked for in pages. */
export interface JobSource {
  /** Tells it apart from others of the same client. */
  readonly key: string;
  /** @param options of the request, such as `$filter=…&$orderby=…`; '' for none */
  first(options: string, size: number, signal: AbortSignal | undefined): Promise<JobListPage>;
  follow(resource: string | URL, signal: AbortSignal | undefined): Promise<JobListPage>;
}

export interface JobListOptions {
  readonly key: string;
  /** The list with what every request of it has, such as a version, behind `?`. */
  readonly resource: string;
  /** The one whose jobs these are, where the list is that of one. */
  readonly transform: string | null;
  /** Whether the service takes `$top`; else it cuts pages as it likes. */
  readonly takesTop: boolean;
  /** The API says that there is no such list. Once this resolves, it counts as empty. */
  readonly onMissing: (isFiltered: boolean, signal: AbortSignal | undefined) => Promise<void>;
  readonly onAnswered?: (page: JobListPage, isFiltered: boolean) => void;
}

/** What services refuse a query with that they do not understand. */
export const refusals: readonly number[] = [400, 422, 501];

/** Beyond this, `$top` may be refused: the largest page is not documented. */
const safePage = 100;
const largestPage = 1000;

/** One list of jobs of the REST API. Who asks for the same page together, by one signal, shares a request. */
export class JobList implements JobSource {
  readonly key: string;
  readonly #options: JobListOptions;
  readonly #lists: RecordLists;
  readonly #learned: LearnedCapabilities;
  readonly #shared = new SharedAnswers<JobListPage>();

  constructor(lists: RecordLists, learned: LearnedCapabilities, options: JobListOptions) {
    this.key = options.key;
    this.#options = options;
    this.#lists = lists;
    this.#learned = learned;
  }

  first(options: string, size: number, signal: AbortSignal | undefined): Promise<JobListPage> {
    const ask = (top: number | null): Promise<JobListPage> => {
      const all = [options, top === null ? '' : `$top=${top}`].filter((option) => option !== '').join('&');
      const { resource } = this.#options;
      const separator = all === '' || resource.endsWith('?') ? '' : '&';
      return this.follow(`${resource}${separator}${all}`, signal);
    };
    const wanted = Math.min(largestPage, Math.max(1, Math.trunc(size) || 1));
    if (!this.#options.takesTop) {
      return ask(null);
    }
    if (wanted <= safePage) {
      return ask(wanted);
    }
    const ways = [
      { needs: ['largePages'] as const, run: () => ask(wanted) },
      { needs: [], run: () => ask(safePage) },
    ];
    return this.#learned.firstSupported(ways, refusals);
  }

  follow(resource: string | URL, signal: AbortSignal | undefined): Promise<JobListPage> {
    return this.#shared.get(String(resource), signal, () => this.#ask(resource, signal));
  }

  async #ask(resource: string | URL, signal: AbortSignal | undefined): Promise<JobListPage> {
    const { transform, onMissing, onAnswered } = this.#options;
    const isFiltered = String(resource).includes('$filter=');
    const page = await this.#lists.page(resource, signal);
    if (page === null) {
      await onMissing(isFiltered, signal);
      return { jobs: [], resource, next: null, total: 0 };
    }
    const jobs = page.rows.map((row) => readJobRecord(row, transform));
    const read = { jobs, resource, next: page.next, total: page.total };
    onAnswered?.(read, isFiltered);
    return read;
  }
}
