import assert from 'node:assert/strict';
import type { ServiceKind } from '../../../src/client/account.ts';
import type { Answer } from '../../support/httpsServer.ts';
import { type FaultCase, type Said, said } from './faultCase.ts';
import { faultCases } from './faultCases.ts';

/** Cases that are the same whatever protocol runs over the connection. */
const shared = [
  'no host has the name any more',
  'the connection is refused',
  'connections are reset at once',
  'the certificate has expired',
  'the head never comes',
  'the body is cut short of its length',
  'the body is too large',
  'a guest network shows its own sign-in page',
  'the JSON ends in the middle',
  'the JSON holds no list',
  '409 for a query',
  '500 in HTML',
  '502 once, then well again',
];

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

const answers = (name: string, answer: Answer, says: Said, more: Partial<FaultCase> = {}): FaultCase => ({
  name,
  begin: ({ api }) => {
    api.handler = () => answer;
  },
  says,
  ...more,
});

const redirect: FaultCase = answers(
  'a redirect appears, which is not followed',
  { status: 301, headers: { Location: 'https://contoso.invalid/' } },
  said('badReply', 'The service answered in a way that is not expected (status 301).'),
);
const mkioError = (code: string, detail: string) => ({ error: { code, detail }, ref: 'ref-1' });

const ofMkio: readonly FaultCase[] = [
  answers(
    '503 with Retry-After in seconds',
    json(503, mkioError('unavailable', 'Slow down'), { 'Retry-After': '60' }),
    said(
      'throttled',
      'The service is busy. It is asked again later: Slow down (unavailable)',
      'Slow down (unavailable)',
    ),
    { minutes: 5, retryAfterSeconds: 60 },
  ),
  answers(
    '401 for every token: it was revoked',
    json(401, mkioError('unauthorized', 'Token revoked')),
    said('signIn', 'The token expired or was revoked. Create a new personal API token, and sign in with it.'),
  ),
  answers(
    '403: the token may not see jobs',
    json(403, mkioError('forbidden', 'Not allowed')),
    said(
      'permission',
      'The token lacks the capability ams.job.get: Not allowed (forbidden)',
      'Not allowed (forbidden)',
    ),
  ),
  answers(
    '429 as documented, without Retry-After',
    json(429, mkioError('too_many_requests', 'Slow down')),
    said(
      'throttled',
      'The project had more requests in this minute than MK.IO allows. It is asked again later: Slow down (too_many_requests)',
      'Slow down (too_many_requests)',
    ),
  ),
  answers(
    '404 in JSON for everything: the project is gone',
    json(404, mkioError('not_found', 'Nothing here')),
    said(
      'configuration',
      'MK.IO has no project that the token may see by this name: {project}',
      '{project}',
      'editAccount',
    ),
  ),
  answers(
    '404 in HTML: the site behind the address is gone',
    { status: 404, headers: { 'Content-Type': 'text/html' }, body: '<html><title>No site</title></html>' },
    said('notFound', 'The service does not know what was asked for: No site', 'No site'),
  ),
];

const armError = (code: string, message: string) => ({ error: { code, message } });
const account404 =
  'The service has no such account. Check the subscription ID, the resource group and the account name.';

/** Tokens are still given out. */
const ofApi = (name: string, answer: Answer, says: Said, more: Partial<FaultCase> = {}): FaultCase => ({
  ...answers(name, answer, says, more),
  begin: ({ api }) => {
    api.handler = (request) => (request.url.endsWith('/auth/token') ? api.pass(request) : answer);
  },
});

const ofRavnur: readonly FaultCase[] = [
  {
    name: 'the token is revoked between two polls',
    begin: ({ api }) => {
      const revoked = new Set(api.requests.map(({ headers }) => headers.authorization));
      api.handler = (request) =>
        request.headers.authorization !== undefined && revoked.has(request.headers.authorization)
          ? json(401, armError('Unauthorized', 'Revoked'))
          : api.pass(request);
    },
    says: null,
  },
  { name: 'tokens expire again and again', minutes: 3, begin: () => undefined, says: null },
  answers(
    'the API key is revoked',
    json(401, armError('Unauthorized', 'No such key')),
    said('signIn', 'The service refuses the subscription ID or the API key: No such key', 'No such key'),
  ),
  ofApi(
    '503 of the API with Retry-After as a date',
    json(503, armError('ServerBusy', 'Slow down'), { 'Retry-After': 'Fri, 31 Dec 1999 23:59:59 GMT' }),
    said('throttled', 'The service is busy. It is asked again later: Slow down', 'Slow down'),
  ),
  ofApi(
    '429 of the API with Retry-After in seconds',
    json(429, armError('TooManyRequests', 'Slow down'), { 'Retry-After': '120' }),
    said('throttled', 'The service is busy. It is asked again later: Slow down', 'Slow down'),
    { minutes: 10, retryAfterSeconds: 120, recovers: 2 },
  ),
  ofApi(
    '404 of the API in JSON for everything: the account is gone',
    json(404, armError('ResourceNotFound', 'Gone')),
    said('configuration', account404, undefined, 'editAccount'),
  ),
];

/** What can fail of a service other than Azure Media Services v2, and what people read then. */
export function faultCasesOf(kind: Exclude<ServiceKind, 'ams'>): readonly FaultCase[] {
  const same = shared.map((name) => {
    const found = faultCases.find((fault) => fault.name === name);
    assert.ok(found, name);
    return found;
  });
  return [...same, redirect, ...(kind === 'mkio' ? ofMkio : ofRavnur)];
}
