/** When to ask a service next: a pure function of who is looking and of how the last polls went. */

/** What people have set. All in milliseconds. */
export interface PollSettings {
  /** Off: nothing is asked but what a person or a caller waits for. */
  readonly automatic: boolean;
  readonly listIntervalMs: number;
  readonly trackedIntervalMs: number;
  /** Whether people are told of the end of jobs that nobody looks at. */
  readonly notifiesOfAll: boolean;
}

/** Who looks at one account at the moment. */
export interface PollDemand {
  readonly windowFocused: boolean;
  readonly listVisible: boolean;
  /** Whether a job of the account is active. */
  readonly listActive: boolean;
  /** Whether the tracked job is in this account and active. */
  readonly tracked: boolean;
  /** Whether a command waits for a job of this account. */
  readonly waitedFor: boolean;
  /** Whether a job of the account is being canceled. */
  readonly canceling: boolean;
}

/** How the last polls of one kind went. */
export interface PollHistory {
  /** Polls in a row that brought nothing new. */
  readonly unchanged: number;
  /** Polls in a row that failed. */
  readonly failed: number;
  /** What the service asked to wait, in milliseconds, after a poll that failed. */
  readonly retryAfterMs: number | null;
  /**
   * From 0 to 1, drawn once when a poll fails: it spreads retries, so that windows do not retry in step. Drawn anew
   * with each look at the schedule, it would move a retry that is already due.
   */
  readonly jitter: number;
}

export const calm: PollHistory = { unchanged: 0, failed: 0, retryAfterMs: null, jitter: 0 };

/**
 * What there is to ask: `watched` are single jobs that somebody follows, `list` is what the panel shows, `background` the
 * active jobs while nobody looks, for those who want to be told.
 */
export type PollKind = 'watched' | 'list' | 'background';

export const pollKinds: readonly PollKind[] = ['watched', 'list', 'background'];

export const calmHistory: Readonly<Record<PollKind, PollHistory>> = { watched: calm, list: calm, background: calm };

/** Milliseconds to wait from the end of the last poll of each kind, or `null` for "do not ask". */
export type PollDelays = Readonly<Record<PollKind, number | null>>;

const unfocusedFactor = 4;
const quietListIntervalMs = 60_000;
const backgroundIntervalMs = 60_000;
const maxQuietWatchedMs = 30_000;
const maxQuietListMs = 60_000;
const maxQuietOtherMs = 5 * 60_000;
const firstRetryMs = 5_000;
const maxRetryMs = 5 * 60_000;

export function pollDelays(
  settings: PollSettings,
  demand: PollDemand,
  history: Readonly<Record<PollKind, PollHistory>>,
): PollDelays {
  const { automatic, listIntervalMs, trackedIntervalMs, notifiesOfAll } = settings;
  const factor = demand.windowFocused ? 1 : unfocusedFactor;
  const isFollowed = demand.waitedFor || (automatic && demand.tracked);
  const isWatched = isFollowed || (automatic && demand.canceling);
  const listBase = demand.listActive ? listIntervalMs : Math.max(listIntervalMs, quietListIntervalMs);
  return {
    watched: isWatched
      ? delay(trackedIntervalMs * factor, isFollowed ? maxQuietWatchedMs : maxQuietOtherMs, history.watched)
      : null,
    list: automatic && demand.listVisible ? delay(listBase * factor, maxQuietListMs, history.list) : null,
    // Who wants to be told is elsewhere as a rule, so this one does not mind the focus.
    background: automatic && notifiesOfAll ? delay(backgroundIntervalMs, maxQuietOtherMs, history.background) : null,
  };
}

function delay(base: number, maxQuiet: number, history: PollHistory): number {
  // The first unchanged answer says little, as progress moves in steps; from then on the wait doubles.
  const doublings = Math.max(0, history.unchanged - 1);
  const quiet = Math.max(base, Math.min(maxQuiet, base * 2 ** Math.min(doublings, 16)));
  if (history.failed === 0) {
    return Math.max(quiet, history.retryAfterMs ?? 0);
  }
  const backOff = Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(history.failed - 1, 16));
  const jittered = backOff * (0.75 + 0.5 * history.jitter);
  return Math.max(base, jittered, history.retryAfterMs ?? 0);
}
