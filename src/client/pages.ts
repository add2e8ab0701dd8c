import type { PageToken } from '../jobs/jobsClient.ts';
import { ServiceError } from '../jobs/serviceError.ts';

/** More pages than all jobs there can be, in pages of 50 each, come only from a server that never ends. */
export const mostPages = 1000;

export function endlessList(): ServiceError {
  return new ServiceError('badReply', 'The service does not come to an end of what was asked for.');
}

/** Whether each job was created no later than the one before. */
export function isDescending(jobs: readonly { readonly created: number | null }[]): boolean {
  let newest = Number.POSITIVE_INFINITY;
  for (const { created } of jobs) {
    if ((created ?? 0) > newest) {
      return false;
    }
    newest = created ?? 0;
  }
  return true;
}

/**
 * What a page token holds, which may be anything.
 * @throws ServiceError `badRequest` for a token that no client of ours made
 */
export function parseToken(token: PageToken): unknown {
  try {
    return JSON.parse(token);
  } catch {
    throw foreignToken();
  }
}

export function foreignToken(): ServiceError {
  return new ServiceError('badRequest', 'This page token did not come from this client.');
}

/**
 * A resource that a page token names. An absolute one leads away from the root; whether it may is looked at before it is
 * asked for.
 * @throws ServiceError `badRequest` for what is no address
 */
export function resourceIn(text: string): string | URL {
  const url = /^https:\/\//i.test(text) ? URL.parse(text) : text;
  if (url === null) {
    throw foreignToken();
  }
  return url;
}
