import type { ServiceCapabilities } from './serviceCapabilities.ts';
import type { ServiceError } from './serviceError.ts';

/** How things stand with an account, so that every view says the same of it. */
export type AccountStatus =
  /** Nothing was asked yet. */
  | { readonly state: 'idle' }
  /** The service answered; what we show is as of then (milliseconds since the Unix epoch). */
  | { readonly state: 'ready'; readonly asOf: number }
  /** The last request failed. What we know is as of `asOf`, `null` where nothing is known. */
  | { readonly state: 'failed'; readonly error: ServiceError; readonly asOf: number | null };

/** What is known of an account's list of jobs, under the filter that is on. */
export interface Listing {
  /** Whether a first page has arrived. */
  readonly loaded: boolean;
  /** Whether the service has more jobs than were loaded. */
  readonly hasMore: boolean;
  /** How many rows people want to see; they ask for more page by page. */
  readonly wanted: number;
  /**
   * Every job that was created from then on is known, in milliseconds since the Unix epoch. Of older ones only some are,
   * as of a search; without a filter they would look like all there are.
   */
  readonly knownFrom: number;
  /** How many jobs the account has in all, or `null` where nobody knows. */
  readonly total: number | null;
  /** How many jobs a search that is under way has looked at, or `null` where none is. */
  readonly searched: number | null;
}

export const idleStatus: AccountStatus = { state: 'idle' };
export const emptyListing: Listing = {
  loaded: false,
  hasMore: false,
  wanted: 0,
  knownFrom: Number.NEGATIVE_INFINITY,
  total: null,
  searched: null,
};

/** What views have to know of an account beyond its jobs. */
export interface AccountSummary {
  readonly name: string;
  readonly isEmulator: boolean;
  /** Whether a person signs in to it: enters a secret, or their name in a browser. */
  readonly asksForSecret: boolean;
  readonly capabilities: ServiceCapabilities;
  /** As whom it was signed in last, where that is known. */
  readonly identity?: string;
}

/** A wrong entry of the accounts setting, in words for the person who wrote it. */
export interface AccountProblem {
  /** Position in the setting, from 0. */
  readonly index: number;
  /** How to name the entry: its name where it has one. */
  readonly label: string;
  readonly message: string;
}

/** Which accounts there are, and which entries of the setting are none. */
export interface AccountsModel {
  readonly accounts: readonly AccountSummary[];
  readonly problems: readonly AccountProblem[];
}
