import { badRequest, notFound } from '../api/errors.ts';

/** What an address of AMS v3 names within an account. */
export type RavnurResource =
  | { readonly kind: 'transforms' }
  | { readonly kind: 'transform' | 'jobs'; readonly transform: string }
  | { readonly kind: 'job' | 'cancelJob'; readonly transform: string; readonly job: string };

export interface RavnurAccountName {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly accountName: string;
}

export const apiVersion = '2022-07-01';

/** The fixed words in the order of a path, null for what is a name; they are matched in any case, as names of accounts. */
const words = ['subscriptions', null, 'resourceGroups', null, 'providers', 'Microsoft.Media', 'mediaServices', null];

/** @param segments decoded. @throws ODataError 404 for whatever is not there, and for another account */
export function readAddress(segments: readonly string[], account: RavnurAccountName): RavnurResource {
  const names = [account.subscriptionId, account.resourceGroup, account.accountName];
  const expected = words.map((word) => word ?? names.shift() ?? '');
  for (const [index, word] of expected.entries()) {
    if (segments[index]?.toLowerCase() !== word.toLowerCase()) {
      throw notFound(`The resource '${segments.slice(0, index + 1).join('/')}' was not found.`);
    }
  }
  const [set, transform, jobs, job, action, more] = segments.slice(expected.length);
  const is = (given: string | undefined, word: string) => given?.toLowerCase() === word;
  if (more === undefined && is(set, 'transforms')) {
    if (transform === undefined) {
      return { kind: 'transforms' };
    }
    if (jobs === undefined) {
      return { kind: 'transform', transform };
    }
    if (is(jobs, 'jobs') && job === undefined) {
      return { kind: 'jobs', transform };
    }
    if (is(jobs, 'jobs') && job !== undefined && (action === undefined || is(action, 'canceljob'))) {
      return { kind: action === undefined ? 'job' : 'cancelJob', transform, job };
    }
  }
  // An account has no list of jobs of its own.
  throw notFound(`The resource type '${segments.slice(expected.length).join('/')}' was not found.`);
}

/** @throws ODataError 400 for a version that is missing or not this one */
export function checkVersion(parameters: URLSearchParams): void {
  const version = parameters.get('api-version');
  if (version === null) {
    throw badRequest('The api-version query parameter (?api-version=) is required for all requests.');
  }
  if (version !== apiVersion) {
    throw badRequest(`The api-version '${version}' is not supported. The supported one is '${apiVersion}'.`);
  }
}
