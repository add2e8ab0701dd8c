import { gzipSync } from 'node:zlib';
import type { Answer } from '../../support/httpsServer.ts';
import {
  answers,
  dropped,
  type FaultCase,
  hangs,
  html,
  inTime,
  json,
  refused,
  said,
  status,
  writes,
} from './faultCase.ts';
import type { FaultWorld } from './faultWorld.ts';

const tooEarly = said('badReply', 'The answer of the server ended too early: {api}');
const tooLarge = said('badReply', 'The answer of the server is too large: {api}');
const notMediaServices = said(
  'badReply',
  'What answered is not Media Services. Check the endpoint and the network: {api}',
);

const bomb = gzipSync(Buffer.alloc(2_000_000, 0x20));

export const replies: readonly FaultCase[] = [
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

const redirect = (location: string | undefined): Answer => ({
  status: 301,
  ...(location === undefined ? {} : { headers: { Location: location } }),
});

export const redirects: readonly FaultCase[] = [
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
