import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Remedy, ServiceErrorKind } from '../../../src/jobs/serviceError.ts';
import type { Answer, Handler } from '../../support/httpsServer.ts';
import type { FaultWorld, SignIn } from './faultWorld.ts';
import type { FaultyService } from './faultyService.ts';

/** One way for a service, its authority, the network or the clock to misbehave. */
export interface FaultCase {
  readonly name: string;
  /** How the account signs in; by name and key where left out. */
  readonly signIn?: SignIn;
  /** Whether requests go through a proxy. */
  readonly isProxied?: boolean;
  /** Whether an API root that a redirect named is remembered from before. */
  readonly hasFoundRoot?: boolean;
  /** The panel is hidden, and only the tracked job is asked about. */
  readonly isPanelHidden?: boolean;
  /** It takes a while until it is noticed, as when the token in use lasts. */
  readonly isNoticedLater?: boolean;
  /** How long it lasts; three quarters of a minute where left out, which are some failed polls. */
  readonly minutes?: number;
  /** How long the tracked job takes at least, where that is longer. */
  readonly jobMinutes?: number;
  /** How long the service asks to wait, as far as that is done. */
  readonly retryAfterSeconds?: number;
  readonly begin: (world: FaultWorld) => Promise<void> | void;
  /** What is wrong while it lasts; `null` where people must not notice anything. */
  readonly says: Said | null;
  /** Within how many minutes of its end all is well again, by itself; five, the longest back-off, where left out. */
  readonly recovers?: number;
}

export interface Said {
  readonly kind: ServiceErrorKind;
  /** What a person reads in English. `{api}` and `{authority}` stand for hosts. */
  readonly text: string;
  /** The part of it that the service said itself, which is not translated. */
  readonly quoted?: string;
  /** What the button beside it helps with, where there is one of its own. */
  readonly remedy?: Remedy;
}

const bomb = gzipSync(Buffer.alloc(2_000_000, 0x20));
const json = 'application/json;odata=minimalmetadata;charset=utf-8';
const busy = 'Server is busy. More than 30 requests per second can be throttled.';

function said(kind: ServiceErrorKind, text: string, quoted?: string): Said {
  return { kind, text, ...(quoted === undefined ? {} : { quoted }) };
}

const unreachable = (text: string, remedy?: Remedy): Said => ({
  ...said('unreachable', text),
  ...(remedy === undefined ? {} : { remedy }),
});
const inTime = unreachable('The server did not answer in time: {api}');
const dropped = unreachable('The connection was closed before an answer came: {api}');
const refused = unreachable('The connection was refused. Nothing answers at this address: {api}');
const noHttps = unreachable('No secure connection came about. The server may not speak https: {api}');
const untrusted = unreachable(
  'The certificate of the server is not trusted. Add its root certificate to the operating system, or name its file in NODE_EXTRA_CA_CERTS: {api}',
  'certificateSettings',
);
const tooEarly = said('badReply', 'The answer of the server ended too early: {api}');
const tooLarge = said('badReply', 'The answer of the server is too large: {api}');
const notMediaServices = said(
  'badReply',
  'What answered is not Media Services. Check the endpoint and the network: {api}',
);

const lookupFails =
  (code: string, syscall = 'getaddrinfo') =>
  (world: FaultWorld): void => {
    world.api.sever();
    world.lookup = (found) =>
      found(
        Object.assign(new Error(`${syscall} ${code} ${syscall === 'connect' ? world.api.host : 'localhost'}`), {
          code,
          syscall,
        }),
        [],
      );
  };

/** Takes over new connections, and ends those there are. */
const onConnection =
  (act: NonNullable<FaultyService['onConnection']>) =>
  ({ api }: FaultWorld): void => {
    api.onConnection = act;
    api.sever();
  };

const handles =
  (handler: Handler, of: 'api' | 'authority' = 'api') =>
  (world: FaultWorld): void => {
    world[of].handler = handler;
  };

