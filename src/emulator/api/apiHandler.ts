import type { IncomingMessage } from 'node:http';
import type { Dialects } from '../dialects.ts';
import { readBody } from '../jsonReply.ts';
import type { TokenVerifier } from '../tokens.ts';
import type { Account } from './account.ts';
import { ODataError } from './errors.ts';
import type { ErrorFormat } from './format.ts';
import { errorFormat, negotiate } from './negotiate.ts';
import type { Quotas } from './quotas.ts';
import { answer } from './service.ts';
import type { Reply } from './serviceHeaders.ts';
import type { Throttle } from './throttle.ts';

export interface ApiOptions {
  readonly apiRoot: string;
  readonly tokens: TokenVerifier;
  readonly account: Account & { advanceTo(clockMs: number): void };
  readonly dialects: Dialects;
  readonly throttle: Throttle;
  readonly quotas: Quotas;
  /** Unix milliseconds. */
  readonly now: () => number;
}

const oldestVersion = 2.0;
const newestVersion = 2.19;
/** Thirty tasks, each with the longest preset there can be, fit in. */
const largestBody = 16 * 1024 * 1024;
/** What POST may stand for (documented as tunnelling). */
const tunnelled = ['MERGE', 'PATCH', 'PUT', 'DELETE'];

/** Answers one request to the account's API; every refusal is in the form the client accepts. */
export async function handleApi(request: IncomingMessage, url: URL, options: ApiOptions): Promise<Reply> {
  const { accept } = request.headers;
  try {
    options.throttle.check(options.dialects);
    await options.tokens.check(request.headers.authorization);
    const version = readVersion(request, url);
    // Only of who may ask at all: it is kept in memory as a whole.
    const body = await readBody(request, largestBody);
    if (body === null) {
      throw new ODataError(413, 'The request is too large.');
    }
    const { apiRoot, account, dialects, quotas } = options;
    account.advanceTo(options.now());
    return answer(
      {
        method: readMethod(request),
        path: url.pathname,
        search: url.search,
        parameters: url.searchParams,
        accepted: negotiate(accept),
        version,
        apiRoot,
        contentType: request.headers['content-type'],
        body,
        dialects,
        quotas,
      },
      account,
    );
  } catch (error) {
    if (error instanceof ODataError) {
      return refusal(error, errorFormat(accept), options.dialects);
    }
    throw error;
  }
}

/** @throws ODataError 400 */
function readMethod({ method = '', headers }: IncomingMessage): string {
  const meant = headers['x-http-method'];
  if (meant === undefined) {
    return method;
  }
  if (method !== 'POST' || typeof meant !== 'string' || !tunnelled.includes(meant)) {
    throw new ODataError(400, 'X-HTTP-Method goes with a POST and is one of MERGE, PATCH, PUT and DELETE.');
  }
  return meant;
}

/**
 * The API version of a request: the header, or `api-version` in the address, which documentation offers for browsers.
 *
 * @throws ODataError 400 where it is missing or not supported
 */
export function readVersion(request: IncomingMessage, url: URL): number {
  const text = request.headers['x-ms-version'] ?? url.searchParams.get('api-version') ?? undefined;
  if (typeof text !== 'string') {
    throw new ODataError(400, 'The x-ms-version header is missing.');
  }
  const [major, minor] = text.split('.');
  const version = Number(`${major}.${minor?.padStart(2, '0')}`);
  if (!/^2\.\d{1,2}$/.test(text) || version < oldestVersion || version > newestVersion) {
    throw new ODataError(400, `The API version '${text}' is not supported.`);
  }
  return version;
}

/** An error as a reply. */
export function refusal({ status, message }: ODataError, format: ErrorFormat, dialects: Dialects): Reply {
  const retryAfter = dialects['retry-after'];
  const isBusy = status === 429 || status === 503;
  const extra: [string, string][] = [
    ...(status === 401 ? [['WWW-Authenticate', 'Bearer'] satisfies [string, string]] : []),
    ...(isBusy && retryAfter !== null ? [['Retry-After', String(retryAfter)] satisfies [string, string]] : []),
  ];
  return {
    status,
    contentType: format.contentType,
    dataServiceVersion: format.errorVersion,
    ...(extra.length > 0 ? { extra } : {}),
    body: format.error(message),
  };
}
