import { forEachParallel } from '../../jobs/forEachParallel.ts';
import type { JobQuery } from '../../jobs/jobQuery.ts';
import type { JobPage, PageRequest, PageToken } from '../../jobs/jobsClient.ts';
import type { LearnedCapabilities } from '../learnedCapabilities.ts';
import { ownProperty, readNumber } from '../odata.ts';
import { foreignToken, isDescending, mostPages, parseToken } from '../pages.ts';
import { type JobSource, refusals } from './jobList.ts';
import { type FilterLanguage, listWays, type QueryWay } from './jobQueries.ts';
import type { JobWithTasks } from './jobRecords.ts';
import { readPlace, Strand } from './strand.ts';

/** So many lists are asked for at a time. */
export const mostAtOnce = 4;

/** So many jobs are asked for where nobody has listed anything yet. */
const usualPage = 50;

/** How far a walk through some lists has come. */
interface Walk {
  readonly strands: readonly Strand[];
  /** Whether the jobs so far were newest first, and when the last of them was created. */
  readonly newestFirst: boolean;
  readonly oldest: number | null;
}

/**
 * Lists jobs page by page, newest first: those of one list, or of several at once, of which only as much is asked for as
 * a page takes.
 */
export class MergedPages {
  readonly #sources: (signal: AbortSignal | undefined) => Promise<readonly JobSource[]>;
  readonly #learned: LearnedCapabilities;
  readonly #language: FilterLanguage;
  #firstSize = usualPage;

  /** @param sources what is to be listed, asked for each time */
  constructor(
    sources: (signal: AbortSignal | undefined) => Promise<readonly JobSource[]>,
    learned: LearnedCapabilities,
    language: FilterLanguage,
  ) {
    this.#sources = sources;
    this.#learned = learned;
    this.#language = language;
  }

  /**
   * How many jobs the last list began with. Who asks for the active jobs of the newest page of that size asks what the next
   * list does, in the same request.
   */
  get firstSize(): number {
    return this.#firstSize;
  }

  async list(query: JobQuery, { token, pageSize }: PageRequest, signal: AbortSignal | undefined): Promise<JobPage> {
    const size = Math.max(1, Math.trunc(pageSize) || 1);
    if (token !== null) {
      return this.#page(await this.#resume(token, signal), size, signal);
    }
    this.#firstSize = size;
    const sources = await this.#sources(signal);
    const ways = listWays(query, this.#language, (capability) => this.#learned.lacks(capability));
    const walk = await this.#learned.firstSupported<Walk>(
      ways.map((way) => ({ needs: way.needs, run: () => begin(sources, way, size, signal) })),
      refusals,
    );
    return this.#page(walk, size, signal);
  }

  /** Lists that are gone meanwhile are at their end. */
  async #resume(token: PageToken, signal: AbortSignal | undefined): Promise<Walk> {
    const value = parseToken(token);
    const places = ownProperty(value, 'places');
    if (!Array.isArray(places)) {
      throw foreignToken();
    }
    const read = places.map(readPlace);
    const sources = new Map((await this.#sources(signal)).map((source) => [source.key, source]));
    const strands = read.flatMap((place) => {
      const source = sources.get(place.key);
      return source ? [new Strand(source, place)] : [];
    });
    const newestFirst = ownProperty(value, 'newestFirst') === true;
    return { strands, newestFirst, oldest: readNumber(ownProperty(value, 'oldest')) };
  }

  async #page(walk: Walk, size: number, signal: AbortSignal | undefined): Promise<JobPage> {
    const jobs: JobWithTasks[] = [];
    let live = walk.strands.filter((strand) => !strand.isAtEnd);
    for (let loads = 0; live.length > 0; ) {
      const next = live.reduce((best, strand) => (strand.latest > best.latest ? strand : best));
      // One list is not cut: what its page has more than was asked for would have to be asked for again.
      if (jobs.length >= size && !(live.length === 1 && next.hasNext)) {
        break;
      }
      if (next.isLoaded) {
        const job = next.take();
        if (job && !isFromBefore(job, walk)) {
          jobs.push(job);
        }
      } else if (loads++ < mostPages) {
        await next.load(signal);
      } else {
        break;
      }
      live = next.isAtEnd ? live.filter((strand) => strand !== next) : live;
    }
    const newestFirst = walk.newestFirst && isNewestFirst(jobs, walk.oldest);
    const oldest = jobs.length > 0 ? (jobs.at(-1)?.created ?? null) : walk.oldest;
    const places = live.map(({ place }) => place);
    return { jobs, next: places.length > 0 ? JSON.stringify({ places, newestFirst, oldest }) : null, newestFirst };
  }
}

async function begin(
  sources: readonly JobSource[],
  { options }: QueryWay,
  size: number,
  signal: AbortSignal | undefined,
): Promise<Walk> {
  const strands = new Map<string, Strand>();
  const lists = sources.flatMap((source) => options.map((option, index) => ({ source, option, index })));
  await forEachParallel(lists, mostAtOnce, async ({ source, option, index }) => {
    strands.set(`${index} ${source.key}`, await Strand.begin(source, option, size, signal));
  });
  return { strands: [...strands.values()], newestFirst: true, oldest: null };
}

/** New jobs push others to later pages, which then come twice. */
function isFromBefore({ created }: JobWithTasks, { newestFirst, oldest }: Walk): boolean {
  return newestFirst && oldest !== null && (created ?? 0) > oldest;
}

/** @param previous when the last job of the page before was created */
function isNewestFirst(jobs: readonly JobWithTasks[], previous: number | null): boolean {
  return isDescending(jobs) && (previous === null || (jobs[0]?.created ?? 0) <= previous);
}
