import type { Clock } from '../../jobs/clock.ts';
import { forEachParallel } from '../../jobs/forEachParallel.ts';
import type { ListedJob } from '../../jobs/job.ts';
import type { LearnedCapabilities } from '../learnedCapabilities.ts';
import { pathOf } from '../v3/addresses.ts';
import type { JobListPage } from '../v3/jobList.ts';
import type { FilterLanguage } from '../v3/jobQueries.ts';
import { MergedPages, mostAtOnce } from '../v3/mergedPages.ts';
import type { RecordLists } from '../v3/recordLists.ts';
import type { SingleJobs } from '../v3/singleJobs.ts';
import type { JobLists } from '../v3/v3Client.ts';
import { TransformJobs } from './transformJobs.ts';
import type { Transforms } from './transforms.ts';

/** States by their type, as in Azure Media Services v3, whose `name` knows `eq` alone. */
const language: FilterLanguage = { hasTypedStates: true, hasContains: false };

export interface AccountJobsOptions {
  readonly lists: RecordLists;
  readonly learned: LearnedCapabilities;
  readonly jobs: SingleJobs;
  readonly transforms: Transforms;
  readonly clock: Clock;
  readonly resource: (path: string) => string;
}

/** The jobs of an account of Ravnur Media Services, which has a list for each transform and none for all. */
export class AccountJobs implements JobLists {
  readonly pages: MergedPages;
  readonly #options: AccountJobsOptions;
  #lists: ReadonlyMap<string, TransformJobs> = new Map();

  constructor(options: AccountJobsOptions) {
    this.#options = options;
    this.pages = new MergedPages((signal) => this.#sources(signal), options.learned, language);
  }

  async active(signal: AbortSignal | undefined): Promise<readonly ListedJob[]> {
    const size = this.pages.firstSize;
    const sources = await this.#sources(signal);
    // First what a list of all jobs asks for in the same moment and in the same order: so they share each request.
    const pages = new Map<TransformJobs, JobListPage>();
    await forEachParallel(sources, mostAtOnce, async (source) => {
      pages.set(source, await source.active.newest(size, signal));
    });
    const found: ListedJob[] = [];
    await forEachParallel([...pages], mostAtOnce, async ([source, page]) => {
      found.push(...(await source.active.look(page, size, signal)));
    });
    return found;
  }

  /** The service does not count. */
  count(): Promise<null> {
    return Promise.resolve(null);
  }

  async probe(signal: AbortSignal | undefined): Promise<void> {
    await this.#options.transforms.look(signal);
  }

  forget(): void {
    this.#options.transforms.forget();
    this.#lists = new Map();
  }

  /** Somebody asked for a job of this transform, or changed it. */
  wake(transform: string): void {
    this.#options.transforms.note(transform);
    this.#lists.get(transform)?.wake();
  }

  async #sources(signal: AbortSignal | undefined): Promise<readonly TransformJobs[]> {
    const names = await this.#options.transforms.names(signal);
    const before = this.#lists;
    this.#lists = new Map(names.map((name) => [name, before.get(name) ?? this.#listOf(name)]));
    return [...this.#lists.values()];
  }

  #listOf(transform: string): TransformJobs {
    const { lists, learned, jobs, transforms, clock, resource } = this.#options;
    /** Whether the account answered since a 404 was taken for "no jobs", or for a transform that is gone. */
    let isKnownEmpty = false;
    const mayRest = (): boolean => [...this.#lists.values()].some(({ isQuiet }) => !isQuiet);
    return new TransformJobs(lists, learned, language, jobs, clock, mayRest, {
      ...{ key: transform, transform, takesTop: false },
      resource: resource(`${pathOf('transforms', transform)}/jobs`),
      onMissing: async (_isFiltered, signal) => {
        if (!isKnownEmpty) {
          // Of an account that is gone, or an address that is wrong, this is what fails.
          await transforms.look(signal);
          isKnownEmpty = true;
        }
      },
      onAnswered: () => {
        isKnownEmpty = false;
      },
    });
  }
}
