import { ownProperty } from '../odata.ts';
import { endlessList, foreignToken, mostPages, resourceIn } from '../pages.ts';
import type { JobListPage, JobSource } from './jobList.ts';
import type { JobWithTasks } from './jobRecords.ts';

/** Where a list goes on that was read in part, as a page token holds it. */
export interface StrandPlace {
  readonly key: string;
  /** The page that comes next, and how many of its rows came before. */
  readonly resource: string;
  readonly skip: number;
  /** When the job that comes next was created at the latest; `null` where nothing is known of it. */
  readonly latest: number | null;
  /** A page from before, and how many there were: a list that comes back to it has no end. */
  readonly mark: string;
  readonly pages: number;
}

/** One of several lists that are read side by side. Its pages are asked for when their jobs are needed. */
export class Strand {
  readonly #source: JobSource;
  #place: StrandPlace;
  /** The page that is read; `null` until it was asked for. */
  #page: JobListPage | null = null;

  constructor(source: JobSource, place: StrandPlace) {
    this.#source = source;
    this.#place = place;
  }

  /** A list from its beginning. */
  static async begin(
    source: JobSource,
    options: string,
    size: number,
    signal: AbortSignal | undefined,
  ): Promise<Strand> {
    const page = await source.first(options, size, signal);
    const resource = String(page.resource);
    const strand = new Strand(source, { key: source.key, resource, skip: 0, latest: null, mark: resource, pages: 1 });
    strand.#page = page;
    strand.#turn();
    return strand;
  }

  /** When the next job was created at the latest. */
  get latest(): number {
    return this.#next?.created ?? (this.#next ? 0 : (this.#place.latest ?? Number.POSITIVE_INFINITY));
  }

  get isLoaded(): boolean {
    return this.#page !== null;
  }

  /** Whether its page was read to the end, and no other comes. */
  get isAtEnd(): boolean {
    return this.#page !== null && this.#next === undefined && this.#page.next === null;
  }

  /** Whether a job can be taken without asking for another page. */
  get hasNext(): boolean {
    return this.#next !== undefined;
  }

  get place(): StrandPlace {
    return this.#place;
  }

  /** Asks for the page that is not there yet. */
  async load(signal: AbortSignal | undefined): Promise<void> {
    this.#page ??= await this.#source.follow(resourceIn(this.#place.resource), signal);
    this.#turn();
  }

  take(): JobWithTasks | null {
    const job = this.#next;
    if (job === undefined) {
      return null;
    }
    this.#place = { ...this.#place, skip: this.#place.skip + 1, latest: job.created ?? 0 };
    this.#turn();
    return job;
  }

  get #next(): JobWithTasks | undefined {
    return this.#page?.jobs[this.#place.skip];
  }

  /** Goes on to the next page where this one was read to its end. */
  #turn(): void {
    const next = this.#page?.next ?? null;
    if (next === null || this.#next !== undefined) {
      return;
    }
    const resource = String(next);
    const { resource: last, pages, mark } = this.#place;
    if (resource === last || resource === mark || pages === mostPages) {
      throw endlessList();
    }
    // A mark that moves ahead, ever more rarely, is met again by whoever goes round (R. P. Brent, 1980).
    const isPower = (pages & (pages - 1)) === 0;
    this.#place = { ...this.#place, resource, skip: 0, mark: isPower ? last : mark, pages: pages + 1 };
    this.#page = null;
  }
}

/** @throws ServiceError `badRequest` for what is no place that this client wrote down */
export function readPlace(value: unknown): StrandPlace {
  const [key, resource, mark] = ['key', 'resource', 'mark'].map((name) => ownProperty(value, name));
  const [skip, pages, latest] = ['skip', 'pages', 'latest'].map((name) => ownProperty(value, name));
  const isNumber = (count: unknown): count is number =>
    typeof count === 'number' && Number.isSafeInteger(count) && count >= 0;
  if (
    typeof key !== 'string' ||
    typeof resource !== 'string' ||
    typeof mark !== 'string' ||
    !isNumber(skip) ||
    !isNumber(pages)
  ) {
    throw foreignToken();
  }
  return { key, resource, mark, skip, pages, latest: typeof latest === 'number' ? latest : null };
}
