import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { requestAcsToken } from '../../src/client/ams/acsToken.ts';
import { amsProtocol } from '../../src/client/ams/amsProtocol.ts';
import { MediaServicesClient } from '../../src/client/ams/mediaServicesClient.ts';
import { Endpoint } from '../../src/client/endpoint.ts';
import type { HttpOutcome, HttpRequest, SendOptions } from '../../src/client/httpSender.ts';
import { abortedError } from '../../src/client/signals.ts';
import { TokenCache } from '../../src/client/tokenCache.ts';
import { Transport } from '../../src/client/transport.ts';
import { handleAcs } from '../../src/emulator/acs.ts';
import { handleApi } from '../../src/emulator/api/apiHandler.ts';
import { documentedQuotas } from '../../src/emulator/api/quotas.ts';
import { type Reply, serviceHeaders } from '../../src/emulator/api/serviceHeaders.ts';
import { Throttle } from '../../src/emulator/api/throttle.ts';
import { allOff, type Dialects } from '../../src/emulator/dialects.ts';
import { handleGlobalRoot } from '../../src/emulator/globalRoot.ts';
import { type AccountSecrets, createSecrets } from '../../src/emulator/secrets.ts';
import type { Simulation } from '../../src/emulator/simulation/simulation.ts';
import { TokenVerifier } from '../../src/emulator/tokens.ts';
import { type Clock, sleep } from '../../src/jobs/clock.ts';
import { ServiceError } from '../../src/jobs/serviceError.ts';

/** What goes wrong with one request. */
export type Trouble =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number }
  | { readonly kind: 'body'; readonly body: string; readonly contentType?: string }
  | { readonly kind: 'dropped' | 'cutShort' | 'unconnected' }
  /** Nothing comes for as long as a client waits. */
  | { readonly kind: 'timedOut' }
  /** The answer is true when it is given, but on its way for so long. */
  | { readonly kind: 'slow'; readonly ms: number };

export interface ServiceInProcessOptions {
  readonly simulation: Simulation;
  /** The client's clock. */
  readonly clock: Clock;
  /** The service's own time, Unix milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
  readonly dialects?: Partial<Dialects>;
  readonly tokenLifetimeSeconds: number;
  /** What goes wrong with a request to the API. */
  readonly trouble: () => Trouble | null;
}

const root = 'https://localhost:10/';
const api = 'https://127.0.0.1:11/api/';
const authority = 'https://localhost:12/';
const headMs = 30_000;

/**
 * The emulator's account and the real client of it in one process, without a socket between them: what is asked goes
 * through all of the client but its sender, and through all of the service but its server. So a day of polls takes
 * seconds, and runs on a clock that a test moves.
 */
export class ServiceInProcess {
  /** Requests to the API and to the token service so far. */
  requests = 0;
  tokenRequests = 0;
  /** Requests that wait for their answer. */
  underWay = 0;
  readonly client: MediaServicesClient;
  readonly #options: ServiceInProcessOptions;
  readonly #secrets: AccountSecrets;
  readonly #tokens: TokenVerifier;
  readonly #dialects: Dialects;
  readonly #throttle = new Throttle(() => 0);

  static async start(options: ServiceInProcessOptions): Promise<ServiceInProcess> {
    return new ServiceInProcess(options, await createSecrets());
  }

  private constructor(options: ServiceInProcessOptions, secrets: AccountSecrets) {
    this.#options = options;
    this.#secrets = secrets;
    this.#dialects = { ...allOff, ...options.dialects };
    this.#tokens = new RememberingVerifier({ secrets, issuer: authority, swtIssuer: authority, now: options.now });
    this.client = this.#createClient();
  }

