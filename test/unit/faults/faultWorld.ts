import dns, { type LookupAddress } from 'node:dns';
import https, { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { AmsAuthentication, ServiceKind } from '../../../src/client/account.ts';
import { createMediaServicesClient } from '../../../src/client/clientBundle.ts';
import type { ServiceClient } from '../../../src/client/serviceClient.ts';
import { acsPath } from '../../../src/emulator/acs.ts';
import { type RunningEmulator, startEmulator } from '../../../src/emulator/emulator.ts';
import type { Clock } from '../../../src/jobs/clock.ts';
import type { Exchange } from '../../../src/jobs/exchange.ts';
import type { Disposable } from '../../../src/jobs/lifecycle.ts';
import { type LoopbackCertificates, makeAuthority, signLeaf, type TestAuthority } from '../../support/certificates.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { accountOf } from '../../support/serviceKinds.ts';
import { MemoryLogin, ScriptedPrompts } from '../../support/signInPrompts.ts';
import { FaultyService, join } from './faultyService.ts';

/** Of one request the sender sets this timer, and a sign-in at Entra ID this one: while it is set, one is under way. */
const underWayMs: ReadonlySet<number> = new Set([90_000, 45_000]);
/** The longest that a request takes which ends by itself, real time on a busy machine. */
const longestRequestMs = 20_000;
/** Where nothing has moved for so long, requests that may hang do. */
const stillMs = 6;
const requestIdHeader = 'x-ms-client-request-id';
/** How long tokens last, in seconds. */
const tokenLifetime = 60;

/** What one machine takes for the time. It may be wrong, and knows which requests are under way. */
class MachineClock implements Clock {
  skewMs = 0;
  /** Whether requests that begin now come to their ends by themselves. */
  isWell = true;
  readonly #underWay = new Set<{ readonly ends: boolean }>();
  #onEnd: (() => void) | null = null;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now() + this.skewMs;
  }

  /** How many requests are under way. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /** How many of them began while all was well. */
  get ending(): number {
    return [...this.#underWay].filter(({ ends }) => ends).length;
  }

  /** Waits until this is true, which is asked after each end of a request, for so many real milliseconds at most. */
  async until(isTrue: () => boolean, longestMs: number): Promise<boolean> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, longestMs);
      this.#onEnd = () => {
        if (isTrue()) {
          clearTimeout(timer);
          resolve();
        }
      };
    });
    this.#onEnd = null;
    return isTrue();
  }

  setTimeout(callback: () => void, delayMs: number): Disposable {
    const request = underWayMs.has(delayMs) ? { ends: this.isWell } : null;
    const end = (): void => {
      if (request && this.#underWay.delete(request)) {
        this.#onEnd?.();
      }
    };
    if (request) {
      this.#underWay.add(request);
    }
    const timer = this.#clock.setTimeout(() => {
      end();
      callback();
    }, delayMs);
    return {
      dispose: () => {
        end();
        timer.dispose();
      },
    };
  }
}

export type WrongCertificate = 'expired' | 'early' | 'unknown' | 'impostor' | 'otherHost';
export type SignIn = 'acs' | 'entra' | 'pasted';

type Lookup = (found: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void, host: string) => void;

/** An emulated account behind two services that can be made to fail, its API and its authority. All on loopback. */
export class FaultWorld {
  readonly kind: ServiceKind;
  readonly clock: FakeClock;
  readonly machine: MachineClock;
  readonly emulator: RunningEmulator;
  readonly api: FaultyService;
  readonly authority: FaultyService;
  /** The same API at another address, for redirects. */
  readonly otherApi: FaultyService;
  /** Every request of the client since the last time that this was emptied. */
  readonly exchanges: Exchange[] = [];
  #mayHang: 'nothing' | 'answers' | 'connections' = 'nothing';
  /** The ids of requests whose ends the client has reported. */
  readonly #endedIds = new Set<string>();
  secret: string | undefined;
  /** How names are looked up while set. */
  lookup: Lookup | null = null;
  readonly #lookup = dns.lookup;
  readonly #globalAgent = https.globalAgent;
  readonly #root: TestAuthority;
  #proxy: Server | null = null;
  #proxyPort = 0;
  /** What the proxy answers in place of a tunnel. */
  #proxyAnswer: string | undefined;
  readonly #proxied = new Set<Socket>();
  readonly #servers: Server[] = [];
  readonly #undo: (() => Promise<void> | void)[] = [];

