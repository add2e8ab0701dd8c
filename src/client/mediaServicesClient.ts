import type { JobRecord, JobTask } from '../jobs/job.ts';
import { parseJobId } from '../jobs/jobId.ts';
import type { JobQuery } from '../jobs/jobQuery.ts';
import type { ConnectionStep, JobPage, JobsClient, PageToken, RunningTask } from '../jobs/jobsClient.ts';
import type { Disposable } from '../jobs/lifecycle.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import type { Endpoint } from './endpoint.ts';
import type { HttpReply, HttpSender } from './httpSender.ts';
import { readJob, readTask, stateNumber } from './jobEntities.ts';
import { type Collection, parseJson, readCollection } from './odata.ts';
import type { TokenCache } from './tokenCache.ts';
import type { Transport } from './transport.ts';

/** The parts that a client is made of. */
export interface MediaServicesClientParts {
  readonly sender: HttpSender;
  readonly tokens: TokenCache;
  readonly endpoint: Endpoint;
  readonly transport: Transport;
}

/** The service cuts every page at 1000 entities, also without `$top` ("Querying entities", `$top` and `$skip`). */
const largestPage = 1000;
/** A job has at most 30 tasks; more pages than this come only from a server that never ends. */
const mostTaskPages = 100;

/** The jobs of one account of Azure Media Services v2. */
export class MediaServicesClient implements JobsClient, Disposable {
  readonly #parts: MediaServicesClientParts;

  constructor(parts: MediaServicesClientParts) {
    this.#parts = parts;
  }

  /** The API root in use: the configured one, or the one that a redirect has named. */
  get endpoint(): string {
    return this.#parts.endpoint.root.href;
  }

  listJobs(
    query: JobQuery,
    page: { readonly token: PageToken | null; readonly pageSize: number },
    signal?: AbortSignal,
  ): Promise<JobPage> {
    return this.#guard(async () => {
      const pageSize = Math.min(largestPage, Math.max(1, Math.trunc(page.pageSize) || 1));
      const start = readPageToken(page.token);
      const resource = start.link ?? listResource(query, pageSize, start.skip);
      const { rows, nextLink, reply } = await this.#collection(resource, null, signal);
      let next: PageToken | null = null;
      if (nextLink !== null) {
        next = linkToken(this.#resolve(nextLink, reply));
      } else if (start.link === null && rows.length >= pageSize) {
        next = `skip:${start.skip + rows.length}`;
      }
      const jobs = rows.map(readJob);
      return { jobs, next, newestFirst: isNewestFirst(jobs) };
    });
  }

  listActiveJobs(signal?: AbortSignal): Promise<readonly JobRecord[]> {
    return this.#guard(async () => {
      const [before, after] = await Promise.all([
        this.#all('Jobs()?$filter=State%20lt%203', signal),
        this.#all('Jobs()?$filter=State%20gt%205', signal),
      ]);
      return [...before, ...after].map(readJob);
    });
  }

  listRunningTasks(signal?: AbortSignal): Promise<readonly RunningTask[] | null> {
    return this.#guard(async () => (await this.#all('Tasks()?$filter=State%20eq%202', signal)).map(readTask));
  }

  listDeparted(jobIds: readonly string[], signal?: AbortSignal): Promise<readonly JobRecord[]> {
    return this.#guard(async () => {
      const jobs: JobRecord[] = [];
      for (const id of jobIds) {
        const { rows } = await this.#collection(`Jobs()?$filter=Id%20eq%20${quotedKey(id)}&$top=1`, id, signal);
        jobs.push(...rows.map(readJob));
      }
      return jobs;
    });
  }

  countJobs(): Promise<number | null> {
    return Promise.resolve(null);
  }

  getJob(jobId: string, signal?: AbortSignal): Promise<JobRecord> {
    return this.#guard(async () => {
      const key = quotedKey(jobId);
      const { rows } = await this.#collection(`Jobs()?$filter=Id%20eq%20${key}&$top=1`, jobId, signal);
      if (rows.length === 0) {
        throw new ServiceError('notFound', `The account has no job with this id: ${jobId}`);
      }
      const job = readJob(rows[0]);
      if (job.id.toLowerCase() !== jobId.toLowerCase()) {
        throw new ServiceError('badReply', `The service answered with another job than this: ${jobId}`);
      }
      return job;
    });
  }

  listTasks(jobId: string, signal?: AbortSignal): Promise<readonly JobTask[]> {
    return this.#guard(async () => {
      const tasks: JobTask[] = [];
      let resource: string | URL | null = `Jobs(${quotedKey(jobId)})/Tasks`;
      for (let pages = 0; resource !== null; pages++) {
        if (pages === mostTaskPages) {
          throw new ServiceError('badReply', `The service does not come to an end of the tasks of this job: ${jobId}`);
        }
        const { rows, nextLink, reply }: CollectionReply = await this.#collection(resource, jobId, signal);
        tasks.push(...rows.map(readTask));
        resource = nextLink === null ? null : this.#resolve(nextLink, reply);
      }
      return tasks;
    });
  }

  /**
   * `CancelJob` is a GET with an effect, so it is sent once and never repeated by itself. The service answers 204, and
   * 400 for a job that is already Finished, Error, Canceled or Canceling ("REST API functions").
   */
  cancelJob(jobId: string, signal?: AbortSignal): Promise<void> {
    return this.#guard(async () => {
      const resource = `CancelJob?jobid=${quotedKey(jobId)}`;
      try {
        await this.#parts.transport.request({ resource, accept: 'nothing', repeatable: false, jobId }, signal);
      } catch (error) {
        throw ServiceError.is(error) && error.kind === 'badRequest' ? cancelRefused(error) : error;
      }
    });
  }

  /** Gets a new token while a person waits who may be asked: by a window of VS Code, a browser, a code. */
  signIn(signal?: AbortSignal): Promise<void> {
    return this.#guard(() => this.#parts.tokens.signIn(signal));
  }

  /**
   * Signs in and asks for one job, to see whether the account works.
   * @param onStep hears of each step as it begins, so that a failure can be shown with its step.
   * @returns the API root that answered.
   */
  testConnection(onStep: (step: ConnectionStep) => void, signal?: AbortSignal): Promise<{ readonly endpoint: string }> {
    return this.#guard(async () => {
      onStep('signIn');
      await this.#parts.tokens.get(signal);
      onStep('query');
      await this.#collection(listResource({}, 1, 0), null, signal);
      return { endpoint: this.endpoint };
    });
  }

  /** Forgets the API root that a redirect has named, as at sign-out. */
  forgetEndpoint(): void {
    this.#parts.endpoint.forget();
  }

  /** Forgets the token, as when its secret has changed. */
  forgetToken(): void {
    this.#parts.tokens.forget();
  }

  /** Ends every request under way with `aborted`. */
  dispose(): void {
    this.#parts.tokens.dispose();
    this.#parts.sender.dispose();
  }

  async #all(resource: string, signal: AbortSignal | undefined): Promise<readonly unknown[]> {
    const all: unknown[] = [];
    for (;;) {
      const { rows } = await this.#collection(`${resource}&$top=${largestPage}&$skip=${all.length}`, null, signal);
      all.push(...rows);
      if (rows.length < largestPage) {
        return all;
      }
    }
  }

  async #collection(
    resource: string | URL,
    jobId: string | null,
    signal: AbortSignal | undefined,
  ): Promise<CollectionReply> {
    const reply = await this.#parts.transport.request({ resource, accept: 'json', repeatable: true, jobId }, signal);
    return { ...readCollection(parseJson(reply.body)), reply };
  }

  /**
   * A next link as a resource to ask for. Links are often written with the configured root although another one
   * answers, so one below any known root is taken as a path below whichever root is in use.
   * @throws ServiceError `untrustedRedirect` for a link to an origin that the account does not trust.
   */
  #resolve(nextLink: string, reply: HttpReply): string | URL {
    const url = URL.parse(nextLink, reply.url.href);
    if (!url) {
      throw new ServiceError('badReply', `The service names a next page that is no address: ${reply.url.host}`);
    }
    url.hash = '';
    const { endpoint } = this.#parts;
    endpoint.requireTrusted(url);
    for (const root of [endpoint.root, endpoint.configured]) {
      if (url.href.toLowerCase().startsWith(root.href.toLowerCase())) {
        return url.href.slice(root.href.length);
      }
    }
    return url;
  }

  /** Every method rejects with a `ServiceError`, also where it throws before its first await. */
  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw ServiceError.from(error);
    }
  }
}

