import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { Throttle } from '../api/throttle.ts';
import type { Dialects } from '../dialects.ts';
import type { RequestLog } from '../requestLog.ts';
import type { AccountSecrets } from '../secrets.ts';
import type { Settings } from '../settings.ts';
import type { JobSnapshot } from '../simulation/snapshot.ts';
import { cancel, type JobPatch, patch, remove } from './changes.ts';
import type { Fields, FilterRules } from './filter.ts';
import { jobsOf, transformFields, transformsOf, type V3Account } from './jobs.ts';
import { nextLink, readPage } from './query.ts';
import { type Json, jobRecord, jobResourceId, type RecordStyle, transformRecord } from './record.ts';
import { readSmallBody, type ServiceReply } from './service.ts';
import { ServiceTokens } from './tokens.ts';

/** What a service that speaks AMS v3 has of the emulator. */
export interface V3Options {
  readonly origin: string;
  readonly secrets: AccountSecrets;
  readonly account: V3Account;
  readonly settings: Settings;
  readonly requests: RequestLog;
  /** When the emulator first started, Unix milliseconds. */
  readonly startedAt: number;
  /** The service's own where it is left out. */
  readonly tokenLifetimeSeconds: number | undefined;
}

/** In what such services differ, beside their addresses and their words. */
export interface V3Ways {
  /** Whom its tokens are for. */
  readonly audience: string;
  readonly resourceGroup: string;
  readonly style: Omit<RecordStyle, 'accountId'>;
  /** What jobs can be filtered and ordered by. */
  readonly fields: (dialects: Dialects, idOf: (job: JobSnapshot) => string) => Fields<JobSnapshot>;
  /** Null where it takes no $filter. */
  readonly filter: (dialects: Dialects) => FilterRules | null;
  readonly hasTop: boolean;
  /** The form of its links to next pages. */
  readonly links: 'relative' | 'absolute';
}

/** A page of a list. */
export interface Listed {
  readonly value: readonly Json[];
  /** How many come before this page, and how many there are on all pages. */
  readonly start: number;
  readonly total: number;
  /** With `@odata.nextLink`, where there is a next page. */
  readonly link: Json;
}

/** What all services that speak AMS v3 do: they show the jobs of the simulation as its records, and change them. */
export class V3Service {
  readonly tokens: ServiceTokens;
  readonly throttle = new Throttle(() => performance.now());
  readonly #options: V3Options;
  readonly #ways: V3Ways;
  readonly #style: RecordStyle;

  constructor(options: V3Options, ways: V3Ways) {
    const { secrets, settings } = options;
    const group = `/subscriptions/${secrets.subscriptionId}/resourceGroups/${ways.resourceGroup}`;
    this.tokens = new ServiceTokens(secrets, ways.audience, () => settings.clock.now());
    this.#options = options;
    this.#ways = ways;
    this.#style = {
      ...ways.style,
      accountId: `${group}/providers/Microsoft.Media/mediaservices/${secrets.accountName}`,
    };
  }

  /** The body of a change, '' of another request. The simulation is as far as the clock then. @throws ODataError 413 */
  async bodyOf(request: IncomingMessage): Promise<string> {
    const { account, settings } = this.#options;
    const body = request.method === 'PATCH' ? await readSmallBody(request) : '';
    account.advanceTo(settings.clock.now());
    return body;
  }

  /** @param transform null for the jobs of all. @throws ODataError 400 */
  jobs(transform: string | null, url: URL): Listed {
    const { account, settings } = this.#options;
    const fields = this.#ways.fields(settings.dialects, (job) => jobResourceId(job, this.#style));
    return this.#list(jobsOf(account, settings.dialects, transform), fields, url, (job) => this.job(job));
  }

  /** @throws ODataError 400 */
  transforms(url: URL): Listed {
    const transforms = transformsOf(this.#options.account);
    return this.#list(transforms, transformFields, url, ([name, preset]) => this.transform(name, preset));
  }

  job(job: JobSnapshot): Json {
    const { account, settings } = this.#options;
    return jobRecord(job, account, settings.dialects, this.#style);
  }

  transform(name: string, preset: string): Json {
    return transformRecord(name, preset, this.#options.startedAt, this.#style);
  }

  /** @throws ODataError 409 */
  cancel(job: JobSnapshot): ServiceReply {
    const { account, settings } = this.#options;
    cancel(account, job, settings.dialects);
    return { status: 200 };
  }

  /** @throws ODataError 409 */
  remove(job: JobSnapshot | undefined): ServiceReply {
    if (job) {
      remove(this.#options.account, job);
    }
    return { status: job ? 200 : 204 };
  }

  /** @returns the job as it is then */
  patch(job: JobSnapshot, wish: JobPatch): Json {
    const { account } = this.#options;
    patch(account, job, wish);
    return this.job(account.find(job.id) ?? job);
  }

  #list<R>(all: Iterable<R>, fields: Fields<R>, url: URL, show: (row: R) => Json): Listed {
    const { dialects } = this.#options.settings;
    const { filter, hasTop, links } = this.#ways;
    const rules = { fields, filter: filter(dialects), hasTop };
    const { rows, start, total, next } = readPage(all, url.searchParams, rules, dialects);
    const form = dialects['v3-links'];
    const link = next === null ? {} : { '@odata.nextLink': nextLink(url, next, form === 'own' ? links : form) };
    return { value: rows.map(show), start, total, link };
  }
}