  private constructor(
    kind: ServiceKind,
    emulator: RunningEmulator,
    clock: FakeClock,
    services: readonly [FaultyService, FaultyService, FaultyService],
    root: TestAuthority,
    settling: { settle: () => Promise<void> },
  ) {
    this.kind = kind;
    this.emulator = emulator;
    this.clock = clock;
    this.machine = new MachineClock(clock);
    [this.api, this.authority, this.otherApi] = services;
    this.#root = root;
    settling.settle = () => this.#settle();
    // No name is looked up outside: each leads to this machine, unless a fault says otherwise.
    dns.lookup = ((host: string, options: { all?: boolean }, callback: (...values: unknown[]) => void) => {
      const answer: Lookup = this.lookup ?? ((found) => found(null, [{ address: '127.0.0.1', family: 4 }]));
      setImmediate(() =>
        answer((error, addresses) => {
          if (error) {
            callback(error);
          } else if (options.all) {
            callback(null, addresses);
          } else {
            callback(null, addresses[0]?.address, addresses[0]?.family);
          }
        }, host),
      );
    }) as unknown as typeof dns.lookup;
  }

  static async start(kind: ServiceKind = 'ams'): Promise<FaultWorld> {
    const settling = { settle: async (): Promise<void> => undefined };
    // Certificates are checked by the real time.
    const clock = new FakeClock(Date.now(), () => settling.settle());
    const emulator = await startEmulator({
      now: () => clock.now(),
      jobs: 0,
      arrivalsPerMinute: 0,
      reservedUnits: 1000,
      // A personal API token is pasted once, for all cases.
      tokenLifetimeSeconds: kind === 'mkio' ? 365 * 24 * 3600 : tokenLifetime,
    });
    const root = await makeAuthority();
    const certificates = await signLeaf(root);
    const start = (url: string): Promise<FaultyService> =>
      FaultyService.start({ url, ca: emulator.ca }, certificates, () => clock.now());
    const [api, authority, other] = [
      await start(kind === 'ams' ? emulator.endpoint : emulator[kind].endpoint),
      await start(emulator.authorityHost),
      await start(emulator.endpoint),
    ];
    return new FaultWorld(kind, emulator, clock, [api, authority, other], root, settling);
  }

  /** What may be left waiting for good: requests that came in, or also connections that never came about. */
  set mayHang(what: 'nothing' | 'answers' | 'connections') {
    this.#mayHang = what;
    this.machine.isWell = what === 'nothing';
  }

  get endpoint(): string {
    return `${this.api.origin}/api/`;
  }

