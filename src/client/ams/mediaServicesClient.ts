import type { JobRecord, JobTask } from '../../jobs/job.ts';
import type { JobAsset, JobAssets, JobDetails } from '../../jobs/jobDetails.ts';
import type { JobQuery } from '../../jobs/jobQuery.ts';
import type { JobPage, PageRequest, RunningTask } from '../../jobs/jobsClient.ts';
import { ServiceError } from '../../jobs/serviceError.ts';
import { ConnectedClient } from '../connectedClient.ts';
import type { ClientConnection } from '../connection.ts';
import { LearnedCapabilities } from '../learnedCapabilities.ts';
import { guard, type ServiceClient } from '../serviceClient.ts';
import type { Transport } from '../transport.ts';
import { amsCapabilities } from './amsCapabilities.ts';
import { type CollectionPage, Collections, type WholeCollection } from './collections.ts';
import { DepartedJobs } from './departedJobs.ts';
import { JobChanges } from './jobChanges.ts';
import { readAsset, readJob, readReservedUnits, readRunningTask, readTask, readTaskEvents } from './jobEntities.ts';
import { JobPages } from './jobPages.ts';
import {
  activeJobs,
  anyJobResource,
  jobCountResource,
  jobResource,
  quotedKey,
  reservedUnitsResource,
  runningTasks,
} from './jobRequests.ts';

/** A job has at most 30 tasks; more pages than this come only from a server that never ends. */
const mostTaskPages = 100;

/** The jobs of one account of Azure Media Services v2. */
export class MediaServicesClient extends ConnectedClient implements ServiceClient {
  readonly capabilities = amsCapabilities;
  readonly #transport: Transport;
  readonly #learned: LearnedCapabilities;
  readonly #collections: Collections;
  readonly #pages: JobPages;
  readonly #departed: DepartedJobs;

  constructor(connection: ClientConnection) {
    const { endpoint, transport } = connection;
    super(connection, new JobChanges(transport));
    this.#transport = transport;
    this.#learned = new LearnedCapabilities(endpoint);
    this.#collections = new Collections(transport, endpoint);
    this.#pages = new JobPages(this.#collections, this.#learned);
    this.#departed = new DepartedJobs(this.#collections, this.#learned, endpoint);
  }

