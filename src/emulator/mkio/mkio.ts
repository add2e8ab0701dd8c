import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { badRequest, notFound, ODataError } from '../api/errors.ts';
import { Throttle } from '../api/throttle.ts';
import type { Dialects } from '../dialects.ts';
import type { Handler } from '../loopbackServer.ts';
import type { RequestLog } from '../requestLog.ts';
import type { AccountSecrets } from '../secrets.ts';
import type { Settings } from '../settings.ts';
import type { JobSnapshot } from '../simulation/snapshot.ts';
import { cancel, patch, readPatch, remove } from '../v3/changes.ts';
import type { FilterRules } from '../v3/filter.ts';
import { jobErrorOf } from '../v3/jobError.ts';
import { findJob, jobsOf, transformFields, transformsOf, type V3Account } from '../v3/jobs.ts';
import { jobNameOf, transformOf } from '../v3/names.ts';
import { nextLink, type Page, readPage } from '../v3/query.ts';
import { type Json, jobRecord, type RecordStyle, transformRecord } from '../v3/record.ts';
import { createService, readSmallBody, type ServiceReply, segmentsOf } from '../v3/service.ts';
import { jobStateName } from '../v3/states.ts';
import { bearerOf, ServiceTokens } from '../v3/tokens.ts';
import { mkioFields } from './fields.ts';
import { checkPermission, type Permissions, readOnly } from './permissions.ts';
import { RateLimit } from './rateLimit.ts';
import { type MkioAddress, readAddress } from './route.ts';

/** How to sign in to the emulated MK.IO. */
export interface MkioConnection {
  /** What `https://app.mk.io/` is to the real one. */
  readonly endpoint: string;
  readonly project: string;
  /** The same project in the older family of addresses. */
  readonly subscription: string;
  /** A personal API token. */
  readonly token: string;
}

export interface MkioOptions {
  readonly origin: string;
  readonly secrets: AccountSecrets;
  readonly account: V3Account;
  readonly settings: Settings;
  readonly requests: RequestLog;
  /** When the emulator first started, Unix milliseconds. */
  readonly startedAt: number;
  /** Of the personal API token; a year at most. */
  readonly tokenLifetimeSeconds: number | undefined;
}

/** MediaKind docs "Tokens": up to a year. */
export const longestTokenSeconds = 365 * 24 * 60 * 60;
const audience = 'mk.io';

const filters: Record<Dialects['mkio-filter'], FilterRules> = {
  seen: { or: false, ne: false, contains: true, states: 'plain' },
  full: { or: true, ne: true, contains: true, states: 'plain' },
  bare: { or: false, ne: false, contains: false, states: 'plain' },
};

/** Codes are not documented, but that there is one. */
const codes: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  413: 'too_large',
  429: 'too_many_requests',
  503: 'unavailable',
};

/** The job part of MediaKind MK.IO, both families of addresses, with one project. */
export class Mkio {
  readonly #options: MkioOptions;
  readonly #tokens: ServiceTokens;
  readonly #limit = new RateLimit(() => performance.now());
  readonly #throttle = new Throttle(() => performance.now());
  readonly #style: RecordStyle;

