import type { ListedJob } from '../../jobs/job.ts';
import type { LearnedCapabilities } from '../learnedCapabilities.ts';
import { ActiveJobs } from '../v3/activeJobs.ts';
import { JobList } from '../v3/jobList.ts';
import type { FilterLanguage } from '../v3/jobQueries.ts';
import { MergedPages } from '../v3/mergedPages.ts';
import type { RecordLists } from '../v3/recordLists.ts';
import type { SingleJobs } from '../v3/singleJobs.ts';
import type { JobLists } from '../v3/v3Client.ts';
import type { Project } from './project.ts';

/** States as plain text, and `contains`: as clients in use write their filters. */
const language: FilterLanguage = { hasTypedStates: false, hasContains: true };

/** The jobs of all transforms of a project, which MK.IO has in one list. */
export class ProjectJobs implements JobLists {
  readonly pages: MergedPages;
  readonly #project: Project;
  readonly #list: JobList;
  readonly #active: ActiveJobs;
  /** Whether the list of all jobs had any when it was last asked for. */
  #hadJobs = false;

  constructor(project: Project, lists: RecordLists, learned: LearnedCapabilities, jobs: SingleJobs) {
    this.#project = project;
    this.#list = new JobList(lists, learned, {
      ...{ key: '', transform: null, takesTop: true },
      resource: project.resource('jobs?'),
      onMissing: async (isFiltered, signal) => {
        // Rather the project is gone than all of its jobs at once.
        await (this.#hadJobs && !isFiltered ? project.confirm(signal) : project.requireExisting(signal));
        this.#hadJobs &&= isFiltered;
      },
      onAnswered: ({ jobs }, isFiltered) => {
        project.noteAnswer();
        this.#hadJobs ||= !isFiltered && jobs.length > 0;
      },
    });
    this.pages = new MergedPages(() => Promise.resolve([this.#list]), learned, language);
    this.#active = new ActiveJobs(this.#list, learned, language, (id, signal) => jobs.find(id, signal));
  }

  async active(signal: AbortSignal | undefined): Promise<readonly ListedJob[]> {
    const size = this.pages.firstSize;
    const page = await this.#active.newest(size, signal);
    return await this.#active.look(page, size, signal);
  }

  async count(signal: AbortSignal | undefined): Promise<number | null> {
    return (await this.#list.first('', 1, signal)).total;
  }

  async probe(signal: AbortSignal | undefined): Promise<void> {
    await this.#list.first('', 1, signal);
  }

  forget(): void {
    this.#project.forget();
    this.#active.forget();
  }
}
