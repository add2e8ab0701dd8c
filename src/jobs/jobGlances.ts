import type { JobRecord, JobTask } from './job.ts';

/** What was seen of a job, and when, in milliseconds since the Unix epoch; 0 for never. */
export interface SeenJob {
  readonly record: JobRecord;
  readonly recordAt: number;
  readonly tasks: readonly JobTask[] | null;
  readonly tasksAt: number;
}

/** Who glances at jobs comes back to a few of them. */
const mostJobs = 100;

/** What was seen of jobs in passing, so that a second look brings what the first one has left out. */
export class Glances {
  readonly #seen = new Map<string, SeenJob>();

  get(id: string): SeenJob | undefined {
    return this.#seen.get(id);
  }

  note(id: string, seen: SeenJob): void {
    this.#seen.delete(id);
    this.#seen.set(id, seen);
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= mostJobs) {
        break;
      }
      this.#seen.delete(oldest);
    }
  }
}
