import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { badRequest, notFound, ODataError } from '../api/errors.ts';
import type { Dialects } from '../dialects.ts';
import type { Handler } from '../loopbackServer.ts';
import { readPatch } from '../v3/changes.ts';
import type { FilterRules } from '../v3/filter.ts';
import { jobErrorOf } from '../v3/jobError.ts';
import { findJob, transformsOf } from '../v3/jobs.ts';
import type { Json } from '../v3/record.ts';
import { createService, ok, type ServiceReply, segmentsOf } from '../v3/service.ts';
import { jobStateName } from '../v3/states.ts';
import { bearerOf } from '../v3/tokens.ts';
import { type Listed, type V3Options, V3Service, type V3Ways } from '../v3/v3Service.ts';
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

/** MediaKind docs "Tokens": up to a year. */
export const longestTokenSeconds = 365 * 24 * 60 * 60;

const filters: Record<Dialects['mkio-filter'], FilterRules> = {
  seen: { or: false, ne: false, contains: true, states: 'plain' },
  full: { or: true, ne: true, contains: true, states: 'plain' },
  bare: { or: false, ne: false, contains: false, states: 'plain' },
};

const time = (at: number): string => new Date(at).toISOString().replace('Z', '000Z');

const ways: V3Ways = {
  audience: 'mk.io',
  resourceGroup: 'default',
  style: { time, error: jobErrorOf, emptyCorrelationData: false },
  fields: mkioFields,
  filter: (dialects) => filters[dialects['mkio-filter']],
  hasTop: true,
  links: 'relative',
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
  readonly #options: V3Options;
  readonly #service: V3Service;
  readonly #limit = new RateLimit(() => performance.now());

  constructor(options: V3Options) {
    this.#options = options;
    this.#service = new V3Service(options, ways);
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
    return this.#service.tokens.issue(claims, at, Math.min(lifetimeSeconds, longestTokenSeconds));
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
    const { settings, secrets } = this.#options;
    const address = readAddress(segmentsOf(url));
    const older = address.isOlder ? request.headers['x-mkio-token'] : undefined;
    const claims = await this.#service.tokens.check(
      typeof older === 'string' ? older : bearerOf(request.headers.authorization),
    );
    this.#limit.check(address.project === null ? 'organization' : 'project', request.method);
    this.#service.throttle.check(settings.dialects);
    if (address.project !== null && address.project !== secrets.accountName) {
      throw notFound('There is no such project.');
    }
    // The emulator's own, as its signature says.
    const permissions = claims['permissions'] as Permissions | undefined;
    checkPermission(permissions, secrets.subscriptionId, address.resource, request.method);
    const body = await this.#service.bodyOf(request);
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
        return ok(this.#list('transforms', this.#service.transforms(url)));
      case 'transform': {
        this.#allow(operation, 'GET');
        const preset = transformsOf(account).get(resource.transform);
        if (preset === undefined) {
          throw notFound('There is no such transform.');
        }
        return ok(this.#supplemented(this.#service.transform(resource.transform, preset), 'get'));
      }
      case 'jobs':
        this.#allow(operation, 'GET');
        return ok(this.#jobs(resource.transform, url));
      default: {
        const job = findJob(account, resource.transform, resource.job);
        const show = (what: string) => ok(this.#supplemented(this.#service.job(job ?? unknownJob()), what));
        switch (operation) {
          case 'GET job':
            return show('get');
          case 'GET state':
            return ok({ status: { state: jobStateName(job ?? unknownJob(), dialects) } });
          case 'POST cancelJob':
            return this.#service.cancel(job ?? unknownJob());
          case 'DELETE job':
            return this.#service.remove(job);
          case 'PATCH job': {
            const wish = readPatch(body);
            if (!wish.isWhole) {
              throw badRequest("'properties' must hold input and outputs too.");
            }
            return ok(this.#supplemented(this.#service.patch(job ?? unknownJob(), wish), 'update'));
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
    if (transform !== null && !transformsOf(account).has(transform)) {
      throw notFound('There is no such transform.');
    }
    const listed = this.#service.jobs(transform, url);
    if (listed.total === 0 && settings.dialects['mkio-empty-404']) {
      throw notFound('No job was found.');
    }
    return this.#list('jobs', listed);
  }

  /** That it is a list is documented; what its items hold was not read anywhere, and is an assumption. */
  #projects(): Json {
    const { secrets, startedAt } = this.#options;
    const created = time(startedAt);
    const { accountName: name, subscriptionId: id, tenantId: organizationId } = secrets;
    const project = { name, id, organizationId, created, description: 'The project of the emulator.' };
    return { value: [project], supplemental: { kind: 'projects', count: 1, operation: 'list' } };
  }

  #supplemented(record: Json, operation: string): Json {
    return { ...record, supplemental: { operation, subscription: this.#subscription } };
  }

  get #subscription(): Json {
    const { subscriptionId: id, accountName: name } = this.#options.secrets;
    return { id, name };
  }

  #list(kind: string, { value, start, total, link }: Listed): Json {
    const count = value.length;
    return {
      value,
      supplemental: {
        ...{ kind, count, operation: 'list' },
        pagination: { start, end: start + count, records: count, total },
        subscription: this.#subscription,
      },
      ...link,
    };
  }
}

function unknownJob(): never {
  throw notFound('There is no such job.');
}
