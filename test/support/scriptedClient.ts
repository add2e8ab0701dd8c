import { amsCapabilities } from '../../src/client/ams/amsCapabilities.ts';
import type { JobRecord, JobTask, ListedJob } from '../../src/jobs/job.ts';
import { isActive } from '../../src/jobs/job.ts';
import type { JobAssets, JobDetails, TaskEvent } from '../../src/jobs/jobDetails.ts';
import { type JobQuery, matchesQuery } from '../../src/jobs/jobQuery.ts';
import type { ConnectionStep, JobPage, JobsClient, RunningTask } from '../../src/jobs/jobsClient.ts';
import type { ServiceCapabilities } from '../../src/jobs/serviceCapabilities.ts';
import { ServiceError } from '../../src/jobs/serviceError.ts';

/**
 * A service in memory behind the port, for tests of what stands above the port. It counts what it is asked, can be held
 * back, and can be made to fail.
 */
export class ScriptedClient implements JobsClient {
  capabilities: ServiceCapabilities = amsCapabilities;
  /** Newest first, as they are listed. */
  jobs: JobRecord[] = [];
  readonly tasks = new Map<string, JobTask[]>();
  readonly events = new Map<string, ReadonlyMap<string, readonly TaskEvent[]>>();
  readonly assets = new Map<string, JobAssets>();
  reservedUnits: number | null = null;
  /** What was asked, in order: `list 0+50`, `get <id>`, `tasks <id>`. */
  readonly requests: string[] = [];
  /** Thrown by every request while it is set. */
  failure: ServiceError | null = null;
  /** While set, every request waits for it. */
  gate: Promise<void> | null = null;
  readonly #late = new Map<string, Promise<void>>();
  /** What the service supports. */
  canFilter = true;
  canListRunningTasks = true;
  canCount = true;
  running = 0;
  maxRunning = 0;

  listJobs = (
    query: JobQuery,
    page: { token: string | null; pageSize: number },
    signal?: AbortSignal,
  ): Promise<JobPage> => {
    const start = Number(page.token ?? 0);
    return this.#answer(`list ${start}+${page.pageSize}`, signal, () => {
      const matching = this.canFilter ? this.jobs.filter((job) => matchesQuery(job, query)) : this.jobs;
      const end = start + page.pageSize;
      return {
        jobs: matching.slice(start, end).map(this.#listed),
        next: end < matching.length ? String(end) : null,
        newestFirst: matching.every((job, index) => (matching[index - 1]?.created ?? Infinity) >= (job.created ?? 0)),
      };
    });
  };

  listActiveJobs = (signal?: AbortSignal): Promise<readonly ListedJob[]> =>
    this.#answer('active', signal, () => {
      const { tasksWithJobs } = this.capabilities;
      // A service whose jobs come with their tasks lists the newest, whatever their state.
      return this.jobs.filter((job) => tasksWithJobs || isActive(job)).map(this.#listed);
    });

  listRunningTasks = (signal?: AbortSignal): Promise<readonly RunningTask[] | null> =>
    this.#answer('running', signal, () =>
      this.canListRunningTasks ? [...this.tasks.values()].flat().filter(({ state }) => state === 'Processing') : null,
    );

  listDeparted = (jobIds: readonly string[], signal?: AbortSignal): Promise<readonly ListedJob[]> =>
    this.#answer(`departed ${jobIds.join(' ')}`, signal, () =>
      this.jobs.filter(({ id }) => jobIds.includes(id)).map(this.#listed),
    );

  countJobs = (signal?: AbortSignal): Promise<number | null> =>
    this.#answer('count', signal, () => (this.canCount ? this.jobs.length : null));

  getJob = (jobId: string, signal?: AbortSignal): Promise<ListedJob> =>
    this.#answer(`get ${jobId}`, signal, () => this.#listed(this.#job(jobId)));

  listTasks = (jobId: string, signal?: AbortSignal): Promise<readonly JobTask[]> =>
    this.#answer(`tasks ${jobId}`, signal, () => this.tasks.get(jobId) ?? []);

  getJobDetails = (jobId: string, signal?: AbortSignal): Promise<JobDetails> =>
    this.#answer(`details ${jobId}`, signal, () => {
      const job = this.#job(jobId);
      const tasks = this.tasks.get(jobId) ?? [];
      return { job, tasks, events: this.events.get(jobId) ?? new Map(), raw: { job, tasks } };
    });

  listJobAssets = (jobId: string, signal?: AbortSignal): Promise<JobAssets> =>
    this.#answer(`assets ${jobId}`, signal, () => this.assets.get(jobId) ?? { inputs: null, outputs: null });

  countReservedUnits = (signal?: AbortSignal): Promise<number | null> =>
    this.#answer('reserved units', signal, () => this.reservedUnits);

  deleteJob = (jobId: string, signal?: AbortSignal): Promise<void> =>
    this.#answer(`delete ${jobId}`, signal, () => {
      if (isActive(this.#job(jobId))) {
        throw new ServiceError('conflict', 'The job cannot be deleted in its present state.', { status: 400 });
      }
      this.jobs = this.jobs.filter(({ id }) => id !== jobId);
    });

  changePriority = (jobId: string, priority: number, signal?: AbortSignal): Promise<void> =>
    this.#answer(`priority ${jobId} ${priority}`, signal, () => {
      if (this.#job(jobId).state !== 'Queued') {
        throw new ServiceError('conflict', 'The priority cannot be changed in the present state of the job.');
      }
      this.update(jobId, { priority });
    });

  cancelJob = (jobId: string, signal?: AbortSignal): Promise<void> =>
    this.#answer(`cancel ${jobId}`, signal, () => this.update(jobId, { state: 'Canceling' }));

  testConnection = (onStep: (step: ConnectionStep) => void, signal?: AbortSignal): Promise<{ endpoint: string }> => {
    onStep('signIn');
    onStep('query');
    return this.#answer('test', signal, () => ({ endpoint: 'https://localhost/api/' }));
  };

  /** Answers the next such request with what is true when it is asked, but only once the returned function is called. */
  answerLate(request: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#late.set(request, promise);
    return resolve;
  }

  update(jobId: string, changes: Partial<JobRecord>): void {
    this.jobs = this.jobs.map((job) => (job.id === jobId ? { ...job, ...changes } : job));
  }

  /** The requests since the last call. */
  takeRequests(): string[] {
    return this.requests.splice(0);
  }

  readonly #listed = (job: JobRecord): ListedJob =>
    this.capabilities.tasksWithJobs ? { ...job, tasks: this.tasks.get(job.id) ?? [] } : job;

  #job(jobId: string): JobRecord {
    const job = this.jobs.find(({ id }) => id === jobId);
    if (!job) {
      throw new ServiceError('notFound', 'There is no such job.');
    }
    return job;
  }

  async #answer<T>(request: string, signal: AbortSignal | undefined, answer: () => T): Promise<T> {
    this.requests.push(request);
    this.running++;
    this.maxRunning = Math.max(this.maxRunning, this.running);
    try {
      const late = this.#late.get(request);
      if (late !== undefined) {
        this.#late.delete(request);
        const early = answer();
        await late;
        return early;
      }
      await (this.gate && Promise.race([this.gate, aborted(signal)]));
      await Promise.resolve();
      if (signal?.aborted) {
        throw new ServiceError('aborted', 'The request was canceled.');
      }
      if (this.failure) {
        throw this.failure;
      }
      return answer();
    } finally {
      this.running--;
    }
  }
}

/** Resolves when a request is given up. */
function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
}
