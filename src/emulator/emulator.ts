import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acsPath } from './acs.ts';
import { adminPath, handleAdmin } from './admin.ts';
import { documentedQuotas, type Quotas } from './api/quotas.ts';
import { Authority, entraTokenLifetime } from './authority.ts';
import { issuerOf } from './authorityTokens.ts';
import { ensureCertificate } from './certificate.ts';
import type { ClockSetting } from './clock.ts';
import { type DialectChoice, lostProgress } from './dialects.ts';
import { createEndpoints } from './endpoints.ts';
import { Leases } from './leases.ts';
import { type Handler, LoopbackServer, type ServerLimits, sendText, type WhenPortTaken } from './loopbackServer.ts';
import { Mkio, type MkioConnection } from './mkio/mkio.ts';
import { Ravnur, type RavnurConnection } from './ravnur/ravnur.ts';
import { RequestLog } from './requestLog.ts';
import { type AccountSecrets, createSecrets } from './secrets.ts';
import { Settings } from './settings.ts';
import type { Mutation } from './simulation/mutation.ts';
import { Simulation } from './simulation/simulation.ts';
import { TokenVerifier } from './tokens.ts';

/** Where an emulator is and how to sign in to it: what `npm run emulator` prints as one line of JSON. */
export interface ConnectionInfo {
  /** The global root, which answers 301. */
  readonly root: string;
  /** The account's API root. */
  readonly endpoint: string;
  readonly authorityHost: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly acsTokenUrl: string;
  readonly accountName: string;
  readonly accountKey: string;
  /** The PEM to trust. */
  readonly caFile: string;
  readonly admin: string;
  readonly adminToken: string;
  /** The same jobs as MediaKind MK.IO shows them. */
  readonly mkio: MkioConnection;
  /** The same jobs as Ravnur Media Services shows them. */
  readonly ravnur: RavnurConnection;
}

export interface Ports {
  readonly root: number;
  readonly api: number;
  readonly authority: number;
  readonly mkio: number;
  readonly ravnur: number;
}

export interface EmulatorOptions {
  /** The clock, Unix milliseconds; for tests. Leases run on real time. */
  readonly now?: () => number;
  /** 0, the default, is any free port. */
  readonly ports?: Partial<Ports>;
  /**
   * What to do where a port is taken; `fail` by default. With `next` the root's port must be free, and the others are
   * the next free ones.
   */
  readonly whenPortTaken?: WhenPortTaken;
  /** Host names or loopback addresses in the addresses given out, so that tests can cross hosts. */
  readonly hosts?: { readonly root?: string; readonly api?: string; readonly authority?: string };
  readonly seed?: number;
  /** Jobs that exist at the start, besides the documented one. */
  readonly jobs?: number;
  /** How many times as fast as the clock jobs run. */
  readonly speed?: number;
  /** Tasks that can run at a time. */
  readonly reservedUnits?: number;
  /** New jobs per minute at speed 1; 0 for none. */
  readonly arrivalsPerMinute?: number;
  /** Certificates that the emulator's application has registered and may sign in with, in PEM. */
  readonly clientCertificates?: readonly string[];
  /** For tokens of all kinds; by default 1 h (Entra, Ravnur), 6 h (ACS) and a year (MK.IO, from the first start). */
  readonly tokenLifetimeSeconds?: number;
  /** Keeps the certificate; by default a temporary directory that goes with the emulator. */
  readonly dataDirectory?: string;
  /** Ends the emulator when no one has held a lease for so long; by default it stays. */
  readonly leaseGraceSeconds?: number;
  /** With leaseGraceSeconds: how long to wait for the first lease. */
  readonly firstLeaseWithinSeconds?: number;
  /** An earlier run to go on with. */
  readonly resume?: {
    readonly startedAt: number;
    readonly secrets: AccountSecrets;
    readonly mutations: readonly Mutation[];
    /** Null where the clock was the real one. */
    readonly clock?: ClockSetting | null;
  };
  /** Told of each change from outside, so that it can be kept. */
  readonly onMutation?: (mutation: Mutation) => void;
  /** Told when the clock or the dialects are set from outside, so that they can be kept. */
  readonly onSettings?: () => void;
  /** Variants of what the service is not documented to do; all off by default. */
  readonly dialects?: DialectChoice;
  /** Other limits than the documented ones. */
  readonly quotas?: Partial<Quotas>;
  /** Other limits of each server on what its clients can take up; for tests. */
  readonly limits?: Partial<ServerLimits>;
}