const answers = (answer: Answer, of: 'api' | 'authority' = 'api'): ((world: FaultWorld) => void) =>
  handles(() => answer, of);

/** Takes the response over. */
const writes = (write: (response: ServerResponse) => void): ((world: FaultWorld) => void) =>
  handles((_request, response) => {
    write(response);
    return undefined;
  });

const hangs =
  (begin: (world: FaultWorld) => Promise<void> | void, what: 'answers' | 'connections' = 'answers') =>
  async (world: FaultWorld): Promise<void> => {
    world.mayHang = what;
    await begin(world);
  };

const status = (status: number, type: string, body: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'Content-Type': type, ...headers },
  body,
});
const verbose = (code: number, message: string): Answer =>
  status(
    code,
    'application/json;odata=verbose;charset=utf-8',
    `{"error":{"code":"","message":{"lang":"en-US","value":"${message}"}}}`,
    { DataServiceVersion: '1.0;' },
  );
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
const html = (code: number, title: string): Answer =>
  status(
    code,
    'text/html',
    `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
  );

const network: readonly FaultCase[] = [
  {
    name: 'no host has the name any more',
    begin: lookupFails('ENOTFOUND'),
    says: unreachable('There is no host of this name. Check the address and the network: {api}', 'editAccount'),
  },
  {
    name: 'the name service does not answer for now',
    begin: lookupFails('EAI_AGAIN'),
    says: unreachable('The host name could not be looked up. Check the network: {api}'),
  },
  {
    name: 'the name service fails for good',
    begin: lookupFails('EAI_FAIL'),
    says: unreachable('The host name could not be looked up. Check the network: {api}'),
  },
  {
    name: 'looking the name up never ends',
    begin: hangs((world) => {
      world.api.sever();
      world.lookup = () => undefined;
    }, 'connections'),
    says: inTime,
  },
  {
    name: 'the name leads to a machine where nobody listens',
    begin: (world) => {
      world.api.sever();
      world.lookup = (found) => found(null, [{ address: '127.0.0.77', family: 4 }]);
    },
    says: refused,
  },
  {
    name: 'there is no route to the network',
    begin: lookupFails('ENETUNREACH', 'connect'),
    says: unreachable('There is no route to the host. Check the network: {api}'),
  },
  { name: 'the connection is refused', begin: ({ api }) => api.close(), says: refused },
  {
    name: 'connecting never ends',
    begin: hangs(async (world) => world.afterwards(await world.api.fillQueue()), 'connections'),
    says: inTime,
  },
  {
    name: 'connections are reset at once',
    begin: onConnection((socket) => socket.resetAndDestroy()),
    says: dropped,
  },
  { name: 'connections are closed at once', begin: onConnection((socket) => socket.end()), says: dropped },
];

const tls: readonly FaultCase[] = [
  {
    name: 'the TLS handshake never ends',
    begin: hangs(
      onConnection((socket) => socket.resume()),
      'connections',
    ),
    says: inTime,
  },
  {
    name: 'the connection is reset in the TLS handshake',
    begin: onConnection((socket) => socket.once('data', () => socket.resetAndDestroy())),
    says: dropped,
  },
  {
    name: 'the server refuses the version of TLS',
    begin: onConnection((socket) => socket.once('data', () => socket.end(Buffer.from('15030300020246', 'hex')))),
    says: noHttps,
  },
  {
    name: 'the port speaks plain HTTP',
    begin: onConnection((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')),
    ),
    says: noHttps,
  },
  {
    name: 'the port belongs to an SSH server',
    begin: onConnection((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n')),
    says: noHttps,
  },
  {
    name: 'the certificate has expired',
    begin: (world) => world.showCertificate(world.api, 'expired'),
    says: unreachable('The certificate of the server has expired: {api}'),
  },
  {
    name: 'the certificate is not valid yet',
    begin: (world) => world.showCertificate(world.api, 'early'),
    says: unreachable('The certificate of the server is not valid yet. Check the clock of this machine: {api}'),
  },
  {
    name: 'the certificate is of an unknown authority',
    begin: (world) => world.showCertificate(world.api, 'unknown'),
    says: untrusted,
  },
  {
    name: 'the certificate is of an authority that took the name of the known one',
    begin: (world) => world.showCertificate(world.api, 'impostor'),
    says: untrusted,
  },
  {
    name: 'the certificate is for another host',
    begin: (world) => world.showCertificate(world.api, 'otherHost'),
    says: unreachable('The certificate of the server is for another host: {api}', 'editAccount'),
  },
];

const replies: readonly FaultCase[] = [
  {
    name: 'the connection is reset before the head',
    begin: ({ api }) => {
      api.handler = () => {
        api.reset();
        return undefined;
      };
    },
    says: dropped,
  },
  {
    name: 'the connection is closed before the head',
    begin: writes((response) => response.socket?.end()),
    says: dropped,
  },
  {
    name: 'kept connections have died unnoticed',
    begin: ({ api }) => {
      let left = 2;
      api.handler = (request, response) => {
        if (left-- > 0) {
          response.socket?.destroy();
          return undefined;
        }
        return api.pass(request);
      };
    },
    says: null,
  },
  { name: 'the head never comes', begin: hangs(writes(() => undefined)), says: inTime },
  {
    name: 'the body never comes',
    minutes: 2,
    begin: hangs(writes((response) => response.writeHead(200, { 'Content-Type': json }).flushHeaders())),
    says: inTime,
  },
  {
    name: 'the body stops in the middle',
    minutes: 2,
    begin: hangs(writes((response) => response.writeHead(200, { 'Content-Type': json }).write('{"value":['))),
    says: inTime,
  },
  {
    name: 'the body drips without end',
    minutes: 2,
    begin: hangs(
      writes((response) => {
        response.writeHead(200, { 'Content-Type': json });
        const drip = setInterval(() => response.write(' '), 2);
        response.on('close', () => clearInterval(drip));
      }),
    ),
    says: inTime,
  },
  {
    name: 'the body is cut short of its length',
    begin: writes((response) => {
      response.writeHead(200, { 'Content-Type': json, 'Content-Length': '1000' });
      response.write('{"value":[', () => response.socket?.destroy());
    }),
    says: tooEarly,
  },
  {
    name: 'the body is cut between its chunks',
    begin: writes((response) => {
      response.writeHead(200, { 'Content-Type': json });
      response.write('{"value":[', () => response.socket?.destroy());
    }),
    says: tooEarly,
  },
  {
    name: 'the compressed body ends too early',
    begin: writes((response) => {
      response.writeHead(200, { 'Content-Type': json, 'Content-Encoding': 'gzip' });
      response.end(gzipSync('{"value":[]}').subarray(0, 18));
    }),
    says: said('badReply', 'The service did not answer in valid JSON.'),
  },
  {
    name: 'the body is not compressed as it says',
    begin: writes((response) => {
      response.writeHead(200, { 'Content-Type': json, 'Content-Encoding': 'gzip' });
      response.end('{"value":[]}');
    }),
    says: said('badReply', 'The answer of the server cannot be decompressed: {api}'),
  },
  {
    name: 'the body is too large',
    begin: answers(status(200, json, `{"value":[${' '.repeat(300_000)}]}`)),
    says: tooLarge,
  },
  {
    name: 'the body is too large once it is decompressed',
    begin: writes((response) => {
      response.writeHead(200, { 'Content-Type': json, 'Content-Encoding': 'gzip' });
      response.end(bomb);
    }),
    says: tooLarge,
  },
  {
    name: 'the server speaks another protocol within TLS',
    begin: writes((response) => response.socket?.end('220 mail.contoso.invalid ESMTP\r\n')),
    says: said('badReply', 'The server did not answer in HTTP: {api}'),
  },
  {
    name: 'the head has no end',
    begin: writes((response) => response.socket?.write(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(40_000)}`)),
    says: said('badReply', 'The server did not answer in HTTP: {api}'),
  },
  {
    name: 'a guest network shows its own sign-in page',
    begin: answers(html(200, 'Welcome to the guest network')),
    says: notMediaServices,
  },
  {
    name: 'the answer is Atom in XML',
    begin: answers(status(200, 'application/atom+xml;type=feed', '<feed xmlns="http://www.w3.org/2005/Atom" />')),
    says: notMediaServices,
  },
  {
    name: 'the answer has no content type',
    begin: writes((response) => response.writeHead(200).end('{"value":[]}')),
    says: notMediaServices,
  },
  {
    name: 'a page in HTML says that it is JSON',
    begin: answers(status(200, json, '<html>Welcome</html>')),
    says: said('badReply', 'The service did not answer in valid JSON.'),
  },
  {
    name: 'the JSON ends in the middle',
    begin: answers(status(200, json, '{"value":[{"Id":"nb:jid:UUID')),
    says: said('badReply', 'The service did not answer in valid JSON.'),
  },
  {
    name: 'the body is empty',
    begin: answers(status(200, json, '')),
    says: said('badReply', 'The service did not answer in valid JSON.'),
  },
  {
    name: 'the JSON holds no list',
    begin: answers(status(200, json, '{"odata.metadata":"x","value":null}')),
    says: said('badReply', 'The service did not answer with a list.'),
  },
  {
    name: 'the rows have no ids',
    begin: answers(status(200, json, '{"value":[{"Name":"x","State":2}]}')),
    says: said('badReply', 'The service answered with a job that has no id.'),
  },
];

