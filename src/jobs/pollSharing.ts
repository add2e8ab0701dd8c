import type { JobRecord, JobTask } from './job.ts';
import type { Disposable, Event } from './lifecycle.ts';
import type { ServiceErrorKind } from './serviceError.ts';

/** A job as one window tells others of it. */
export interface SharedJob {
  readonly record: JobRecord;
  /** `null` where they were not asked for. */
  readonly tasks: readonly JobTask[] | null;
  readonly progress: number | null;
}

/** What the windows of a person know of one account together. All of it can be written as JSON; times are milliseconds. */
export interface SharedAccount {
  /** Whose jobs these are: changes with whatever makes them another account's. */
  readonly fingerprint: string;
  /** When all active jobs were last asked for; 0 for never. */
  readonly activeAt: number;
  /** When the first rows of the list were last asked for; 0 for never. */
  readonly headAt: number;
  /** When each of these jobs was last asked for by its id. */
  readonly watchedAt: Readonly<Record<string, number>>;
  /** When jobs turned out to be gone that were known before; of late. */
  readonly goneAt: Readonly<Record<string, number>>;
  /** Every active job that is known, and those that ended of late. */
  readonly jobs: readonly SharedJob[];
  /** The ids of the first rows of the list, in their order, and whether there are more. */
  readonly head: { readonly ids: readonly string[]; readonly hasMore: boolean } | null;
  /** How the last requests failed, where they did. */
  readonly failure: SharedFailure | null;
}

export interface SharedFailure {
  readonly kind: ServiceErrorKind;
  readonly message: string;
  readonly at: number;
  /** Failures in a row. */
  readonly count: number;
  /** What the service asked to wait. */
  readonly retryAfterMs: number | null;
}

/** The right to ask the service, which one window has at a time. Letting go of it twice does nothing. */
export type PollLease = Disposable;

/**
 * What the windows of a person share of one account, so that together they ask the service no more than one would.
 * Nothing here rejects: a window that cannot share works alone.
 */
export interface AccountSharing extends Disposable {
  /** What was last written, by whichever window; `null` where nothing was, or nothing of use. */
  read(): Promise<SharedAccount | null>;
  write(shared: Omit<SharedAccount, 'fingerprint'>): Promise<void>;
  /** Fires with what another window wrote. */
  readonly onDidChange: Event<SharedAccount>;
  /** The lease, or `null` while another window that is alive has it. It is renewed until it is let go of. */
  acquire(): Promise<PollLease | null>;
}

/** For a window that shares nothing. */
export const noSharing: AccountSharing = {
  read: () => Promise.resolve(null),
  write: () => Promise.resolve(),
  onDidChange: () => ({ dispose: () => undefined }),
  acquire: () => Promise.resolve({ dispose: () => undefined }),
  dispose: () => undefined,
};