/** Why an emulator ended. */
export type EndReason = 'closed' | 'stopped' | 'leases ended';

export interface RunningEmulator extends ConnectionInfo {
  /** The fields of the JSON line and nothing else. */
  readonly connection: ConnectionInfo;
  /** The CA's certificate as PEM text. */
  readonly ca: string;
  readonly ports: Ports;
  readonly secrets: AccountSecrets;
  /** When the simulation started, in an earlier run where this one resumed it; Unix milliseconds. */
  readonly startedAt: number;
  /** The jobs; call `advanceTo` with the clock's time before acting on them. */
  readonly simulation: Simulation;
  /** Clock, dialects and faults, as the admin interface sets them. */
  readonly settings: Settings;
  readonly requests: RequestLog;
  /** Resolves when it has been told to end, before it is closed: whoever started it closes it. */
  readonly ended: Promise<EndReason>;
  close(): Promise<void>;
}

/** Defaults, also what the command line's help names. */
export const defaults = {
  seed: 1,
  jobs: 24,
  speed: 1,
  reservedUnits: 3,
  arrivalsPerMinute: 0.75,
  firstLeaseWithinSeconds: 60,
} as const;

/** Clients may send the documented request as it stands, with the real service's name in it. */
const realHost = 'media.windows.net';

/**
 * Starts a local Media Services account: the global root, the account's API on another origin, and an authority with
 * both kinds of sign-in, all HTTPS on loopback with a certificate of their own.
 *
 * @throws PortInUseError
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<RunningEmulator> {
  const realNow = options.now ?? Date.now;
  const settings = new Settings({
    realNow,
    clock: options.resume?.clock ?? null,
    dialects: options.dialects,
    onChange: () => options.onSettings?.(),
  });
  const now = () => settings.clock.now();
  const hosts = { root: 'localhost', api: '127.0.0.1', authority: 'localhost', ...options.hosts };
  const ports = { root: 0, api: 0, authority: 0, mkio: 0, ravnur: 0, ...options.ports };
  const startedAt = options.resume?.startedAt ?? now();
  const secrets = options.resume?.secrets ?? (await createSecrets());
  const temporary = options.dataDirectory ? null : await mkdtemp(join(tmpdir(), 'media-services-emulator-'));
  const requests = new RequestLog();
  const servers: LoopbackServer[] = [];
  let end: (reason: EndReason) => void = () => {};
  const ended = new Promise<EndReason>((resolve) => {
    end = resolve;
  });
  const leases = new Leases(
    options.leaseGraceSeconds === undefined
      ? null
      : {
          graceSeconds: options.leaseGraceSeconds,
          firstWithinSeconds: options.firstLeaseWithinSeconds ?? defaults.firstLeaseWithinSeconds,
          onExpired: () => end('leases ended'),
        },
  );
  const close = async () => {
    leases.close();
    await Promise.all(servers.map((server) => server.close()));
    if (temporary) {
      await rm(temporary, { recursive: true, force: true });
    }
    end('closed');
  };
  try {
    const names = [...new Set(['localhost', '127.0.0.1', '::1', hosts.root, hosts.api, hosts.authority])];
    const certificate = await ensureCertificate(options.dataDirectory ?? temporary ?? '', names);
    const simulation = new Simulation({
      seed: options.seed ?? defaults.seed,
      startedAt,
      speed: options.speed ?? defaults.speed,
      jobs: options.jobs ?? defaults.jobs,
      reservedUnits: options.reservedUnits ?? defaults.reservedUnits,
      arrivalsPerMinute: options.arrivalsPerMinute ?? defaults.arrivalsPerMinute,
      mutations: options.resume?.mutations ?? [],
      lostProgress: () => lostProgress(settings.dialects),
      ...(options.onMutation ? { onMutation: options.onMutation } : {}),
    });
    const listen = async (host: string, port: number, handler: Handler, isRoot: boolean, alsoKnownAs: string[]) => {
      const { key, cert } = certificate;
      const wish = options.whenPortTaken ?? 'fail';
      const whenTaken = isRoot && wish === 'next' ? 'fail' : wish;
      const server = await LoopbackServer.listen({
        ...{ host, port, whenTaken, key, cert, alsoKnownAs, handler },
        limits: options.limits,
      });
      servers.push(server);
      return server;
    };
    // Each handler needs to know where the others listen, so they are filled in once all do.
    let handlers: Record<keyof Ports, Handler> | undefined;
    const handle =
      (name: keyof Ports): Handler =>
      async (request, response, url) =>
        handlers ? handlers[name](request, response, url) : sendText(response, 503, 'The emulator is starting.');
    const root = await listen(hosts.root, ports.root, handle('root'), true, [realHost]);
    const api = await listen(hosts.api, ports.api, handle('api'), false, [realHost]);
    const authority = await listen(hosts.authority, ports.authority, handle('authority'), false, []);
    const mkioServer = await listen(hosts.api, ports.mkio, handle('mkio'), false, []);
    const ravnurServer = await listen(hosts.api, ports.ravnur, handle('ravnur'), false, []);
    const { tokenLifetimeSeconds } = options;
    const shared = { secrets, account: simulation, settings, requests, startedAt, tokenLifetimeSeconds };
    const mkio = new Mkio({ ...shared, origin: mkioServer.origin });
    const ravnur = new Ravnur({ ...shared, origin: ravnurServer.origin });

    const connection: ConnectionInfo = {
      root: root.origin,
      endpoint: `${api.origin}api/`,
      authorityHost: authority.origin,
      tenantId: secrets.tenantId,
      clientId: secrets.clientId,
      clientSecret: secrets.clientSecret,
      acsTokenUrl: `${authority.origin}${acsPath.slice(1)}`,
      accountName: secrets.accountName,
      accountKey: secrets.accountKey,
      caFile: certificate.caFile,
      admin: `${authority.origin}${adminPath.slice(1)}`,
      adminToken: secrets.adminToken,
      mkio: mkio.connection,
      ravnur: ravnur.connection,
    };
    const tokens = new TokenVerifier({
      secrets,
      issuer: issuerOf(connection.authorityHost, secrets.tenantId),
      swtIssuer: connection.authorityHost,
      now,
    });
    const signIn = new Authority({
      secrets,
      authorityHost: connection.authorityHost,
      lifetimeSeconds: options.tokenLifetimeSeconds ?? entraTokenLifetime,
      certificates: options.clientCertificates ?? [],
      now,
    });
    const quotas = { ...documentedQuotas, ...options.quotas };
    const endpoints = createEndpoints({
      apiRoot: connection.endpoint,
      authorityHost: connection.authorityHost,
      secrets,
      tokens,
      simulation,
      settings,
      quotas,
      requests,
      authority: signIn,
      tokenLifetimeSeconds,
      admin: (request, response, url) =>
        handleAdmin(request, response, url, {
          adminToken: secrets.adminToken,
          startedAt,
          simulation,
          settings,
          quotas,
          requests,
          leases,
          realNow,
          issueMkioToken: (...wish) => mkio.issueToken(...wish),
          onStop: () => end('stopped'),
        }),
    });
    handlers = { ...endpoints, mkio: mkio.handler, ravnur: ravnur.handler };
    return {
      ...connection,
      connection,
      ca: certificate.ca,
      ports: {
        root: root.port,
        api: api.port,
        authority: authority.port,
        mkio: mkioServer.port,
        ravnur: ravnurServer.port,
      },
      secrets,
      startedAt,
      simulation,
      settings,
      requests,
      ended,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