/** What "Azure Media Services error codes" lists (400, 401, 403, 404, 409, 500, 503), and what gateways before it add. */
const statuses: readonly FaultCase[] = [
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

const serviceRefuses = (account: string): Answer =>
  status(401, 'application/json', `{"error":"invalid_client","error_description":"${account}"}`);
const keyRefused = 'ACS50012: Authentication failed.';
const entraRefuses =
  (code: string): Handler =>
  () =>
    serviceRefuses(`AADSTS${code}: No. Trace ID: 1`);

/** The token in use lasts for a while yet: what the authority does wrong shows when the next one is due. */
const signIns: readonly FaultCase[] = [
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

const clocks: readonly FaultCase[] = [
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

const proxyFails = unreachable(
  'The proxy did not let the request through. Check the proxy settings of VS Code: {api}',
  'proxySettings',
);

const behindProxy: readonly Omit<FaultCase, 'isProxied' | 'minutes'>[] = [
  {
    name: 'the proxy demands authentication',
    begin: (world) => world.proxyAnswers('407 Proxy Authentication Required'),
    says: unreachable('The proxy asks for a sign-in. Check the proxy settings of VS Code.', 'proxySettings'),
  },
  {
    name: 'the proxy is down',
    begin: (world) => world.proxyAnswers(null),
    says: proxyFails,
  },
  {
    name: 'no host has the name of the proxy any more',
    begin: async (world) => {
      world.lookup = (found, host) => {
        const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
        found(host === 'localhost' ? null : error, [{ address: '127.0.0.1', family: 4 }]);
      };
      await world.proxyAnswers('');
    },
    says: proxyFails,
  },
  {
    name: 'the proxy cannot reach the service',
    begin: (world) => world.proxyAnswers('502 Bad Gateway'),
    says: unreachable('The service failed to answer (status 502).'),
  },
  {
    name: 'the proxy closes instead of an answer',
    begin: (world) => world.proxyAnswers(''),
    says: proxyFails,
  },
  {
    name: 'the proxy opens a tunnel that ends at once',
    begin: (world) => world.proxyAnswers('200 Connection established'),
    says: dropped,
  },
];
const proxies = behindProxy.map((fault): FaultCase => ({ ...fault, isProxied: true, minutes: 0.5 }));

const redirect = (location: string | undefined): Answer => ({
  status: 301,
  ...(location === undefined ? {} : { headers: { Location: location } }),
});

const redirects: readonly FaultCase[] = [
  {
    name: 'a redirect appears, to a root that is trusted',
    begin: ({ api, otherApi }) => {
      api.handler = () => redirect(`${otherApi.origin}/api/`);
    },
    says: null,
  },
  {
    name: 'a redirect appears, to a host that is not trusted',
    begin: answers(redirect('https://contoso.invalid/api/')),
    says: said(
      'untrustedRedirect',
      'The service points to a host that this account does not trust: https://contoso.invalid',
      'https://contoso.invalid',
    ),
  },
  {
    name: 'a redirect appears, to an address without https',
    begin: answers(redirect('http://localhost/api/')),
    says: said(
      'untrustedRedirect',
      'The service points to an address without https, which is never followed: http://localhost',
      'http://localhost',
    ),
  },
  {
    name: 'a redirect appears, to itself',
    begin: ({ api }) => {
      api.handler = () => redirect(`${api.origin}/api/`);
    },
    says: said('untrustedRedirect', 'The service redirects in a circle: {api}'),
  },
  {
    name: 'a redirect appears, to nowhere',
    begin: answers(redirect(undefined)),
    says: said('badReply', 'The service redirects to nowhere: {api}'),
  },
  {
    name: 'a next page appears, at a host that is not trusted',
    begin: ({ api }) => {
      api.handler = async (request) => {
        const answer = await api.pass(request);
        const text = String(answer.body);
        return text.startsWith('{')
          ? { ...answer, body: text.replace('{', '{"odata.nextLink":"https://contoso.invalid/api/Jobs",') }
          : answer;
      };
    },
    says: said(
      'untrustedRedirect',
      'The service points to a host that this account does not trust: https://contoso.invalid',
      'https://contoso.invalid',
    ),
  },
  ...[
    { name: 'the root found before is gone', begin: ({ otherApi }: FaultWorld) => otherApi.close(), says: null },
    {
      name: 'the root found before belongs to somebody else',
      begin: (world: FaultWorld) => world.showCertificate(world.otherApi, 'otherHost'),
      says: null,
    },
    {
      name: 'the root found before is a web site without the API',
      begin: ({ otherApi }: FaultWorld) => {
        otherApi.handler = () => html(404, 'Not found');
      },
      says: null,
    },
    {
      name: 'the root found before never answers any more',
      minutes: 1,
      begin: hangs(({ otherApi }) => {
        otherApi.handler = () => undefined;
      }),
      says: null,
    },
    {
      name: 'the root found before and the configured one are gone',
      begin: async ({ api, otherApi }: FaultWorld) => {
        await Promise.all([api.close(), otherApi.close()]);
      },
      says: refused,
    },
  ].map((fault) => ({ ...fault, hasFoundRoot: true })),
];

const long: readonly FaultCase[] = [
  { name: 'nobody listens for an hour', minutes: 60, begin: ({ api }) => api.close(), says: refused },
  {
    name: 'the service is busy for an hour',
    minutes: 60,
    begin: answers(verbose(503, busy)),
    says: said('throttled', `The service is busy. It is asked again later: ${busy}`, busy),
  },
  {
    name: 'the network is gone for a night, and tokens expire',
    minutes: 8 * 60,
    begin: (world) => {
      world.authority.sever();
      lookupFails('ENOTFOUND')(world);
    },
    says: unreachable('There is no host of this name. Check the address and the network: {authority}', 'editAccount'),
  },
];

export const faultCases: readonly FaultCase[] = [
  ...network,
  ...tls,
  ...replies,
  ...statuses,
  ...signIns,
  ...clocks,
  ...proxies,
  ...redirects,
  ...long,
];
