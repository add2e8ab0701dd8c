import { notFound } from '../api/errors.ts';

/** What an address of MK.IO names, below the media prefix of a project (older: of a subscription). */
export type MkioResource =
  | { readonly kind: 'projects' }
  | { readonly kind: 'jobs'; readonly transform: string | null }
  | { readonly kind: 'job' | 'state' | 'cancelJob'; readonly transform: string; readonly job: string }
  | { readonly kind: 'transforms' }
  | { readonly kind: 'transform'; readonly transform: string };

export interface MkioAddress {
  readonly resource: MkioResource;
  /** Null where the address names none. */
  readonly project: string | null;
  /** Whether it is of the older family, which takes `x-mkio-token` too. */
  readonly isOlder: boolean;
}

/** @param segments decoded. @throws ODataError 404 */
export function readAddress(segments: readonly string[]): MkioAddress {
  const [api, family, second, third, media, ...below] = segments;
  if (api === 'api' && family === 'ams' && second !== undefined) {
    return { resource: readMedia(segments.slice(3)), project: second, isOlder: true };
  }
  if (api === 'api' && family === 'v1' && second === 'projects') {
    if (third === undefined) {
      return { resource: { kind: 'projects' }, project: null, isOlder: false };
    }
    if (media === 'media') {
      return { resource: readMedia(below), project: third, isOlder: false };
    }
  }
  throw unknown();
}

function readMedia([set, transform, jobs, job, action, more]: readonly string[]): MkioResource {
  if (more === undefined && set === 'jobs' && transform === undefined) {
    return { kind: 'jobs', transform: null };
  }
  if (more !== undefined || set !== 'transforms') {
    throw unknown();
  }
  if (transform === undefined) {
    return { kind: 'transforms' };
  }
  if (jobs === undefined) {
    return { kind: 'transform', transform };
  }
  if (jobs !== 'jobs' || (action !== undefined && action !== 'state' && action !== 'cancelJob')) {
    throw unknown();
  }
  return job === undefined ? { kind: 'jobs', transform } : { kind: action ?? 'job', transform, job };
}

function unknown(): Error {
  return notFound('There is nothing at this address.');
}