  listJobs(query: JobQuery, page: PageRequest, signal?: AbortSignal): Promise<JobPage> {
    return guard(() => this.#pages.list(query, page, signal));
  }

  listActiveJobs(signal?: AbortSignal): Promise<readonly JobRecord[]> {
    return guard(async () => {
      const all = (queries: readonly string[]) => () =>
        Promise.all(queries.map((query) => this.#collections.all(query, readJob, signal)));
      const parts = await this.#learned.firstSupported<readonly WholeCollection<JobRecord>[]>([
        { needs: ['ne'], run: all([activeJobs.byNe]) },
        { needs: ['range'], run: all(activeJobs.byRange) },
        { needs: [], run: all(activeJobs.byState) },
      ]);
      const times = parts.map(({ answeredAt }) => answeredAt);
      this.#departed.noteActiveListing(times.includes(null) ? null : Math.min(...times.map(Number)));
      return parts.length === 1 ? (parts[0]?.items ?? []) : unique(parts.flatMap(({ items }) => items));
    });
  }

  listRunningTasks(signal?: AbortSignal): Promise<readonly RunningTask[] | null> {
    return guard(async () => {
      if (this.#learned.lacks('allTasks')) {
        return null;
      }
      const all = (query: string) => async () => (await this.#collections.all(query, readRunningTask, signal)).items;
      return this.#learned.firstSupported<readonly RunningTask[] | null>(
        [
          { needs: ['allTasks', 'selectOnTasks'], run: all(runningTasks.selected) },
          { needs: ['allTasks'], run: all(runningTasks.whole) },
          { needs: [], run: this.#answersAtAll(signal) },
        ],
        [400, 404],
      );
    });
  }

  listDeparted(jobIds: readonly string[], signal?: AbortSignal): Promise<readonly JobRecord[]> {
    return guard(() => this.#departed.list(jobIds, signal));
  }

  countJobs(signal?: AbortSignal): Promise<number | null> {
    return guard(async () => {
      if (this.#learned.lacks('count')) {
        return null;
      }
      const count = async (): Promise<number> => {
        const request = { resource: jobCountResource, accept: 'text', repeatable: true, jobId: null } as const;
        return readCount((await this.#transport.request(request, signal)).body);
      };
      return this.#learned.firstSupported<number | null>(
        [
          { needs: ['count'], run: count },
          { needs: [], run: this.#answersAtAll(signal) },
        ],
        [400, 404],
      );
    });
  }

  getJob(jobId: string, signal?: AbortSignal): Promise<JobRecord> {
    return guard(async () => readJob(await this.#job(jobId, signal)));
  }

  listTasks(jobId: string, signal?: AbortSignal): Promise<readonly JobTask[]> {
    return guard(async () => unique((await this.#tasks(jobId, signal)).map(readTask)));
  }

  getJobDetails(jobId: string, signal?: AbortSignal): Promise<JobDetails> {
    return guard(async () => {
      const [job, itsTasks] = await Promise.allSettled([this.#job(jobId, signal), this.#tasks(jobId, signal)]);
      // Of a job that is gone, only its record says so: its tasks are an address that is not there.
      const entity = settledValue(job);
      const tasks = settledValue(itsTasks);
      const events = tasks.map((task) => [readTask(task).id, readTaskEvents(task)] as const);
      return {
        job: readJob(entity),
        tasks: unique(tasks.map(readTask)),
        events: new Map(events),
        raw: { job: entity, tasks },
      };
    });
  }

  listJobAssets(jobId: string, signal?: AbortSignal): Promise<JobAssets> {
    return guard(async () => {
      const [inputs, outputs] = await Promise.all(
        ['InputMediaAssets', 'OutputMediaAssets'].map((of) => this.#assets(jobId, of, signal)),
      );
      return { inputs: inputs ?? null, outputs: outputs ?? null };
    });
  }

  countReservedUnits(signal?: AbortSignal): Promise<number | null> {
    return guard(async () => {
      if (this.#learned.lacks('reservedUnits')) {
        return null;
      }
      const count = async (): Promise<number | null> => {
        const { rows } = await this.#collections.page(reservedUnitsResource, null, signal);
        const [units] = rows.map(readReservedUnits);
        return units ?? null;
      };
      return this.#learned.firstSupported<number | null>(
        [
          { needs: ['reservedUnits'], run: count },
          { needs: [], run: this.#answersAtAll(signal) },
        ],
        [400, 403, 404],
      );
    });
  }

  /** The plainest request. */
  protected override probe(signal: AbortSignal | undefined): Promise<unknown> {
    return this.#collections.page(anyJobResource, null, signal);
  }

  /** The entity of a job, by the documented exchange. */
  async #job(jobId: string, signal: AbortSignal | undefined): Promise<unknown> {
    const { rows } = await this.#collections.page(jobResource(jobId), jobId, signal);
    if (rows.length === 0) {
      throw new ServiceError('notFound', `The account has no job with this id: ${jobId}`);
    }
    const [entity] = rows;
    if (readJob(entity).id.toLowerCase() !== jobId.toLowerCase()) {
      throw new ServiceError('badReply', `The service answered with another job than this: ${jobId}`);
    }
    return entity;
  }

  /** The entities of a job's tasks. Not kept as exchanges of the job: those show how the job itself is asked for. */
  async #tasks(jobId: string, signal: AbortSignal | undefined): Promise<readonly unknown[]> {
    const tasks: unknown[] = [];
    let resource: string | URL | null = `Jobs(${quotedKey(jobId)})/Tasks`;
    for (let pages = 0; resource !== null; pages++) {
      if (pages === mostTaskPages) {
        throw new ServiceError('badReply', `The service does not come to an end of the tasks of this job: ${jobId}`);
      }
      const { rows, next }: CollectionPage = await this.#collections.page(resource, null, signal);
      tasks.push(...rows);
      resource = next;
    }
    return tasks;
  }

  /** The first page is as many as anybody reads the names of; `null` where the assets are gone. */
  async #assets(jobId: string, of: string, signal: AbortSignal | undefined): Promise<readonly JobAsset[] | null> {
    try {
      const { rows } = await this.#collections.page(`Jobs(${quotedKey(jobId)})/${of}`, null, signal);
      return rows.map(readAsset);
    } catch (error) {
      if (ServiceError.is(error) && error.kind === 'notFound') {
        return null;
      }
      throw error;
    }
  }

  /** A service that answers this, although it refused another request, does not support that one. */
  #answersAtAll(signal: AbortSignal | undefined): () => Promise<null> {
    return async () => {
      await this.probe(signal);
      return null;
    };
  }
}

/** @throws what it was rejected with */
function settledValue<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') {
    throw result.reason;
  }
  return result.value;
}

/** What changes between two requests may come with each of them; the later counts. */
function unique<T extends { readonly id: string }>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}

/** The answer to `/$count`: a number and nothing else. */
function readCount(body: string): number {
  const text = body.trim();
  if (!/^\d{1,15}$/.test(text)) {
    throw new ServiceError('badReply', 'The service did not answer with a number.');
  }
  return Number(text);
}
