/**
 * One request with its response, as it may be shown to people: nothing of it can be read with its secrets in, so
 * nothing downstream can leak them. Most exchanges are never looked at, so messages may work out their parts when they
 * are first read; copy a message only where its parts are wanted.
 */
export interface Exchange {
  readonly account: string;
  /** The job that the exchange was about, where it was about one. */
  readonly jobId: string | null;
  readonly request: ExchangeMessage & { readonly method: string; readonly url: string };
  /** `null` where no response came. */
  readonly response: (ExchangeMessage & { readonly status: number; readonly statusText: string }) | null;
  /** Why no response came, or why it could not be used. */
  readonly error: string | null;
  /** When the request was sent, milliseconds since the Unix epoch. */
  readonly sentAt: number;
  readonly durationMs: number;
}

export interface ExchangeMessage {
  /** In the order of the wire; the Authorization header reads `Bearer <redacted>`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}
