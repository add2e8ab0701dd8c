import type { Clock } from '../jobs/clock.ts';
import type { Exchange } from '../jobs/exchange.ts';
import type { AmsAccount } from './account.ts';
import { Endpoint, type EndpointCache } from './endpoint.ts';
import { type HttpLimits, HttpSender } from './httpSender.ts';
import { identityOf } from './identityOf.ts';
import { MediaServicesClient } from './ams/mediaServicesClient.ts';
import type { SignInMemory, SignInPrompts } from './signInPrompts.ts';
import { TokenCache } from './tokenCache.ts';
import { type IdentityModule, tokenSourceOf } from './ams/tokenSource.ts';
import { Transport } from './transport.ts';

export interface MediaServicesClientOptions {
  readonly account: AmsAccount;
  readonly clock: Clock;
  /** Environment variables, read at each sign-in by the method `environment`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The account's secret (client secret, account key or token), or `undefined` where nobody has entered it yet. */
  readonly getSecret: () => Promise<string | undefined>;
  /** What signing in needs of the window. */
  readonly prompts: SignInPrompts;
  /** What is kept between two sign-ins of a person. */
  readonly memory: SignInMemory;
  /** Hears as whom the account is signed in, each time that a token has come. */
  readonly onIdentity?: ((identity: string | null) => void) | undefined;
  /** Loads the identity bundle when it is first needed. */
  readonly loadIdentity: () => IdentityModule | Promise<IdentityModule>;
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

/**
 * The entry of the client's bundle, which is loaded when the first account is asked: makes the client of one account.
 * Nothing is sent before one of its methods is called.
 * @throws ServiceError `configuration` where the account's endpoint cannot be used.
 */
export function createMediaServicesClient(options: MediaServicesClientOptions): MediaServicesClient {
  const { account, clock, env, getSecret, prompts, memory, loadIdentity, onExchange, onIdentity } = options;
  const endpoint = new Endpoint(account, options.endpointCache);
  const sender = new HttpSender({ account: account.name, clock, onExchange, ca: account.ca, limits: options.limits });
  const tokens = new TokenCache(
    tokenSourceOf(account, { clock, sender, env, getSecret, prompts, memory, loadIdentity, onExchange }),
    clock,
    (token) => onIdentity?.(identityOf(token)),
  );
  const transport = new Transport({
    sender,
    tokens,
    endpoint,
    clock,
    random: options.random ?? Math.random,
    userAgent: options.userAgent ?? 'media-services-jobs',
  });
  return new MediaServicesClient({ sender, tokens, endpoint, transport });
}
