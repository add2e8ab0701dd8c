/** Why a service could not be asked, in terms that callers act on. No caller reads a message to learn what happened. */
export type ServiceErrorKind =
  /** The authority or the service refuses who we are: wrong or expired secret, rejected token. */
  | 'signIn'
  /** A secret is needed before anything can be sent, and nobody has entered it yet. */
  | 'secretMissing'
  /** We are known, but not allowed (403). */
  | 'permission'
  | 'notFound'
  /** The request itself is wrong (400), or an argument was refused before any request. */
  | 'badRequest'
  /** The job's state does not allow what was asked (409 and the documented 400s of cancel and delete). */
  | 'conflict'
  /** 429, or 503 from a busy service. */
  | 'throttled'
  /** No answer: name resolution, connection, TLS, time-out, 5xx. */
  | 'unreachable'
  /** A redirect or next link to an origin that the account does not trust, or a redirect without end. */
  | 'untrustedRedirect'
  /** An answer that is not what the protocol says: no JSON, cut short, too large. */
  | 'badReply'
  /** The account's settings do not say enough, or say something wrong. */
  | 'configuration'
  /** The caller gave up. */
  | 'aborted';

/** What helps a person out, where the kind alone does not tell. */
export type Remedy =
  /** The account's entry in the settings holds something wrong: tenant, client, address. */
  | 'editAccount'
  /** The proxy between here and the service. */
  | 'proxySettings'
  /** Which root certificates are trusted. */
  | 'certificateSettings';

export interface ServiceErrorDetails {
  /** HTTP status of the answer, where there was one. */
  readonly status?: number;
  /** The service's `x-ms-request-id`, where there was one. */
  readonly requestId?: string;
  /** How long the service asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The origin (scheme, host, port) that an untrusted redirect pointed to. */
  readonly untrustedOrigin?: string;
  readonly remedy?: Remedy;
  readonly cause?: unknown;
}

/** The one error that clients throw. `message` is a plain sentence for people and never holds a token or a secret. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly kind: ServiceErrorKind;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly untrustedOrigin: string | undefined;
  readonly remedy: Remedy | undefined;

  constructor(kind: ServiceErrorKind, message: string, details: ServiceErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.status = details.status;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
    this.untrustedOrigin = details.untrustedOrigin;
    this.remedy = details.remedy;
  }

  /**
   * Recognises the class by its marker instead of `instanceof`, which fails between separately bundled copies of it.
   */
  static is(error: unknown): error is ServiceError {
    return error instanceof Error && error.name === 'ServiceError' && 'kind' in error;
  }

  /** Any thrown value as a ServiceError; what is not one becomes `badReply` with the original as its cause. */
  static from(error: unknown): ServiceError {
    if (ServiceError.is(error)) {
      return error;
    }
    if (error instanceof Error && error.name === 'AbortError') {
      return new ServiceError('aborted', 'The request was canceled.', { cause: error });
    }
    const message = error instanceof Error ? error.message : String(error);
    return new ServiceError('badReply', message, { cause: error });
  }
}