  constructor(options: MkioOptions) {
    const { secrets, settings } = options;
    this.#options = options;
    this.#tokens = new ServiceTokens(secrets, audience, () => settings.clock.now());
    this.#style = {
      accountId: `/subscriptions/${secrets.subscriptionId}/resourceGroups/default/providers/Microsoft.Media/mediaservices/${secrets.accountName}`,
      time: (at) => new Date(at).toISOString().replace('Z', '000Z'),
      error: jobErrorOf,
      emptyCorrelationData: false,
    };
  }

  get connection(): MkioConnection {
    const { origin, secrets, startedAt, tokenLifetimeSeconds } = this.#options;
    const project = secrets.accountName;
    const token = this.#issue(startedAt, tokenLifetimeSeconds ?? longestTokenSeconds);
    return { endpoint: origin, project, subscription: project, token };
  }

  /** Another personal API token; a restricted one can do nothing but watch. */
  issueToken(lifetimeSeconds: number, isRestricted: boolean): string {
    return this.#issue(this.#options.settings.clock.now(), lifetimeSeconds, isRestricted);
  }

  #issue(at: number, lifetimeSeconds: number, isRestricted = false): string {
    const { clientId: sub, tenantId: organizationId, subscriptionId } = this.#options.secrets;
    const rights = isRestricted
      ? { type: 'restricted', permissions: readOnly(subscriptionId) }
      : { type: 'full-access' };
    const claims = { sub, organizationId, ...rights };
    return this.#tokens.issue(claims, at, Math.min(lifetimeSeconds, longestTokenSeconds));
  }

  get handler(): Handler {
    const { requests, settings } = this.#options;
    return createService({
      ...{ endpoint: 'mkio', requests, settings },
      answer: (request, url) => this.#answer(request, url),
      refuse: (status, detail, dialects) => ({
        error: dialects['mkio-error-text'] ? detail : { code: codes[status] ?? 'error', detail },
        status,
        ref: randomUUID(),
      }),
    });
  }

  async #answer(request: IncomingMessage, url: URL): Promise<ServiceReply> {
    const { account, settings, secrets } = this.#options;
    const address = readAddress(segmentsOf(url));
    const older = address.isOlder ? request.headers['x-mkio-token'] : undefined;
    const claims = await this.#tokens.check(
      typeof older === 'string' ? older : bearerOf(request.headers.authorization),
    );
    this.#limit.check(address.project === null ? 'organization' : 'project', request.method);
    this.#throttle.check(settings.dialects);
    if (address.project !== null && address.project !== secrets.accountName) {
      throw notFound('There is no such project.');
    }
    // The emulator's own, as its signature says.
    const permissions = claims['permissions'] as Permissions | undefined;
    checkPermission(permissions, secrets.subscriptionId, address.resource, request.method);
    const body = request.method === 'PATCH' ? await readSmallBody(request) : '';
    account.advanceTo(settings.clock.now());
    return this.#act(`${request.method} ${address.resource.kind}`, address, url, body);
  }

  #act(operation: string, { resource }: MkioAddress, url: URL, body: string): ServiceReply {
    const { account, settings } = this.#options;
    const { dialects } = settings;
    switch (resource.kind) {
      case 'projects':
        this.#allow(operation, 'GET');
        return ok(this.#projects());
      case 'transforms':
        this.#allow(operation, 'GET');
        return ok(this.#transforms(url));
      case 'transform': {
        this.#allow(operation, 'GET');
        const preset = transformsOf(account).get(resource.transform);
        if (preset === undefined) {
          throw notFound('There is no such transform.');
        }
        return ok(this.#supplemented(this.#transform(resource.transform, preset), 'get'));
      }
      case 'jobs':
        this.#allow(operation, 'GET');
        return ok(this.#jobs(resource.transform, url));
      default: {
        const job = findJob(account, resource.transform, resource.job);
        const show = (what: string) => ok(this.#supplemented(this.#record(job ?? unknownJob()), what));
        switch (operation) {
          case 'GET job':
            return show('get');
          case 'GET state':
            return ok({ status: { state: jobStateName(job ?? unknownJob(), dialects) } });
          case 'POST cancelJob':
            cancel(account, job ?? unknownJob(), dialects);
            return { status: 200 };
          case 'DELETE job':
            if (job) {
              remove(account, job);
            }
            return { status: job ? 200 : 204 };
          case 'PATCH job': {
            const wish = readPatch(body);
            if (!wish.isWhole) {
              throw badRequest("'properties' must hold input and outputs too.");
            }
            patch(account, job ?? unknownJob(), wish);
            return ok(
              this.#supplemented(
                this.#record(findJob(account, resource.transform, resource.job) ?? unknownJob()),
                'update',
              ),
            );
          }
          default:
            throw new ODataError(405, 'This cannot be done with a job.');
        }
      }
    }
  }

  #allow(operation: string, method: string): void {
    if (!operation.startsWith(`${method} `)) {
      throw new ODataError(405, 'This can only be read.');
    }
  }

  #jobs(transform: string | null, url: URL): Json {
    const { account, settings } = this.#options;
    const { dialects } = settings;
    if (transform !== null && !transformsOf(account).has(transform)) {
      throw notFound('There is no such transform.');
    }
    const idOf = (job: JobSnapshot) => `${this.#style.accountId}/transforms/${transformOf(job)}/jobs/${jobNameOf(job)}`;
    const rules = { fields: mkioFields(dialects, idOf), filter: filters[dialects['mkio-filter']], hasTop: true };
    const page = readPage(jobsOf(account, dialects, transform), url.searchParams, rules, dialects);
    if (page.total === 0 && dialects['mkio-empty-404']) {
      throw notFound('No job was found.');
    }
    return this.#list('jobs', page, url, (job) => this.#record(job));
  }

  /** That it is a list is documented; what its items hold was not read anywhere, and is an assumption. */
  #projects(): Json {
    const { secrets, startedAt } = this.#options;
    const created = this.#style.time(startedAt);
    const { accountName: name, subscriptionId: id, tenantId: organizationId } = secrets;
    const project = { name, id, organizationId, created, description: 'The project of the emulator.' };
    return { value: [project], supplemental: { kind: 'projects', count: 1, operation: 'list' } };
  }

  #transforms(url: URL): Json {
    const { account, settings } = this.#options;
    const rules = { fields: transformFields, filter: filters[settings.dialects['mkio-filter']], hasTop: true };
    const page = readPage(transformsOf(account), url.searchParams, rules, settings.dialects);
    return this.#list('transforms', page, url, ([name, preset]) => this.#transform(name, preset));
  }

  #transform(name: string, preset: string): Json {
    return transformRecord(name, preset, this.#options.startedAt, this.#style);
  }

  #record(job: JobSnapshot): Json {
    const { account, settings } = this.#options;
    return jobRecord(job, account, settings.dialects, this.#style);
  }

  #supplemented(record: Json, operation: string): Json {
    return { ...record, supplemental: { operation, subscription: this.#subscription } };
  }

  get #subscription(): Json {
    const { subscriptionId: id, accountName: name } = this.#options.secrets;
    return { id, name };
  }

  #list<R>(kind: string, { rows, start, total, next }: Page<R>, url: URL, show: (row: R) => Json): Json {
    const form = this.#options.settings.dialects['v3-links'];
    const count = rows.length;
    return {
      value: rows.map(show),
      supplemental: {
        ...{ kind, count, operation: 'list' },
        pagination: { start, end: start + count, records: count, total },
        subscription: this.#subscription,
      },
      ...(next === null ? {} : { '@odata.nextLink': nextLink(url, next, form === 'own' ? 'relative' : form) }),
    };
  }
}

function ok(body: Json): ServiceReply {
  return { status: 200, body };
}

function unknownJob(): never {
  throw notFound('There is no such job.');
}
