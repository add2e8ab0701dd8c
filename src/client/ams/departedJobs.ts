import { forEachParallel } from '../../jobs/forEachParallel.ts';
import type { JobRecord } from '../../jobs/job.ts';
import type { Endpoint } from '../endpoint.ts';
import type { LearnedCapabilities } from '../learnedCapabilities.ts';
import type { CollectionPage, Collections } from './collections.ts';
import { readJob } from './jobEntities.ts';
import { jobResource, jobsByIds, jobsEndedSince, largestPage, pageOf, quotedKey } from './jobRequests.ts';

/** The service's `Date` has whole seconds, and the time of an end may be set by another of its machines. */
const marginMs = 10_000;
/** Where more than so many pages of jobs ended, asking for the rest by their ids costs less. */
const mostPages = 3;
const mostAtOnce = 4;

/**
 * Finds jobs that were active when they were last listed and are not any more. All that ended since the listing before
 * are asked for at once; what that does not bring (deleted, or departed unseen) is asked for by its id.
 */
export class DepartedJobs {
  readonly #collections: Collections;
  readonly #capabilities: LearnedCapabilities;
  readonly #endpoint: Endpoint;
  /** When the service answered the last two listings of active jobs, by its own clock, the latest last. */
  #listings: readonly { readonly root: string; readonly at: number | null }[] = [];

  constructor(collections: Collections, capabilities: LearnedCapabilities, endpoint: Endpoint) {
    this.#collections = collections;
    this.#capabilities = capabilities;
    this.#endpoint = endpoint;
  }

  /** To be told of each listing of the active jobs that succeeded. */
  noteActiveListing(answeredAt: number | null): void {
    this.#listings = [...this.#listings.slice(-1), { root: this.#endpoint.root.href, at: answeredAt }];
  }

  /** @throws ServiceError `badRequest` for what is no job id, before anything is sent */
  async list(jobIds: readonly string[], signal: AbortSignal | undefined): Promise<readonly JobRecord[]> {
    for (const id of jobIds) {
      quotedKey(id);
    }
    const search = new Search(jobIds);
    const since = this.#boundary();
    const [first, second] = search.missing;
    if (first === undefined) {
      return [];
    }
    if (second === undefined) {
      await this.#byId(first, search, signal);
      return search.found;
    }
    const byIds = async (): Promise<'all'> => {
      await this.#byIds(search, signal);
      return 'all';
    };
    const asked = await this.#capabilities.firstSupported<'all' | 'ended'>([
      ...(since === null
        ? []
        : [{ needs: ['endedRange'] as const, run: () => this.#endedSince(since, search, signal) }]),
      { needs: [], run: byIds },
    ]);
    if (asked === 'ended') {
      await byIds();
    }
    return search.found;
  }

  /** From when on what is departed by now must have ended; `null` where that is not known. */
  #boundary(): number | null {
    const [previous, last] = this.#listings;
    const root = this.#endpoint.root.href;
    return last === undefined || previous?.root !== root || previous.at === null ? null : previous.at - marginMs;
  }

  async #endedSince(since: number, search: Search, signal: AbortSignal | undefined): Promise<'ended'> {
    const ended = jobsEndedSince(since);
    let resource: string | URL | null = pageOf(ended, largestPage, 0);
    for (let pages = 0, asked = 0; resource !== null && pages < mostPages && search.missing.length > 0; pages++) {
      const { rows, next }: CollectionPage = await this.#collections.page(resource, null, signal);
      search.take(rows.map(readJob));
      asked += rows.length;
      resource = next ?? (rows.length >= largestPage ? pageOf(ended, largestPage, asked) : null);
    }
    return 'ended';
  }

  async #byIds(search: Search, signal: AbortSignal | undefined): Promise<void> {
    const eachById = (ids: readonly string[]): Promise<void> =>
      forEachParallel(ids, mostAtOnce, (id) => this.#byId(id, search, signal));
    const several = async (chunk: { readonly resource: string; readonly ids: readonly string[] }): Promise<void> => {
      if (chunk.ids.length === 1) {
        return eachById(chunk.ids);
      }
      const atOnce = async (): Promise<void> => {
        search.take((await this.#collections.all(chunk.resource, readJob, signal)).items);
      };
      await this.#capabilities.firstSupported([
        { needs: ['or'], run: atOnce },
        { needs: [], run: () => eachById(chunk.ids) },
      ]);
    };
    const [first, ...others] = jobsByIds(search.missing, this.#endpoint.root);
    if (!first) {
      return;
    }
    // The first by itself shows whether the service takes several at a time; if not, each is asked for alone.
    await several(first);
    if (this.#capabilities.lacks('or')) {
      await eachById(others.flatMap(({ ids }) => ids));
    } else {
      await forEachParallel(others, mostAtOnce, several);
    }
  }

  async #byId(id: string, search: Search, signal: AbortSignal | undefined): Promise<void> {
    search.take((await this.#collections.page(jobResource(id), id, signal)).rows.map(readJob));
  }
}

/** Which of the jobs that are looked for have been found. Ids count as the same in any case. */
class Search {
  readonly #missing: Map<string, string>;
  readonly #found: JobRecord[] = [];

  constructor(jobIds: readonly string[]) {
    this.#missing = new Map(jobIds.map((id) => [id.toLowerCase(), id]));
  }

  get missing(): readonly string[] {
    return [...this.#missing.values()];
  }

  get found(): readonly JobRecord[] {
    return this.#found;
  }

  take(jobs: readonly JobRecord[]): void {
    for (const job of jobs) {
      if (this.#missing.delete(job.id.toLowerCase())) {
        this.#found.push(job);
      }
    }
  }
}