  #createClient(): MediaServicesClient {
    const { clock, random } = this.#options;
    const { accountName, accountKey } = this.#secrets;
    const sender = {
      send: (request: HttpRequest, options?: SendOptions) => this.#send(request, options),
      dispose: () => undefined,
    };
    const endpoint = new Endpoint(
      { kind: 'ams', endpoint: root, trustedHosts: [] },
      { load: () => undefined, save: () => undefined },
    );
    const credentials = { tokenUrl: new URL('acs', authority), accountName, accountKey };
    const tokens = new TokenCache((signal) => requestAcsToken(credentials, sender, clock, signal), clock);
    const transport = new Transport({
      protocol: amsProtocol,
      sender,
      tokens,
      endpoint,
      clock,
      random,
      userAgent: 'day',
    });
    return new MediaServicesClient({ tokens, endpoint, transport, dispose: () => tokens.dispose() });
  }

  async #send(request: HttpRequest, { signal }: SendOptions = {}): Promise<HttpOutcome> {
    if (signal?.aborted) {
      throw abortedError();
    }
    this.underWay++;
    try {
      return await this.#answer(request, signal);
    } finally {
      this.underWay--;
    }
  }

  async #answer(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpOutcome> {
    const { clock, trouble } = this.#options;
    if (request.url.href.startsWith(authority)) {
      this.tokenRequests++;
      return this.#issueToken(request);
    }
    this.requests++;
    const wrong = trouble();
    const wait = async (ms: number): Promise<void> => {
      await sleep(clock, ms, signal).catch(() => {
        throw abortedError();
      });
    };
    if (wrong === null) {
      return await this.#serve(request);
    }
    switch (wrong.kind) {
      case 'slow': {
        const outcome = await this.#serve(request);
        await wait(wrong.ms);
        return outcome;
      }
      case 'timedOut':
        await wait(headMs);
        return failed('timedOut');
      case 'status': {
        const after = wrong.retryAfter === undefined ? [] : ['Retry-After', String(wrong.retryAfter)];
        const head = ['DataServiceVersion', '3.0;', 'Content-Type', 'application/json', ...after];
        return answered(request.url, wrong.status, head, '{"odata.error":{"message":{"value":"Injected."}}}');
      }
      case 'body': {
        const head = ['DataServiceVersion', '3.0;', 'Content-Type', wrong.contentType ?? 'application/json'];
        return answered(request.url, 200, head, wrong.body);
      }
      default:
        return failed(wrong.kind);
    }
  }

  async #serve(request: HttpRequest): Promise<HttpOutcome> {
    const { now, simulation } = this.#options;
    const message = messageOf(request);
    const common = { tokens: this.#tokens, dialects: this.#dialects };
    const reply: Reply = request.url.href.startsWith(root)
      ? await handleGlobalRoot(message, request.url, { ...common, apiRoot: api })
      : await handleApi(message, request.url, {
          ...common,
          apiRoot: api,
          account: simulation,
          throttle: this.#throttle,
          quotas: documentedQuotas,
          now,
        });
    return answered(request.url, reply.status, serviceHeaders(message, reply, now()), reply.body ?? '');
  }

  #issueToken({ url, body = '' }: HttpRequest): HttpOutcome {
    const { now, tokenLifetimeSeconds: lifetimeSeconds } = this.#options;
    const issue = { secrets: this.#secrets, issuer: authority, lifetimeSeconds, now };
    const reply = handleAcs(new URLSearchParams(body), issue);
    const head = ['Content-Type', 'application/json', 'Date', new Date(now()).toUTCString()];
    return answered(url, reply.status, head, JSON.stringify(reply.body));
  }
}

/** A signature that was good stays good; when its token expires is looked at once a minute of the service's time. */
class RememberingVerifier extends TokenVerifier {
  readonly #now: () => number;
  #good: { readonly authorization: string | undefined; readonly minute: number } | null = null;

  constructor(options: ConstructorParameters<typeof TokenVerifier>[0]) {
    super(options);
    this.#now = options.now;
  }

  override async check(authorization: string | undefined): Promise<void> {
    const minute = Math.floor(this.#now() / 60_000);
    if (this.#good?.authorization !== authorization || this.#good?.minute !== minute) {
      await super.check(authorization);
      this.#good = { authorization, minute };
    }
  }
}

/** As much of Node's message as the service reads. */
function messageOf({ method, url, headers, body = '' }: HttpRequest): IncomingMessage {
  const message = Readable.from(body === '' ? [] : [Buffer.from(body)]);
  return Object.assign(message, {
    method,
    url: `${url.pathname}${url.search}`,
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
  }) as unknown as IncomingMessage;
}

/** @param head names and values in turns, as Node takes them */
function answered(url: URL, status: number, head: readonly string[], body: string): HttpOutcome {
  const header = (name: string): string | null => {
    const at = head.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name.toLowerCase());
    return at < 0 ? null : (head[at + 1] ?? '');
  };
  return { reply: { url, status, statusText: '', header, body } };
}

function failed(failure: 'dropped' | 'cutShort' | 'unconnected' | 'timedOut'): HttpOutcome {
  const kind = failure === 'cutShort' ? 'badReply' : 'unreachable';
  return { failure, error: new ServiceError(kind, `It failed: ${failure}`) };
}
