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
  /** Whether a view of its own shows an active job of the account. */
  readonly viewed: boolean;
  /** Whether a job of the account is being canceled. */
  readonly canceling: boolean;
}

/**
 * What there is to ask: `watched` are single jobs that somebody follows, `list` is what the panel shows, `background` the
 * active jobs while nobody looks, for those who want to be told.
 */
export type PollKind = 'watched' | 'list' | 'background';

export const pollKinds: readonly PollKind[] = ['watched', 'list', 'background'];

/** What there is to ask at the moment, as nobody is asked for more than somebody wants to know. */
export function wishesOf(settings: PollSettings, demand: PollDemand): Readonly<Record<PollKind, boolean>> {
  const { automatic, notifiesOfAll } = settings;
  return {
    watched: demand.waitedFor || (automatic && (demand.tracked || demand.viewed || demand.canceling)),
    list: automatic && demand.listVisible,
    background: automatic && notifiesOfAll,
  };
}
