/** When to ask a service next: a pure function of who is looking and of how the last polls went. */

import { type PollDemand, type PollKind, type PollSettings, wishesOf } from './pollDemand.ts';

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
/** A service that asks for more than this is asked again all the same: a slip in its answer must not end the watching. */
const maxRetryAfterMs = 60 * 60_000;

export function pollDelays(
  settings: PollSettings,
  demand: PollDemand,
  history: Readonly<Record<PollKind, PollHistory>>,
): PollDelays {
  const { automatic, listIntervalMs, trackedIntervalMs } = settings;
  const wishes = wishesOf(settings, demand);
  const factor = demand.windowFocused ? 1 : unfocusedFactor;
  const isFollowed = demand.waitedFor || (automatic && (demand.tracked || demand.viewed));
  const listBase = demand.listActive ? listIntervalMs : Math.max(listIntervalMs, quietListIntervalMs);
  return {
    watched: wishes.watched
      ? delay(trackedIntervalMs * factor, isFollowed ? maxQuietWatchedMs : maxQuietOtherMs, history.watched)
      : null,
    list: wishes.list ? delay(listBase * factor, maxQuietListMs, history.list) : null,
    // Who wants to be told is elsewhere as a rule, so this one does not mind the focus.
    background: wishes.background ? delay(backgroundIntervalMs, maxQuietOtherMs, history.background) : null,
  };
}

function delay(base: number, maxQuiet: number, history: PollHistory): number {
  // The first unchanged answer says little, as progress moves in steps; from then on the wait doubles.
  const doublings = Math.max(0, history.unchanged - 1);
  const quiet = Math.max(base, Math.min(maxQuiet, base * 2 ** Math.min(doublings, 16)));
  const retryAfter = Math.min(maxRetryAfterMs, history.retryAfterMs ?? 0);
  if (history.failed === 0) {
    return Math.max(quiet, retryAfter);
  }
  const backOff = Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(history.failed - 1, 16));
  const jittered = backOff * (0.75 + 0.5 * history.jitter);
  return Math.max(base, jittered, retryAfter);
}