function isNewestFirst(jobs: readonly JobRecord[]): boolean {
  return jobs.every((job, index) => {
    const previous = jobs[index - 1];
    return previous === undefined || (previous.created ?? 0) >= (job.created ?? 0);
  });
}

type CollectionReply = Collection & { readonly reply: HttpReply };

function listResource(query: JobQuery, pageSize: number, skip: number): string {
  const parts: string[] = [];
  const [only, ...others] = query.states ?? [];
  const state = only === undefined || others.length > 0 ? null : stateNumber(only);
  if (state !== null) {
    parts.push(`$filter=State%20eq%20${state}`);
  }
  parts.push(`$top=${pageSize}`);
  if (skip > 0) {
    parts.push(`$skip=${skip}`);
  }
  return `Jobs()?${parts.join('&')}`;
}

/** A job id as a key or literal of OData: quoted and percent-encoded, as the documented requests have it. */
function quotedKey(jobId: string): string {
  // Only the bare id: a URL that contains one is for people to paste, not for callers to pass.
  if (!/^nb:jid:uuid:[0-9a-f-]{36}$/i.test(jobId) || parseJobId(jobId) === null) {
    throw new ServiceError('badRequest', `This is not a job id like nb:jid:UUID:<guid>: ${jobId.slice(0, 100)}`);
  }
  return `'${encodeURIComponent(jobId)}'`;
}

/** Where a page begins: `skip:<rows>`, `path:<resource below the root>`, or `link:<absolute URL>`. */
function readPageToken(token: PageToken | null): { readonly skip: number; readonly link: string | URL | null } {
  if (token === null) {
    return { skip: 0, link: null };
  }
  const skip = /^skip:(\d{1,9})$/.exec(token)?.[1];
  if (skip !== undefined) {
    return { skip: Number(skip), link: null };
  }
  if (token.startsWith('path:')) {
    return { skip: 0, link: token.slice('path:'.length) };
  }
  const link = token.startsWith('link:') ? URL.parse(token.slice('link:'.length)) : null;
  if (!link) {
    throw new ServiceError('badRequest', 'This page token did not come from this client.');
  }
  return { skip: 0, link };
}

function linkToken(link: string | URL): PageToken {
  return typeof link === 'string' ? `path:${link}` : `link:${link.href}`;
}

function cancelRefused(error: ServiceError): ServiceError {
  const { status, requestId, retryAfterMs } = error;
  return new ServiceError('conflict', `The job cannot be canceled in its present state. ${error.message}`, {
    ...(status === undefined ? {} : { status }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause: error,
  });
}
