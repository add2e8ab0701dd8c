import type { JobsClient } from '../jobs/jobsClient.ts';
import type { Disposable } from '../jobs/lifecycle.ts';
import { ServiceError } from '../jobs/serviceError.ts';

/** The client of one account, whatever its kind. */
export interface ServiceClient extends JobsClient, Disposable {
  /** The API root in use: the configured one, or the one that a redirect has named. */
  readonly endpoint: string;

  /** Gets a new token while a person waits who may be asked: by a window of VS Code, a browser, a code. */
  signIn(signal?: AbortSignal): Promise<void>;

  /** Forgets the API root that was found, and what was learned of it, as at sign-out. */
  forgetEndpoint(): void;

  /** Forgets the token, as when its secret has changed. */
  forgetToken(): void;
}

/** Runs what a method of a client does. It rejects with a `ServiceError`, also where it throws before its first await. */
export async function guard<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw ServiceError.from(error);
  }
}
