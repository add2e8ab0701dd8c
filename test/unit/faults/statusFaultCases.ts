import type { Answer } from '../../support/httpsServer.ts';
import { answers, busy, type FaultCase, html, json, said, status, unreachable, verbose, writes } from './faultCase.ts';

const light = (code: number, message: string): Answer =>
  status(code, json, `{"odata.error":{"code":"","message":{"lang":"en-US","value":"${message}"}}}`, {
    DataServiceVersion: '3.0;',
  });
const xml = (code: number, message: string): Answer =>
  status(
    code,
    'application/xml',
    `<?xml version="1.0"?><m:error xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><m:code /><m:message xml:lang="en-US">${message}</m:message></m:error>`,
  );

/** What "Azure Media Services error codes" lists (400, 401, 403, 404, 409, 500, 503), and what gateways before it add. */
export const statuses: readonly FaultCase[] = [
  {
    name: '400 in verbose JSON',
    begin: answers(verbose(400, 'Parsing request content failed')),
    says: said(
      'badRequest',
      'The service does not accept the request: Parsing request content failed',
      'Parsing request content failed',
    ),
  },
  {
    name: '400 in XML: the version of the API is not supported any more',
    begin: answers(xml(400, 'X-MS-VERSION 2.19 is not supported')),
    says: said(
      'badRequest',
      'The service does not accept the request: X-MS-VERSION 2.19 is not supported',
      'X-MS-VERSION 2.19 is not supported',
    ),
  },
  {
    name: '401 for every token: the role was taken away',
    begin: answers(status(401, 'text/html', '')),
    says: said(
      'signIn',
      'The service does not accept the sign-in. Sign in again, and check that you are Contributor or Owner.',
    ),
  },
  {
    name: '403: the account is disabled',
    begin: answers(light(403, 'Account contoso is disabled.')),
    says: said(
      'permission',
      'The service does not allow this to the account: Account contoso is disabled.',
      'Account contoso is disabled.',
    ),
  },
  {
    name: '403 in HTML: a firewall stands before the service',
    begin: answers(html(403, 'Web App Firewall')),
    says: said('permission', 'The service does not allow this to the account: Web App Firewall', 'Web App Firewall'),
  },
  {
    name: '404 in JSON for everything',
    begin: answers(light(404, 'Resource not found')),
    says: said('notFound', 'The service does not know what was asked for: Resource not found', 'Resource not found'),
  },
  {
    name: '404 in HTML: the site behind the address is gone',
    begin: answers(html(404, '404 Web Site not found.')),
    says: said(
      'notFound',
      'The service does not know what was asked for: 404 Web Site not found.',
      '404 Web Site not found.',
    ),
  },
  {
    name: '404 while only the tracked job is asked about',
    isPanelHidden: true,
    begin: answers(light(404, 'Resource not found')),
    says: said('notFound', 'The service does not know what was asked for: Resource not found', 'Resource not found'),
  },
  {
    name: '408',
    begin: answers(status(408, 'text/plain', '')),
    says: unreachable('The service took too long to answer.'),
  },
  {
    name: '409 for a query',
    begin: answers(light(409, 'Duplicate id')),
    says: said('conflict', 'The service refuses this in the present state: Duplicate id', 'Duplicate id'),
  },
  {
    name: '410 while only the tracked job is asked about',
    isPanelHidden: true,
    begin: answers(status(410, 'text/plain', 'Retired')),
    says: said('notFound', 'What was asked for is gone: Retired', 'Retired'),
  },
  {
    name: '429 without Retry-After',
    begin: answers(status(429, json, '')),
    says: said('throttled', 'The service is busy. It is asked again later.'),
  },
  {
    name: '429 with Retry-After in seconds',
    minutes: 10,
    retryAfterSeconds: 120,
    begin: answers(status(429, json, '', { 'Retry-After': '120' })),
    says: said('throttled', 'The service is busy. It is asked again later.'),
    recovers: 2,
  },
  {
    name: '500 in verbose JSON: storage information is not available',
    begin: answers(verbose(500, 'Storage information is temporarily unavailable')),
    says: said(
      'unreachable',
      'The service failed to answer (status 500): Storage information is temporarily unavailable',
      'Storage information is temporarily unavailable',
    ),
  },
  {
    name: '500 in HTML',
    begin: answers(html(500, 'Runtime Error')),
    says: said('unreachable', 'The service failed to answer (status 500): Runtime Error', 'Runtime Error'),
  },
  {
    name: '500 for tasks alone',
    begin: ({ api }) => {
      api.handler = (request) =>
        request.url.includes('/Tasks') ? light(500, 'Tasks are not available') : api.pass(request);
    },
    says: said(
      'unreachable',
      'The service failed to answer (status 500): Tasks are not available',
      'Tasks are not available',
    ),
  },
  {
    name: '501',
    begin: answers(status(501, 'text/plain', '')),
    says: unreachable('The service failed to answer (status 501).'),
  },
  {
    name: '502 of a gateway',
    begin: answers(html(502, 'Bad Gateway')),
    says: said('unreachable', 'The service failed to answer (status 502): Bad Gateway', 'Bad Gateway'),
  },
  {
    name: '502 once, then well again',
    begin: ({ api }) => {
      let left = 1;
      api.handler = (request) => (left-- > 0 ? html(502, 'Bad Gateway') : api.pass(request));
    },
    says: null,
  },
  {
    name: '503 as documented: throttled, without Retry-After',
    begin: answers(verbose(503, busy)),
    says: said('throttled', `The service is busy. It is asked again later: ${busy}`, busy),
  },
  {
    name: '503 with Retry-After as a date',
    minutes: 10,
    retryAfterSeconds: 180,
    begin: (world) => {
      const at = (ms: number): string => new Date(world.clock.now() + ms).toUTCString();
      world.api.handler = () => status(503, json, '', { 'Retry-After': at(180_000) });
    },
    says: said('throttled', 'The service is busy. It is asked again later.'),
    recovers: 3,
  },
  {
    name: '503 with a Retry-After of ten days, by a slip',
    minutes: 30,
    retryAfterSeconds: 3600,
    begin: answers(status(503, json, '', { 'Retry-After': '864000' })),
    says: said('throttled', 'The service is busy. It is asked again later.'),
    recovers: 60,
  },
  {
    name: '504 of a gateway',
    begin: answers(html(504, 'Gateway Timeout')),
    says: said('unreachable', 'The service failed to answer (status 504): Gateway Timeout', 'Gateway Timeout'),
  },
  {
    name: '451, which nobody documents',
    begin: answers(status(451, 'text/plain', 'Unavailable')),
    says: said('badRequest', 'The service does not accept the request (status 451): Unavailable', 'Unavailable'),
  },
  {
    name: '530, which nobody documents',
    begin: answers(status(530, 'text/plain', 'error code: 1033')),
    says: said('unreachable', 'The service failed to answer (status 530): error code: 1033', 'error code: 1033'),
  },
  {
    name: '204 in place of a list',
    begin: writes((response) => response.writeHead(204).end()),
    says: said('badReply', 'What answered is not Media Services. Check the endpoint and the network: {api}'),
  },
  {
    name: '304 although nothing was asked that could be known',
    begin: answers({ status: 304 }),
    says: said('badReply', 'The service answered in a way that is not expected (status 304).'),
  },
];
