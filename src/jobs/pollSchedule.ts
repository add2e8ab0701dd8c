/** When to ask a service next: a pure function of who is looking and of how the last polls went. */

/** What people have set. All in milliseconds. */
export interface PollSettings {
  /** Off: nothing is asked but what a person or a caller waits for. */
  readonly automatic: boolean;
  readonly listIntervalMs: number;
  readonly trackedIntervalMs: number;
}

/** Who looks at one account at the moment. */
export interface PollDemand {
  readonly windowFocused: boolean;
  readonly listVisible: boolean;
  /** Whether a job of the list is active. */
  readonly listActive: boolean;
  /** Whether a job of the list is Processing and below its end. */
  readonly listMoving: boolean;
  /** Whether a tracked or waited-for job is Processing and below its end. */
  readonly watchedMoving: boolean;
  /** Whether the tracked job is in this account and active. */
  readonly tracked: boolean;
  /** Whether a command waits for a job of this account. */
  readonly waitedFor: boolean;
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

/** Milliseconds to wait from the end of the last poll of each kind, or `null` for "do not ask". */
export interface PollDelays {
  readonly list: number | null;
  readonly watched: number | null;
}

const unfocusedFactor = 4;
const quietListIntervalMs = 60_000;
const maxQuietListMs = 60_000;
const maxQuietWatchedMs = 30_000;
const firstRetryMs = 5_000;
const maxRetryMs = 5 * 60_000;

export function pollDelays(
  settings: PollSettings,
  demand: PollDemand,
  history: { readonly list: PollHistory; readonly watched: PollHistory },
): PollDelays {
  const factor = demand.windowFocused ? 1 : unfocusedFactor;
  const wantsList = settings.automatic && demand.listVisible;
  const wantsWatched = demand.waitedFor || (settings.automatic && demand.tracked);
  const listBase = demand.listActive ? settings.listIntervalMs : Math.max(settings.listIntervalMs, quietListIntervalMs);
  return {
    list: wantsList ? delay(listBase * factor, maxQuietListMs, quietness(history.list, demand.listMoving)) : null,
    watched: wantsWatched
      ? delay(settings.trackedIntervalMs * factor, maxQuietWatchedMs, quietness(history.watched, demand.watchedMoving))
      : null,
  };
}

/**
 * Unchanged answers double the wait, up to 30 s for watched jobs and 60 s for the list, but never while one of them is
 * Processing and below its end: its progress moves in steps, and standing still for some answers is part of that.
 */
function quietness(history: PollHistory, moving: boolean): PollHistory {
  return moving ? { ...history, unchanged: 0 } : history;
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
