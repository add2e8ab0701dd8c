import {
  answers,
  busy,
  dropped,
  type FaultCase,
  hangs,
  inTime,
  refused,
  said,
  unreachable,
  untrusted,
  verbose,
} from './faultCase.ts';
import type { FaultWorld } from './faultWorld.ts';
import type { FaultyService } from './faultyService.ts';

const noHttps = unreachable('No secure connection came about. The server may not speak https: {api}');
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

export const network: readonly FaultCase[] = [
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

export const tls: readonly FaultCase[] = [
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
export const proxies = behindProxy.map((fault): FaultCase => ({ ...fault, isProxied: true, minutes: 0.5 }));

export const long: readonly FaultCase[] = [
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
