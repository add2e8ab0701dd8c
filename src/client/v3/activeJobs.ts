import { forEachParallel } from '../../jobs/forEachParallel.ts';
import { isActive } from '../../jobs/job.ts';
import type { LearnedCapabilities } from '../learnedCapabilities.ts';
import { endlessList, isDescending, mostPages } from '../pages.ts';
import { type JobListPage, type JobSource, refusals } from './jobList.ts';
import { activeWays, type FilterLanguage, listWays, type QueryWay } from './jobQueries.ts';
import type { JobWithTasks } from './jobRecords.ts';
import { mostAtOnce } from './mergedPages.ts';

/** What is known of a list since the last look. */
interface Known {
  readonly newest: JobWithTasks | null;
  readonly active: ReadonlyMap<string, JobWithTasks>;
}

/** Asking for all jobs of a list costs so many requests that as many by their ids cost less. */
const costOfAll = 50;

/**
 * The active jobs of one list. Its newest page tells of most of them, and it is asked for anyway by whoever shows the
 * list, so that both are one request. More is asked for only where that page leaves a gap: the first time, where so many
 * jobs came that it does not reach back to the newest one known, and where jobs that were active are older than it shows.
 */
export class ActiveJobs {
  readonly #source: JobSource;
  readonly #learned: LearnedCapabilities;
  readonly #language: FilterLanguage;
  readonly #find: (jobId: string, signal: AbortSignal | undefined) => Promise<JobWithTasks | null>;
  #known: Known | null = null;

  /** @param find a job by its id; `null` where the service says that it has none */
  constructor(
    source: JobSource,
    learned: LearnedCapabilities,
    language: FilterLanguage,
    find: (jobId: string, signal: AbortSignal | undefined) => Promise<JobWithTasks | null>,
  ) {
    this.#source = source;
    this.#learned = learned;
    this.#language = language;
    this.#find = find;
  }

  /** The newest page, as a list of all jobs begins. */
  newest(size: number, signal: AbortSignal | undefined): Promise<JobListPage> {
    const ways = listWays({}, this.#language, (capability) => this.#learned.lacks(capability));
    return this.#learned.firstSupported(
      ways.map(({ needs, options: [options = ''] }) => ({
        needs,
        run: () => this.#source.first(options, size, signal),
      })),
      refusals,
    );
  }

  /**
   * All active jobs, and others that came along.
   * @param page the newest one
   * @param size how many of its jobs are wanted in any case
   */
  async look(page: JobListPage, size: number, signal: AbortSignal | undefined): Promise<readonly JobWithTasks[]> {
    const known = this.#known;
    const found = new Map(
      page.jobs
        .filter((job, index) => index < size || isActive(job) || known?.active.has(job.id))
        .map((job) => [job.id, job]),
    );
    if (page.next !== null) {
      for (const job of await this.#beyond(page, known, signal)) {
        // The page was asked for first, so that what came later is newer.
        found.set(job.id, job);
      }
    }
    const active = [...found.values()].filter(isActive);
    const [newest = null] = page.jobs;
    this.#known = { newest, active: new Map(active.map((job) => [job.id, job])) };
    return [...found.values()];
  }

  forget(): void {
    this.#known = null;
  }

  async #beyond(
    { jobs }: JobListPage,
    known: Known | null,
    signal: AbortSignal | undefined,
  ): Promise<readonly JobWithTasks[]> {
    const oldest = jobs.at(-1)?.created ?? 0;
    const newest = known?.newest ?? null;
    const isJoined = jobs[0]?.id === newest?.id || oldest < (newest?.created ?? 0);
    if (known === null || newest === null || !isJoined || !isDescending(jobs)) {
      return await this.#all(signal);
    }
    const listed = new Set(jobs.map(({ id }) => id));
    const older = [...known.active.values()].filter(({ id, created }) => !listed.has(id) && (created ?? 0) <= oldest);
    if (older.length > this.#costOfAll()) {
      return await this.#all(signal);
    }
    const found: JobWithTasks[] = [];
    await forEachParallel(older, mostAtOnce, async ({ id }) => {
      const job = await this.#find(id, signal);
      if (job) {
        found.push(job);
      }
    });
    return found;
  }

  #costOfAll(): number {
    const way = activeWays(this.#language).find(({ needs }) => !needs.some((need) => this.#learned.lacks(need)));
    return way && way.needs.length > 0 ? way.options.length : costOfAll;
  }

  async #all(signal: AbortSignal | undefined): Promise<readonly JobWithTasks[]> {
    const ask = async (way: QueryWay): Promise<readonly JobWithTasks[]> => {
      const found: JobWithTasks[] = [];
      await forEachParallel(way.options, mostAtOnce, async (options) => {
        found.push(...(await this.#walk(options, signal)));
      });
      if (way.needs.length > 0 && !found.every(isActive)) {
        // It takes filters and takes no notice of them.
        this.#learned.learn('ne', 'stateFilter');
      }
      return found.filter(isActive);
    };
    return await this.#learned.firstSupported(
      activeWays(this.#language).map((way) => ({ needs: way.needs, run: () => ask(way) })),
      refusals,
    );
  }

  async #walk(options: string, signal: AbortSignal | undefined): Promise<readonly JobWithTasks[]> {
    const jobs = new Map<string, JobWithTasks>();
    const asked = new Set<string>();
    let page = await this.#source.first(options, largestPage, signal);
    for (;;) {
      asked.add(String(page.resource));
      for (const job of page.jobs) {
        jobs.set(job.id, job);
      }
      if (page.next === null) {
        return [...jobs.values()];
      }
      if (asked.has(String(page.next)) || asked.size === mostPages) {
        throw endlessList();
      }
      page = await this.#source.follow(page.next, signal);
    }
  }
}

const largestPage = 1000;
