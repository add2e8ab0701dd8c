import type { AmsAccount, AmsAuthentication } from '../../../src/client/account.ts';
import type { MediaServicesClientOptions } from '../../../src/client/clientBundle.ts';
import { type Clock, systemClock } from '../../../src/jobs/clock.ts';
import { ServiceError, type ServiceErrorKind } from '../../../src/jobs/serviceError.ts';
import { type LoopbackCertificates, makeCertificates } from '../../support/certificates.ts';
import { type Connected, connectTo } from '../../support/serviceKinds.ts';

export const jobId = 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1';

/** The job of Microsoft's "How to check job progress using REST API", as the service wrote it. */
export const documentedJob = {
  Id: jobId,
  Name: 'Encoding BigBuckBunny into to H264 Adaptive Bitrate MP4 Set 720p',
  Created: '2015-02-11T01:46:08.897',
  LastModified: '2015-02-11T01:46:08.897',
  EndTime: null,
  Priority: 0,
  RunningDuration: 0,
  StartTime: '2015-02-11T01:46:16.58',
  State: 2,
  TemplateId: null,
  JobNotificationSubscriptions: [],
};

/** Does not wait before it repeats something, but does before it gives up. */
export const impatientClock: Clock = {
  now: () => systemClock.now(),
  setTimeout: (callback, delayMs) => systemClock.setTimeout(callback, delayMs < 5000 ? 0 : delayMs),
};

let shared: Promise<LoopbackCertificates> | undefined;

/** One set of certificates per test file; making them takes a moment. */
export function certificates(): Promise<LoopbackCertificates> {
  shared ??= makeCertificates();
  return shared;
}

export interface Fixture extends Connected {
  /** What the endpoint cache holds. */
  kept: string | undefined;
  /** As whom the client said last that it is signed in. */
  identity: string | null;
}

export interface FixtureOptions extends Partial<Omit<MediaServicesClientOptions, 'account' | 'getSecret'>> {
  readonly endpoint: string;
  readonly authentication?: AmsAuthentication;
  readonly trustedHosts?: readonly string[];
  readonly secret?: string | undefined;
  readonly clock?: Clock;
  readonly kept?: string;
  /** The root certificate of the account's loopback origins; the one of `certificates()` where it is left out. */
  readonly ca?: string;
}

/** A client for one account; signed in with the pasted token `pasted-token` unless told otherwise. */
export async function makeClient(options: FixtureOptions): Promise<Fixture> {
  const ca = options.ca ?? (await certificates()).ca;
  const account: AmsAccount = {
    name: 'contoso',
    kind: 'ams',
    endpoint: options.endpoint,
    authentication: options.authentication ?? { method: 'token' },
    trustedHosts: options.trustedHosts ?? [],
    ca,
  };
  const state: Omit<Fixture, keyof Connected> = { kept: options.kept, identity: null };
  const secret = 'secret' in options ? options.secret : 'pasted-token';
  const connected = connectTo(account, () => secret, {
    endpointCache: {
      load: () => state.kept,
      save: (value) => {
        state.kept = value;
      },
    },
    onIdentity: (identity) => {
      state.identity = identity;
    },
    ...options,
  });
  return Object.assign(state, connected);
}

/** The error that a promise rejects with; anything but a ServiceError of the kind fails the test. */
export async function failure(promise: Promise<unknown>, kind?: ServiceErrorKind): Promise<ServiceError> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    if (!ServiceError.is(error)) {
      throw new Error('Expected a ServiceError.', { cause: error });
    }
    if (kind !== undefined && error.kind !== kind) {
      throw new Error(`Expected ${kind} but got ${error.kind}: ${error.message}`, { cause: error });
    }
    return error;
  }
  throw new Error(`Expected a failure but got ${JSON.stringify(value)}`);
}
