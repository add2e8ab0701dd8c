import { createHmac, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { notFound, ODataError } from '../api/errors.ts';
import { wireDate } from '../api/format.ts';
import type { Dialects } from '../dialects.ts';
import { type Handler, isFromAnotherSite } from '../loopbackServer.ts';
import { isSameSecret } from '../secrets.ts';
import { parse, readObject, readPatch } from '../v3/changes.ts';
import type { FilterRules } from '../v3/filter.ts';
import { detailedErrorOf } from '../v3/jobError.ts';
import { findJob, transformsOf } from '../v3/jobs.ts';
import { createService, ok, readSmallBody, type ServiceReply, segmentsOf } from '../v3/service.ts';
import { bearerOf } from '../v3/tokens.ts';
import { type Listed, type V3Options, V3Service, type V3Ways } from '../v3/v3Service.ts';
import { ravnurFields } from './fields.ts';
import { checkVersion, type RavnurAccountName, type RavnurResource, readAddress } from './route.ts';

/** How to sign in to the emulated Ravnur Media Services: what its console shows as "API Credentials". */
export interface RavnurConnection extends RavnurAccountName {
  readonly endpoint: string;
  readonly apiKey: string;
}

/** How long the real ones live is not known. */
const usualTokenSeconds = 3600;
const resourceGroup = 'emulator-resources';

const filters: Record<Dialects['ravnur-filter'], FilterRules | null> = {
  typed: { or: true, ne: true, contains: false, states: 'typed' },
  plain: { or: true, ne: true, contains: false, states: 'plain' },
  none: null,
};

const ways: V3Ways = {
  audience: 'ravnur',
  resourceGroup,
  style: {
    // .NET writes up to seven fractional digits, and no zeros at their end.
    time: (at) => `${wireDate(at)}Z`,
    error: detailedErrorOf,
    emptyCorrelationData: true,
  },
  fields: ravnurFields,
  filter: (dialects) => filters[dialects['ravnur-filter']],
  hasTop: false,
  links: 'absolute',
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
  readonly #options: V3Options;
  readonly #service: V3Service;
  readonly connection: RavnurConnection;

  constructor(options: V3Options) {
    const { subscriptionId, accountName, accountKey } = options.secrets;
    // Of the account's key, so that it survives a restart as that does.
    const apiKey = createHmac('sha256', accountKey).update('Ravnur API key').digest('base64url');
    this.#options = options;
    this.#service = new V3Service(options, ways);
    this.connection = { endpoint: options.origin, subscriptionId, resourceGroup, accountName, apiKey };
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
    this.#service.throttle.check(this.#options.settings.dialects);
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
    const token = this.#service.tokens.issue(claims, settings.clock.now(), tokenLifetimeSeconds ?? usualTokenSeconds);
    return { status: 200, body: token };
  }

  async #answer(request: IncomingMessage, url: URL): Promise<ServiceReply> {
    await this.#service.tokens.check(bearerOf(request.headers.authorization));
    this.#service.throttle.check(this.#options.settings.dialects);
    const resource = readAddress(segmentsOf(url), this.connection);
    checkVersion(url.searchParams);
    const body = await this.#service.bodyOf(request);
    return this.#act(`${request.method} ${resource.kind}`, resource, url, body);
  }

  #act(operation: string, resource: RavnurResource, url: URL, body: string): ServiceReply {
    const { account } = this.#options;
    const job = 'job' in resource ? findJob(account, resource.transform, resource.job) : undefined;
    switch (operation) {
      case 'GET transforms':
        return list(this.#service.transforms(url));
      case 'GET transform':
      case 'GET jobs': {
        const name = 'transform' in resource ? resource.transform : '';
        const preset = transformsOf(account).get(name);
        if (preset === undefined) {
          throw notFound(`The transform '${name}' was not found.`);
        }
        return resource.kind === 'transform'
          ? ok(this.#service.transform(name, preset))
          : list(this.#service.jobs(name, url));
      }
      case 'GET job':
        return ok(this.#service.job(job ?? unknownJob()));
      case 'POST cancelJob':
        return this.#service.cancel(job ?? unknownJob());
      case 'DELETE job':
        return this.#service.remove(job);
      case 'PATCH job':
        return ok(this.#service.patch(job ?? unknownJob(), readPatch(body)));
      default:
        throw new ODataError(405, `The emulator does not have '${operation}'.`);
    }
  }
}

function list({ value, link }: Listed): ServiceReply {
  return ok({ value, ...link });
}

function unknownJob(): never {
  throw notFound('The job was not found.');
}
