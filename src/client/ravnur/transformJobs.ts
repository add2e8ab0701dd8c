import type { Clock } from '../../jobs/clock.ts';
import { isActive } from '../../jobs/job.ts';
import type { LearnedCapabilities } from '../learnedCapabilities.ts';
import { ActiveJobs } from '../v3/activeJobs.ts';
import { JobList, type JobListOptions, type JobListPage, type JobSource } from '../v3/jobList.ts';
import type { FilterLanguage } from '../v3/jobQueries.ts';
import type { RecordLists } from '../v3/recordLists.ts';
import type { SingleJobs } from '../v3/singleJobs.ts';

/** A transform is quiet where its newest job is older than this, or where it has none. */
const quietAfterMs = 24 * 60 * 60_000;
/** Then its newest page is good for so long, however often it is wanted. */
const quietPageKeptMs = 60_000;

/**
 * The jobs of one transform. Accounts collect transforms, most of which have no job for days: such a quiet one is asked
 * once a minute at most, and not with every poll. One with an active job is never quiet, and where all are, all are asked:
 * whoever asks wants to hear from the service.
 */
export class TransformJobs implements JobSource {
  readonly key: string;
  readonly active: ActiveJobs;
  readonly #list: JobList;
  readonly #clock: Clock;
  readonly #mayRest: () => boolean;
  #kept: { readonly page: JobListPage; readonly options: string; readonly at: number } | null = null;

  /** @param mayRest whether others are asked */
  constructor(
    lists: RecordLists,
    learned: LearnedCapabilities,
    language: FilterLanguage,
    jobs: SingleJobs,
    clock: Clock,
    mayRest: () => boolean,
    options: JobListOptions,
  ) {
    this.key = options.key;
    this.#clock = clock;
    this.#mayRest = mayRest;
    this.#list = new JobList(lists, learned, options);
    this.active = new ActiveJobs(this, learned, language, (id, signal) => jobs.find(id, signal));
  }

  get isQuiet(): boolean {
    return this.#kept !== null;
  }

  async first(options: string, size: number, signal: AbortSignal | undefined): Promise<JobListPage> {
    const kept = this.#kept;
    const at = this.#clock.now();
    if (kept?.options === options && at >= kept.at && at - kept.at < quietPageKeptMs && this.#mayRest()) {
      return kept.page;
    }
    const page = await this.#list.first(options, size, signal);
    // What a filter leaves out says nothing of the rest.
    if (!options.includes('$filter=')) {
      this.#kept = isQuiet(page, at) ? { page, options, at } : null;
    }
    return page;
  }

  follow(resource: string | URL, signal: AbortSignal | undefined): Promise<JobListPage> {
    return this.#list.follow(resource, signal);
  }

  /** A job was seen here, or changed by a person: what was kept may be old. */
  wake(): void {
    this.#kept = null;
  }
}

function isQuiet({ jobs }: JobListPage, now: number): boolean {
  return jobs.every((job) => !isActive(job) && job.created !== null && now - job.created > quietAfterMs);
}
