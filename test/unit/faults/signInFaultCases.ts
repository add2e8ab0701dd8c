import type { Answer, Handler } from '../../support/httpsServer.ts';
import { answers, type FaultCase, handles, hangs, html, said, status, unreachable, untrusted } from './faultCase.ts';
import type { FaultWorld } from './faultWorld.ts';

const serviceRefuses = (account: string): Answer =>
  status(401, 'application/json', `{"error":"invalid_client","error_description":"${account}"}`);
const keyRefused = 'ACS50012: Authentication failed.';
const entraRefuses =
  (code: string): Handler =>
  () =>
    serviceRefuses(`AADSTS${code}: No. Trace ID: 1`);

/** The token in use lasts for a while yet: what the authority does wrong shows when the next one is due. */
export const signIns: readonly FaultCase[] = [
  {
    name: 'the token is revoked between two polls',
    begin: ({ api }) => {
      const revoked = new Set(api.requests.map(({ headers }) => headers.authorization));
      api.handler = (request) =>
        revoked.has(request.headers.authorization) ? status(401, 'text/plain', '') : api.pass(request);
    },
    says: null,
  },
  {
    name: 'the token expires between two polls',
    minutes: 1,
    begin: () => undefined,
    says: null,
  },
  {
    name: 'the token is revoked, and the account key with it',
    begin: ({ api, authority }) => {
      api.handler = () => status(401, 'text/plain', '');
      authority.handler = () => serviceRefuses(keyRefused);
    },
    says: said('signIn', `The token service refuses the account name or the account key: ${keyRefused}`, keyRefused),
  },
  ...[
    {
      name: 'the authority is down',
      begin: ({ authority }: FaultWorld) => authority.close(),
      says: unreachable('The connection was refused. Nothing answers at this address: {authority}'),
    },
    {
      name: 'the authority never answers',
      begin: hangs(handles(() => undefined, 'authority')),
      says: unreachable('The server did not answer in time: {authority}'),
    },
    {
      name: 'the authority fails with 500',
      begin: answers(html(500, 'Runtime Error'), 'authority'),
      says: unreachable('The sign-in service failed to answer (status 500): {authority}'),
    },
    {
      name: 'the authority is busy',
      begin: answers(status(503, 'text/plain', '', { 'Retry-After': '30' }), 'authority'),
      says: said('throttled', 'The sign-in service is busy. It is asked again later: {authority}'),
    },
    {
      name: 'the authority is gone from its address',
      begin: answers(html(404, 'Not found'), 'authority'),
      says: said(
        'configuration',
        'No token service answers at this address: https://{authority}/v2/OAuth2-13',
        'OAuth2',
      ),
    },
    {
      name: 'the authority refuses the account key',
      begin: answers(serviceRefuses(keyRefused), 'authority'),
      says: said('signIn', `The token service refuses the account name or the account key: ${keyRefused}`, keyRefused),
    },
    {
      name: 'the authority redirects',
      begin: answers({ status: 302, headers: { Location: 'https://contoso.invalid/' } }, 'authority'),
      says: said('badReply', 'The token service redirects, which is not followed: {authority}'),
    },
    {
      name: 'the authority answers with a page in HTML',
      begin: answers(html(200, 'Maintenance'), 'authority'),
      says: said('badReply', 'The token service did not answer with a token: {authority}'),
    },
    {
      name: "the authority's answer is cut short",
      begin: handles((_request, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
        response.write('{"access_token":"x', () => response.socket?.destroy());
        return undefined;
      }, 'authority'),
      says: said('badReply', 'The answer of the server ended too early: {authority}'),
    },
    {
      name: 'the certificate of the authority is not trusted',
      begin: (world: FaultWorld) => world.showCertificate(world.authority, 'unknown'),
      says: { ...untrusted, text: untrusted.text.replace('{api}', '{authority}') },
    },
  ].map((fault) => ({ ...fault, minutes: 1.25, isNoticedLater: true })),
  ...[
    {
      name: 'the client secret expires',
      begin: handles(entraRefuses('7000222'), 'authority'),
      says: said('signIn', 'The client secret has expired. Create a new one and enter it: AADSTS7000222'),
    },
    {
      name: 'the client secret is replaced',
      begin: handles(entraRefuses('7000215'), 'authority'),
      says: said('signIn', "The client secret is wrong. Enter the secret's value, not its id: AADSTS7000215"),
    },
    {
      name: 'the application is disabled in the tenant',
      begin: handles(entraRefuses('7000112'), 'authority'),
      says: {
        ...said('signIn', 'The client is disabled in the tenant: AADSTS7000112'),
        remedy: 'editAccount' as const,
      },
    },
    {
      name: 'Entra ID is down',
      begin: ({ authority }: FaultWorld) => authority.close(),
      says: unreachable('The connection was refused. Nothing answers at this address: {authority}'),
    },
  ].map((fault) => ({ ...fault, signIn: 'entra' as const, minutes: 1.25, isNoticedLater: true })),
  {
    name: 'the pasted token expires, until another is pasted',
    signIn: 'pasted',
    minutes: 1.25,
    isNoticedLater: true,
    begin: (world) =>
      world.afterwards(async () => {
        world.secret = await world.freshToken();
      }),
    says: said('signIn', 'The pasted token has expired. Sign in again with a new one.'),
  },
  {
    name: 'the pasted token is revoked, until another is pasted',
    signIn: 'pasted',
    minutes: 0.5,
    begin: (world) => {
      world.api.handler = () => status(401, 'text/plain', '');
      world.afterwards(async () => {
        world.secret = await world.freshToken();
      });
    },
    says: said('signIn', 'The service does not accept the pasted token. Sign in again with a new one.'),
  },
];

export const clocks: readonly FaultCase[] = [
  ...(
    [
      ['ahead of', 30],
      ['behind', -30],
    ] as const
  ).map(
    ([which, minutes]): FaultCase => ({
      name: `the clock is half an hour ${which} the service's, which takes no token then`,
      begin: (world) => {
        world.machine.skewMs = minutes * 60_000;
        world.api.handler = () => status(401, 'text/plain', 'Token is not valid yet');
      },
      says: said(
        'signIn',
        `The service does not accept the sign-in. Sign in again, and check that you are Contributor or Owner. The clock of this machine is 30 minutes ${which} the service's: set it right. Token is not valid yet`,
        'Token is not valid yet',
      ),
    }),
  ),
  ...(
    [
      ['back by a day', -24],
      ['ahead by a day', 24],
    ] as const
  ).map(
    ([how, hours]): FaultCase => ({
      name: `the clock is set ${how}`,
      begin: ({ machine }) => {
        machine.skewMs = hours * 3_600_000;
      },
      says: null,
    }),
  ),
  {
    name: 'the machine wakes after an hour, and the network a moment later',
    jobMinutes: 240,
    begin: (world) => {
      world.api.sever();
      world.clock.jump(3_600_000);
      const isUpAt = world.clock.now() + 2_000;
      world.lookup = (found) =>
        world.clock.now() < isUpAt
          ? found(Object.assign(new Error('getaddrinfo ENOTFOUND localhost'), { code: 'ENOTFOUND' }), [])
          : found(null, [{ address: '127.0.0.1', family: 4 }]);
    },
    says: null,
  },
];
