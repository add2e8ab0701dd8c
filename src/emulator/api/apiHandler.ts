import type { IncomingMessage } from 'node:http';
import type { TokenVerifier } from '../tokens.ts';
import { ODataError } from './errors.ts';
import { type Format, minimalJson } from './format.ts';
import { negotiate } from './negotiate.ts';
import { answer, type Jobs } from './service.ts';
import type { Reply } from './serviceHeaders.ts';

export interface ApiOptions {
  readonly apiRoot: string;
  readonly tokens: TokenVerifier;
  readonly jobs: Jobs & { advanceTo(clockMs: number): void };
  /** Unix milliseconds. */
  readonly now: () => number;
}

const oldestVersion = 2.0;
const newestVersion = 2.19;

/** Answers one request to the account's API; every refusal is in the form the client accepts. */
export async function handleApi(request: IncomingMessage, url: URL, options: ApiOptions): Promise<Reply> {
  const format = negotiate(request.headers.accept);
  try {
    await options.tokens.check(request.headers.authorization);
    const version = readVersion(request, url);
    if (!format) {
      throw new ODataError(
        415,
        'A supported MIME type could not be found that matches the acceptable MIME types for the request.',
      );
    }
    options.jobs.advanceTo(options.now());
    const { apiRoot, jobs } = options;
    const parameters = url.searchParams;
    return answer({ method: request.method ?? '', path: url.pathname, parameters, format, version, apiRoot }, jobs);
  } catch (error) {
    if (error instanceof ODataError) {
      return refusal(error, format ?? minimalJson);
    }
    throw error;
  }
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
export function refusal(error: ODataError, format: Format): Reply {
  return {
    status: error.status,
    contentType: format.contentType,
    dataServiceVersion: format === minimalJson ? '3.0;' : '1.0;',
    ...(error.status === 401 ? { extra: [['WWW-Authenticate', 'Bearer']] } : {}),
    body: format.error(error.message),
  };
}
