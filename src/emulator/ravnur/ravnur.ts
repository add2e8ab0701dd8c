import { createHmac, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { notFound, ODataError } from '../api/errors.ts';
import { wireDate } from '../api/format.ts';
import { Throttle } from '../api/throttle.ts';
import type { Dialects } from '../dialects.ts';
import { type Handler, isFromAnotherSite } from '../loopbackServer.ts';
import type { RequestLog } from '../requestLog.ts';
import { type AccountSecrets, isSameSecret } from '../secrets.ts';
import type { Settings } from '../settings.ts';
import type { JobSnapshot } from '../simulation/snapshot.ts';
import { cancel, parse, patch, readObject, readPatch, remove } from '../v3/changes.ts';
import type { FilterRules } from '../v3/filter.ts';
import { detailedErrorOf } from '../v3/jobError.ts';
import { findJob, jobsOf, transformFields, transformsOf, type V3Account } from '../v3/jobs.ts';
import { nextLink, type Page, readPage } from '../v3/query.ts';
import { type Json, jobRecord, type RecordStyle, transformRecord } from '../v3/record.ts';
import { createService, readSmallBody, type ServiceReply, segmentsOf } from '../v3/service.ts';
import { bearerOf, ServiceTokens } from '../v3/tokens.ts';
import { ravnurFields } from './fields.ts';
import { checkVersion, type RavnurAccountName, type RavnurResource, readAddress } from './route.ts';

/** How to sign in to the emulated Ravnur Media Services: what its console shows as "API Credentials". */
export interface RavnurConnection extends RavnurAccountName {
  readonly endpoint: string;
  readonly apiKey: string;
}

export interface RavnurOptions {
  readonly origin: string;
  readonly secrets: AccountSecrets;
  readonly account: V3Account;
  readonly settings: Settings;
  readonly requests: RequestLog;
  /** When the emulator first started, Unix milliseconds. */
  readonly startedAt: number;
  readonly tokenLifetimeSeconds: number | undefined;
}

/** How long the real ones live is not known. */
const usualTokenSeconds = 3600;
const audience = 'ravnur';

const filters: Record<Dialects['ravnur-filter'], FilterRules | null> = {
  typed: { or: true, ne: true, contains: false, states: 'typed' },
  plain: { or: true, ne: true, contains: false, states: 'plain' },
  none: null,
};

/** Azure Resource Manager's. */
const codes: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'AuthorizationFailed',
  404: 'ResourceNotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  413: 'RequestEntityTooLarge',
  429: 'TooManyRequests',
  503: 'ServerBusy',
};

/** The job part of Ravnur Media Services: AMS v3 on a host of its own, and a token for an API key. */
export class Ravnur {
  readonly #options: RavnurOptions;
  readonly #tokens: ServiceTokens;
  readonly #throttle = new Throttle(() => performance.now());
  readonly #style: RecordStyle;
  readonly connection: RavnurConnection;

