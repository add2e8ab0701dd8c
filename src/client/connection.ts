import type { Clock } from '../jobs/clock.ts';
import type { Exchange } from '../jobs/exchange.ts';
import type { Disposable } from '../jobs/lifecycle.ts';
import type { ServiceAccount } from './account.ts';
import { Endpoint, type EndpointCache } from './endpoint.ts';
import { type HttpLimits, HttpSender } from './httpSender.ts';
import { identityOf } from './identityOf.ts';
import { type RequestToken, TokenCache } from './tokenCache.ts';
import { type RestProtocol, Transport } from './transport.ts';

export interface ConnectionOptions {
  readonly clock: Clock;
  /** The account's secret, such as a client secret, a key or a token; `undefined` where nobody has entered it yet. */
  readonly getSecret: () => Promise<string | undefined>;
  /** Hears as whom the account is signed in, each time that a token has come. */
  readonly onIdentity?: ((identity: string | null) => void) | undefined;
  /** Keeps the API root that was found for this account. */
  readonly endpointCache: EndpointCache;
  /** Hears of every request with its response, tokens and secrets taken out. */
  readonly onExchange: (exchange: Exchange) => void;
  /** A number from 0 up to 1, for the jitter of repetitions; `Math.random` where it is left out. */
  readonly random?: (() => number) | undefined;
  /** What requests call themselves; the extension adds its version. */
  readonly userAgent?: string | undefined;
  readonly limits?: HttpLimits | undefined;
}

/** What a client has of its connection. */
export type ClientConnection = Pick<Connection, 'endpoint' | 'tokens' | 'transport' | 'dispose'>;

/** How the clients of all services reach theirs: tokens, endpoint, requests and the log of exchanges. */
export class Connection implements Disposable {
  readonly endpoint: Endpoint;
  readonly tokens: TokenCache;
  readonly transport: Transport;
  readonly #sender: HttpSender;

  /**
   * @param tokenSource makes what gets the account's tokens; requests of its own go through the sender
   * @throws ServiceError `configuration` where the account's endpoint cannot be used
   */
  constructor(
    account: ServiceAccount,
    protocol: RestProtocol,
    options: ConnectionOptions,
    tokenSource: (sender: HttpSender) => RequestToken,
  ) {
    const { clock, onExchange, limits, onIdentity, random = Math.random, userAgent = 'media-services-jobs' } = options;
    const endpoint = new Endpoint(account, options.endpointCache);
    const sender = new HttpSender({ account: account.name, clock, onExchange, ca: account.ca, limits });
    const tokens = new TokenCache(tokenSource(sender), clock, (token) => onIdentity?.(identityOf(token)));
    this.endpoint = endpoint;
    this.tokens = tokens;
    this.transport = new Transport({ protocol, sender, tokens, endpoint, clock, random, userAgent });
    this.#sender = sender;
  }

  /** Ends every request under way with `aborted`. */
  dispose(): void {
    this.tokens.dispose();
    this.#sender.dispose();
  }
}
