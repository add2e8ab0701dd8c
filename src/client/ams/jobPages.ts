import type { JobRecord } from '../../jobs/job.ts';
import type { JobQuery } from '../../jobs/jobQuery.ts';
import type { JobPage, PageRequest, PageToken } from '../../jobs/jobsClient.ts';
import type { LearnedCapabilities, Way } from '../learnedCapabilities.ts';
import { ownProperty } from '../odata.ts';
import { foreignToken, isDescending, parseToken, resourceIn } from '../pages.ts';
import type { CollectionPage, Collections } from './collections.ts';
import { readJob } from './jobEntities.ts';
import { largestPage, listWays, pageOf, type ResourceWay, sortedNewestFirst } from './jobRequests.ts';

/** How far a walk through a list has come. All its pages are asked for in the form that the first one was. */
interface Walk {
  /** What is listed, without paging. */
  readonly query: string;
  /** How many rows came before. */
  readonly skip: number;
  /** Whether they were newest first, and how old the last of them was. */
  readonly newestFirst: boolean;
  readonly oldest: number | null;
  /** Where the service says that the page which was asked for goes on, and how many of its rows are to come. */
  readonly link: { readonly resource: string | URL; readonly left: number } | null;
}

/** Lists jobs page by page, newest first where the service can. */
export class JobPages {
  readonly #collections: Collections;
  readonly #capabilities: LearnedCapabilities;

  constructor(collections: Collections, capabilities: LearnedCapabilities) {
    this.#collections = collections;
    this.#capabilities = capabilities;
  }

  async list(query: JobQuery, { token, pageSize }: PageRequest, signal: AbortSignal | undefined): Promise<JobPage> {
    const size = Math.min(largestPage, Math.max(1, Math.trunc(pageSize) || 1));
    if (token === null) {
      return this.#first(query, size, signal);
    }
    const page = await this.#page(readWalk(token), size, signal);
    if (!page.newestFirst) {
      // Too late for this walk; the next one begins sorted.
      this.#capabilities.learn('newestFirst');
    }
    return page;
  }

  /** Plainly at first, so that the first rows of an endpoint take no longer than they must. */
  async #first(query: JobQuery, size: number, signal: AbortSignal | undefined): Promise<JobPage> {
    const capabilities = this.#capabilities;
    const ask = (way: ResourceWay): Way<{ way: ResourceWay; page: JobPage }> => ({
      needs: way.needs,
      run: async () => ({ way, page: await this.#page(beginning(way.resource), size, signal) }),
    });
    const ways = listWays(query, (capability) => capabilities.lacks(capability));
    const sorted = capabilities.lacks('newestFirst') ? ways.slice(0, 1).map(sortedNewestFirst) : [];
    const plain = await capabilities.firstSupported([...sorted, ...ways].map(ask));
    const isSorted = plain.way.needs.includes('orderby');
    if (plain.page.newestFirst || plain.page.next === null || isSorted || capabilities.lacks('orderby')) {
      return plain.page;
    }
    capabilities.learn('newestFirst');
    const known = { needs: plain.way.needs, run: () => Promise.resolve(plain) };
    return (await capabilities.firstSupported([ask(sortedNewestFirst(plain.way)), known])).page;
  }

  async #page(walk: Walk, size: number, signal: AbortSignal | undefined): Promise<JobPage> {
    const { query, skip, link } = walk;
    const collection = await this.#collections.page(link?.resource ?? pageOf(query, size, skip), null, signal);
    const jobs = collection.rows.map(readJob);
    const newestFirst = walk.newestFirst && isNewestFirst(jobs, walk.oldest);
    const reached = {
      query,
      skip: skip + jobs.length,
      newestFirst,
      oldest: jobs.length > 0 ? (jobs.at(-1)?.created ?? null) : walk.oldest,
    };
    return { jobs, next: nextToken(reached, collection, (link?.left ?? size) - jobs.length), newestFirst };
  }
}

function beginning(query: string): Walk {
  return { query, skip: 0, newestFirst: true, oldest: null, link: null };
}

/** @param left how many rows of the page that was asked for are to come */
function nextToken(reached: Omit<Walk, 'link'>, { next }: CollectionPage, left: number): PageToken | null {
  if (next !== null) {
    return JSON.stringify({ ...reached, link: { resource: next, left } });
  }
  return left <= 0 ? JSON.stringify({ ...reached, link: null }) : null;
}

/** @throws ServiceError `badRequest` for a token that this client did not make */
function readWalk(token: PageToken): Walk {
  const value = parseToken(token);
  const [query, skip, oldest] = ['query', 'skip', 'oldest'].map((name) => ownProperty(value, name));
  const link = ownProperty(value, 'link');
  const resource = ownProperty(link, 'resource');
  const left = ownProperty(link, 'left');
  if (typeof query !== 'string' || !query.startsWith('Jobs()?') || !Number.isSafeInteger(skip) || Number(skip) < 0) {
    throw foreignToken();
  }
  const walk = {
    query,
    skip: Number(skip),
    newestFirst: ownProperty(value, 'newestFirst') === true,
    oldest: typeof oldest === 'number' ? oldest : null,
  };
  if (link === null) {
    return { ...walk, link };
  }
  if (typeof resource !== 'string' || typeof left !== 'number') {
    throw foreignToken();
  }
  return { ...walk, link: { resource: resourceIn(resource), left } };
}

/** @param previous when the last job of the page before was created */
function isNewestFirst(jobs: readonly JobRecord[], previous: number | null): boolean {
  // Not the first of the page: new jobs push some down from the page before, which then come twice.
  return isDescending(jobs) && (previous === null || jobs.length === 0 || (jobs.at(-1)?.created ?? 0) <= previous);
}