  constructor(options: RavnurOptions) {
    const { origin, secrets, settings } = options;
    const { subscriptionId, accountName, accountKey } = secrets;
    const resourceGroup = 'emulator-resources';
    this.#options = options;
    this.#tokens = new ServiceTokens(secrets, audience, () => settings.clock.now());
    // Of the account's key, so that it survives a restart as that does.
    const apiKey = createHmac('sha256', accountKey).update('Ravnur API key').digest('base64url');
    this.connection = { endpoint: origin, subscriptionId, resourceGroup, accountName, apiKey };
    this.#style = {
      accountId: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Media/mediaservices/${accountName}`,
      // .NET writes up to seven fractional digits, and no zeros at their end.
      time: (at) => `${wireDate(at)}Z`,
      error: detailedErrorOf,
      emptyCorrelationData: true,
    };
  }

  get handler(): Handler {
    const { requests, settings } = this.#options;
    return createService({
      ...{ endpoint: 'ravnur', requests, settings },
      answer: (request, url) => (url.pathname === '/auth/token' ? this.#signIn(request) : this.#answer(request, url)),
      refuse: (status, message) => ({ error: { code: codes[status] ?? 'InternalServerError', message } }),
    });
  }

  /** The token as bare text, as Ravnur's samples read it. */
  async #signIn(request: IncomingMessage): Promise<ServiceReply> {
    if (request.method !== 'POST') {
      throw new ODataError(405, 'A token is asked for with POST.');
    }
    if (isFromAnotherSite(request)) {
      throw new ODataError(403, 'A page of another site must not sign anybody in.');
    }
    this.#throttle.check(this.#options.settings.dialects);
    const { subscriptionId, apiKey } = readObject(parse(await readSmallBody(request)), 'The body');
    const { connection } = this;
    const isGood =
      typeof subscriptionId === 'string' &&
      typeof apiKey === 'string' &&
      isSameSecret(apiKey, connection.apiKey) &&
      subscriptionId.toLowerCase() === connection.subscriptionId;
    if (!isGood) {
      throw new ODataError(401, 'The subscription ID or the API key is not valid.');
    }
    const { settings, tokenLifetimeSeconds } = this.#options;
    const claims = { sub: connection.accountName, subscriptionId, jti: randomUUID() };
    const token = this.#tokens.issue(claims, settings.clock.now(), tokenLifetimeSeconds ?? usualTokenSeconds);
    return { status: 200, body: token };
  }

  async #answer(request: IncomingMessage, url: URL): Promise<ServiceReply> {
    const { account, settings } = this.#options;
    await this.#tokens.check(bearerOf(request.headers.authorization));
    this.#throttle.check(settings.dialects);
    const resource = readAddress(segmentsOf(url), this.connection);
    checkVersion(url.searchParams);
    const body = request.method === 'PATCH' ? await readSmallBody(request) : '';
    account.advanceTo(settings.clock.now());
    return this.#act(`${request.method} ${resource.kind}`, resource, url, body);
  }

  #act(operation: string, resource: RavnurResource, url: URL, body: string): ServiceReply {
    const { account, settings } = this.#options;
    const job = 'job' in resource ? findJob(account, resource.transform, resource.job) : undefined;
    switch (operation) {
      case 'GET transforms':
        return ok(this.#transforms(url));
      case 'GET transform':
      case 'GET jobs': {
        const name = 'transform' in resource ? resource.transform : '';
        const preset = transformsOf(account).get(name);
        if (preset === undefined) {
          throw notFound(`The transform '${name}' was not found.`);
        }
        return ok(resource.kind === 'transform' ? this.#transform(name, preset) : this.#jobs(name, url));
      }
      case 'GET job':
        return ok(this.#record(job ?? unknownJob()));
      case 'POST cancelJob':
        cancel(account, job ?? unknownJob(), settings.dialects);
        return { status: 200 };
      case 'DELETE job':
        if (job) {
          remove(account, job);
        }
        return { status: job ? 200 : 204 };
      case 'PATCH job': {
        const { id } = job ?? unknownJob();
        patch(account, job ?? unknownJob(), readPatch(body));
        return ok(this.#record(account.find(id) ?? unknownJob()));
      }
      default:
        throw new ODataError(405, `The emulator does not have '${operation}'.`);
    }
  }

  #jobs(transform: string, url: URL): Json {
    const { account, settings } = this.#options;
    const { dialects } = settings;
    const rules = { fields: ravnurFields(dialects), filter: filters[dialects['ravnur-filter']], hasTop: false };
    const page = readPage(jobsOf(account, dialects, transform), url.searchParams, rules, dialects);
    return this.#list(page, url, (job) => this.#record(job));
  }

  #transforms(url: URL): Json {
    const { account, settings } = this.#options;
    const rules = { fields: transformFields, filter: filters[settings.dialects['ravnur-filter']], hasTop: false };
    const page = readPage(transformsOf(account), url.searchParams, rules, settings.dialects);
    return this.#list(page, url, ([name, preset]) => this.#transform(name, preset));
  }

  #transform(name: string, preset: string): Json {
    return transformRecord(name, preset, this.#options.startedAt, this.#style);
  }

  #record(job: JobSnapshot): Json {
    const { account, settings } = this.#options;
    return jobRecord(job, account, settings.dialects, this.#style);
  }

  #list<R>({ rows, next }: Page<R>, url: URL, show: (row: R) => Json): Json {
    const form = this.#options.settings.dialects['v3-links'];
    return {
      value: rows.map(show),
      ...(next === null ? {} : { '@odata.nextLink': nextLink(url, next, form === 'own' ? 'absolute' : form) }),
    };
  }
}

function ok(body: Json): ServiceReply {
  return { status: 200, body };
}

function unknownJob(): never {
  throw notFound('The job was not found.');
}