  /** A client as the extension makes it. How it signs in is a choice of Azure Media Services alone. */
  async client(signIn: SignIn, isProxied: boolean, kept: string | undefined): Promise<ServiceClient> {
    const { tenantId, clientId, accountName } = this.emulator;
    const authorityHost = `${this.authority.origin}/`;
    const authentications: Record<SignIn, AmsAuthentication> = {
      acs: { method: 'acs', accountName, acsTokenUrl: `${this.authority.origin}${acsPath}` },
      entra: {
        method: 'servicePrincipal',
        tenantId,
        clientId,
        authorityHost,
        scope: 'https://rest.media.azure.net/.default',
      },
      pasted: { method: 'token' },
    };
    this.secret = signIn === 'acs' ? this.emulator.accountKey : this.emulator.clientSecret;
    if (signIn === 'pasted') {
      this.secret = await this.freshToken();
    }
    // Without a root certificate, requests go the way of all others, through VS Code's proxy.
    const trust = { trustedHosts: [], ca: isProxied ? undefined : this.#root.cert };
    const other = accountOf(this.kind, this.emulator);
    if (this.kind !== 'ams') {
      this.secret = other.secret;
    }
    return createMediaServicesClient({
      account:
        other.account.kind === 'ams'
          ? { ...other.account, ...trust, endpoint: this.endpoint, authentication: authentications[signIn] }
          : { ...other.account, ...trust, endpoint: `${this.api.origin}/` },
      clock: this.machine,
      env: {},
      random: () => 0.5,
      limits: { headMs: 30_000, wholeMs: 90_000, bodyBytes: 200_000 },
      getSecret: async () => this.secret,
      prompts: new ScriptedPrompts(),
      memory: new MemoryLogin(),
      loadIdentity: () => import('../../../src/client/identity.ts'),
      endpointCache: {
        load: () => kept,
        save: (value) => {
          kept = value;
        },
      },
      onExchange: (exchange) => {
        this.exchanges.push(exchange);
        this.#endedIds.add(exchange.request.headers.find(([name]) => name === requestIdHeader)?.[1] ?? '');
      },
    });
  }

  /** A token of the account, as a person pastes it. */
  async freshToken(): Promise<string> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: this.emulator.accountName,
      client_secret: this.emulator.accountKey,
      scope: 'urn:WindowsAzureMediaServices',
    });
    const answer = await this.authority.pass({
      method: 'POST',
      url: acsPath,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    return (JSON.parse(String(answer.body)) as { readonly access_token: string }).access_token;
  }

  /** Has new connections of a service lead to a server with another certificate. */
  async showCertificate(service: FaultyService, kind: WrongCertificate): Promise<void> {
    const server = createSecureServer(await this.#certificate(kind), (_request, response) => response.end());
    service.otherPort = await this.#listen(server);
    service.sever();
  }

  /** Has requests of clients without a root certificate of their own go through a proxy, as VS Code does. */
  async startProxy(): Promise<void> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (head) => {
        if (this.#proxyAnswer === undefined) {
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
          join(socket, Number(/^CONNECT localhost:(\d+) /.exec(head.toString('latin1'))?.[1]));
        } else {
          socket.end(this.#proxyAnswer ? `HTTP/1.1 ${this.#proxyAnswer}\r\nContent-Length: 0\r\n\r\n` : '');
        }
      });
      this.#proxied.add(socket);
      socket.on('close', () => this.#proxied.delete(socket));
    });
    this.#proxyPort = await this.#listen(server);
    this.#proxy = server;
    const agent = new HttpsProxyAgent(`http://proxy.invalid:${this.#proxyPort}`);
    Object.assign(agent.options, { ca: this.#root.cert });
    https.globalAgent = agent as unknown as https.Agent;
  }

  /**
   * Has the proxy answer this to whoever wants a connection, and end it.
   * @param statusLine '' for no answer, `null` for no proxy at all
   */
  async proxyAnswers(statusLine: string | null): Promise<void> {
    for (const socket of this.#proxied) {
      socket.destroy();
    }
    const proxy = this.#proxy;
    if (statusLine !== null || !proxy) {
      this.#proxyAnswer = statusLine ?? undefined;
      this.afterwards(() => {
        this.#proxyAnswer = undefined;
      });
      return;
    }
    await new Promise((resolve) => proxy.close(resolve));
    this.afterwards(() => new Promise<void>((resolve) => proxy.listen(this.#proxyPort, '127.0.0.1', resolve)));
  }

  stopProxy(): void {
    https.globalAgent = this.#globalAgent;
    this.#proxy?.close();
    for (const socket of this.#proxied) {
      socket.destroy();
    }
  }

  /** To be done once the fault is over. */
  afterwards(undo: () => Promise<void> | void): void {
    this.#undo.push(undo);
  }

  /** All is well again. */
  async mend(): Promise<void> {
    this.lookup = null;
    this.machine.skewMs = 0;
    for (const undo of this.#undo.splice(0)) {
      await undo();
    }
    await Promise.all([this.api.mend(), this.authority.mend(), this.otherApi.mend()]);
    // What hangs goes on hanging until its time is up; what begins from now on does not.
    this.machine.isWell = true;
  }

  async stop(): Promise<void> {
    dns.lookup = this.#lookup;
    this.stopProxy();
    await Promise.all([this.api.stop(), this.authority.stop(), this.otherApi.stop()]);
    for (const server of this.#servers) {
      server.close();
    }
    await this.emulator.close();
  }

  async #certificate(kind: WrongCertificate): Promise<LoopbackCertificates> {
    const day = 24 * 60 * 60_000;
    const at = (days: number): Date => new Date(Date.now() + days * day);
    switch (kind) {
      case 'expired':
        return await signLeaf(this.#root, { from: at(-30), until: at(-1) });
      case 'early':
        return await signLeaf(this.#root, { from: at(1), until: at(30) });
      case 'otherHost':
        return await signLeaf(this.#root, { host: 'contoso.invalid' });
      case 'unknown':
        return await signLeaf(await makeAuthority('Somebody else'));
      case 'impostor':
        return await signLeaf(await makeAuthority());
    }
  }

  async #listen(server: Server): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  /** Lets all that is under way come to its end; what may hang, until nothing moves any more. */
  async #settle(): Promise<void> {
    const { machine } = this;
    const services = [this.api, this.authority, this.otherApi];
    const activity = (): string =>
      services
        .map(({ requests, connections, unanswered }) => `${requests.length} ${connections} ${unanswered.size}`)
        .concat(String(machine.underWay))
        .join();
    // The client may have given up on one before the service hears of that; then it must not stand for another.
    const hungAt = ({ unanswered }: FaultyService): number =>
      [...unanswered].filter(({ headers }) => !this.#endedIds.has(String(headers[requestIdHeader]))).length;
    const hung = (): number =>
      this.#mayHang === 'connections'
        ? Number.POSITIVE_INFINITY
        : services.reduce((sum, service) => sum + hungAt(service), 0);
    for (let quiet = 0; quiet < 5; quiet++) {
      await new Promise((resolve) => setImmediate(resolve));
      while (machine.underWay > 0) {
        quiet = 0;
        if (machine.ending > 0) {
          if (!(await machine.until(() => machine.ending === 0, longestRequestMs))) {
            throw new Error('A request is under way that has no end.');
          }
          continue;
        }
        const before = activity();
        const isIdle = await machine.until(() => machine.underWay === 0, stillMs);
        if (!isIdle && activity() === before && machine.underWay <= hung()) {
          return;
        }
      }
    }
  }
}
