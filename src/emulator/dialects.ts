/**
 * What the service is not documented to do, or nothing recorded shows: each is a switch, so that a client can be tried
 * both ways. The reasons for the defaults are in docs/emulator.md.
 */
export interface Dialects {
  /** `or` in $filter; refused with 400 otherwise, as are the following two. */
  readonly or: boolean;
  readonly ne: boolean;
  readonly orderby: boolean;
  /** `tolower()` in $filter. */
  readonly tolower: boolean;
  /** The order of jobs without $orderby. */
  readonly 'list-order': ListOrder;
  readonly inlinecount: boolean;
  /** Whether a page that the server cuts has a link to the next; a number is also the size of its pages. */
  readonly nextLink: boolean | number;
  /** `$select` on tasks. */
  readonly 'select-on-tasks': boolean;
  /** Seconds in the Retry-After header of 429 and 503; null for no such header. */
  readonly 'retry-after': number | null;
  readonly throttle: Throttling | null;
  /** Status of a refused DELETE. */
  readonly 'refused-delete': number;
  /** Progress of tasks that failed or were canceled. */
  readonly 'progress-on-failure': ProgressOnFailure;
  /** Whether a job that is nearly done can end Finished although it was Canceling. */
  readonly 'cancel-can-finish': boolean;
  /** Whether the set EncodingReservedUnitTypes is not there (404). */
  readonly 'no-reserved-units': boolean;
  /** Most jobs in one answer of MK.IO and Ravnur. */
  readonly 'v3-page': number;
  /** How those two write the address of the next page. */
  readonly 'v3-links': LinkForm;
  /** Whether queued jobs and outputs are in a state that no version knows. */
  readonly 'v3-unknown-state': boolean;
  /** Whether no job and output says when it started. */
  readonly 'v3-no-start-time': boolean;
  /** Whether the progress of outputs that are not final is null. */
  readonly 'v3-null-progress': boolean;
  /** Whether a job is Finished although an output failed, where another did not (`onError: ContinueJob`). */
  readonly 'v3-continue-job': boolean;
  /** What MK.IO reads in $filter beside comparisons and `and`. */
  readonly 'mkio-filter': MkioFilter;
  /** Whether MK.IO answers 404 where a list would be empty. */
  readonly 'mkio-empty-404': boolean;
  /** Whether the `error` of MK.IO's refusals is text, as it was once. */
  readonly 'mkio-error-text': boolean;
  /** How Ravnur takes states in $filter; with `none` it takes no $filter. */
  readonly 'ravnur-filter': RavnurFilter;
}

export interface Throttling {
  readonly status: 429 | 503;
  /** Requests to the API within a second of real time that are answered. */
  readonly perSecond: number;
}

/** By time of creation, or in one that has nothing to do with it but stays the same. */
export type ListOrder = 'newest' | 'oldest' | 'shuffled';

export type ProgressOnFailure = 'kept' | 'zero' | 'hundred';

/** Each service's own, or one for both: relative to the host, with the host, or percent-encoded as a whole. */
export type LinkForm = 'own' | 'relative' | 'absolute' | 'encoded';

/** `contains`, as seen in production; `or` and `ne` as well; none of these. */
export type MkioFilter = 'seen' | 'full' | 'bare';

/** `Microsoft.Media.JobState'Finished'` as in AMS v3, `'Finished'` as in MK.IO, or not at all. */
export type RavnurFilter = 'typed' | 'plain' | 'none';

export type DialectKey = keyof Dialects;

/**
 * Neither service says how long its pages are (AMS v3: "do not rely on a size"). That of v2, so that an account which
 * fits into one answer there does here.
 */
const largestV3Page = 1000;

/** Nothing that is not documented, observed or in client code. */
export const allOff: Dialects = {
  or: false,
  ne: false,
  orderby: false,
  tolower: false,
  'list-order': 'newest',
  inlinecount: false,
  nextLink: false,
  'select-on-tasks': false,
  'retry-after': null,
  throttle: null,
  'refused-delete': 400,
  'progress-on-failure': 'kept',
  'cancel-can-finish': false,
  'no-reserved-units': false,
  'v3-page': largestV3Page,
  'v3-links': 'own',
  'v3-unknown-state': false,
  'v3-no-start-time': false,
  'v3-null-progress': false,
  'v3-continue-job': false,
  'mkio-filter': 'seen',
  'mkio-empty-404': false,
  'mkio-error-text': false,
  'ravnur-filter': 'typed',
};

/** Answers for more requests in a second than a careful client sends. */
const usualPerSecond = 100;
const usualRetryAfter = 1;

/** Everything a client must be able to live with. */
export const allOn: Dialects = {
  or: true,
  ne: true,
  orderby: true,
  tolower: true,
  'list-order': 'oldest',
  inlinecount: true,
  nextLink: true,
  'select-on-tasks': true,
  'retry-after': usualRetryAfter,
  throttle: { status: 429, perSecond: usualPerSecond },
  'refused-delete': 409,
  'progress-on-failure': 'hundred',
  'cancel-can-finish': true,
  'no-reserved-units': true,
  'v3-page': 5,
  'v3-links': 'encoded',
  'v3-unknown-state': true,
  'v3-no-start-time': true,
  'v3-null-progress': true,
  'v3-continue-job': true,
  'mkio-filter': 'bare',
  'mkio-empty-404': true,
  'mkio-error-text': true,
  'ravnur-filter': 'none',
};

/** How a test or a team says which dialects it wants; what a table leaves out is off. */
export type DialectChoice = 'allOn' | 'allOff' | Partial<Dialects>;

export function chooseDialects(choice: DialectChoice = {}): Dialects {
  if (choice === 'allOn' || choice === 'allOff') {
    return choice === 'allOn' ? allOn : allOff;
  }
  return { ...allOff, ...choice };
}

/** A dialect that does not exist, or a value it does not have; the message is one plain sentence. */
export class DialectError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DialectError';
  }
}

/**
 * Reads one switch as a person writes it.
 *
 * @throws DialectError
 */
export function readDialect(key: string, value: string): Partial<Dialects> {
  if (key === 'all') {
    return refuseUndefined(key, value, value === 'on' ? allOn : value === 'off' ? allOff : undefined);
  }
  if (!isDialectKey(key)) {
    throw new DialectError(`There is no dialect '${key}'.`);
  }
  return { [key]: refuseUndefined(key, value, readers[key](value)) };
}

/** A switch as `readDialect` takes it. */
export function writeDialect(value: Dialects[DialectKey]): string {
  if (typeof value === 'object' && value !== null) {
    return `${value.status}/${value.perSecond}`;
  }
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value ?? 'off');
}

/** All switches as text. */
export function writeDialects(dialects: Dialects): Record<string, string> {
  return Object.fromEntries(Object.entries(dialects).map(([key, value]) => [key, writeDialect(value)]));
}

/** @throws DialectError */
export function readDialects(table: Readonly<Record<string, string>>): Partial<Dialects> {
  return Object.assign({}, ...Object.entries(table).map(([key, value]) => readDialect(key, value)));
}

type Readers = { readonly [key in DialectKey]: (value: string) => Dialects[key] | undefined };

const readers: Readers = {
  or: readSwitch,
  ne: readSwitch,
  orderby: readSwitch,
  tolower: readSwitch,
  'list-order': (value) => readWord<ListOrder>(value, ['newest', 'oldest', 'shuffled']),
  inlinecount: readSwitch,
  nextLink: (value) => readSwitch(value) ?? readWhole(value, 1, 1000),
  'select-on-tasks': readSwitch,
  'retry-after': (value) => readOff(value, () => (value === 'on' ? usualRetryAfter : readWhole(value, 0, 3600))),
  throttle: (value) => readOff(value, () => readThrottling(value)),
  'refused-delete': (value) => (value === 'off' ? allOff['refused-delete'] : readWhole(value, 400, 599)),
  'progress-on-failure': (value) => readWord<ProgressOnFailure>(value, ['kept', 'zero', 'hundred']),
  'cancel-can-finish': readSwitch,
  'no-reserved-units': readSwitch,
  'v3-page': (value) => (value === 'off' ? largestV3Page : readWhole(value, 1, largestV3Page)),
  'v3-links': (value) => readWord<LinkForm>(value, ['own', 'relative', 'absolute', 'encoded']),
  'v3-unknown-state': readSwitch,
  'v3-no-start-time': readSwitch,
  'v3-null-progress': readSwitch,
  'v3-continue-job': readSwitch,
  'mkio-filter': (value) => readWord<MkioFilter>(value, ['seen', 'full', 'bare']),
  'mkio-empty-404': readSwitch,
  'mkio-error-text': readSwitch,
  'ravnur-filter': (value) => readWord<RavnurFilter>(value, ['typed', 'plain', 'none']),
};

/** What a task shows that failed or was canceled, percent; null for what it had. */
export function lostProgress({ 'progress-on-failure': kind }: Dialects): number | null {
  return { kept: null, zero: 0, hundred: 100 }[kind];
}

/** What each switch takes, for help and for refusals. */
export const dialectValues: { readonly [key in DialectKey]: string } = {
  or: 'on, off',
  ne: 'on, off',
  orderby: 'on, off',
  tolower: 'on, off',
  'list-order': 'newest, oldest, shuffled',
  inlinecount: 'on, off',
  nextLink: 'on, off, a page size 1-1000',
  'select-on-tasks': 'on, off',
  'retry-after': 'on, off, seconds 0-3600',
  throttle: 'off, 429, 503, either with a rate as in 503/5',
  'refused-delete': 'a status 400-599',
  'progress-on-failure': 'kept, zero, hundred',
  'cancel-can-finish': 'on, off',
  'no-reserved-units': 'on, off',
  'v3-page': `a page size 1-${largestV3Page}`,
  'v3-links': 'own, relative, absolute, encoded',
  'v3-unknown-state': 'on, off',
  'v3-no-start-time': 'on, off',
  'v3-null-progress': 'on, off',
  'v3-continue-job': 'on, off',
  'mkio-filter': 'seen, full, bare',
  'mkio-empty-404': 'on, off',
  'mkio-error-text': 'on, off',
  'ravnur-filter': 'typed, plain, none',
};

function isDialectKey(key: string): key is DialectKey {
  return Object.hasOwn(allOff, key);
}

function refuseUndefined<T>(key: string, value: string, read: T | undefined): T {
  if (read === undefined) {
    const wanted = isDialectKey(key) ? dialectValues[key] : 'on, off';
    throw new DialectError(`The dialect '${key}' takes ${wanted}, but got '${value}'.`);
  }
  return read;
}

function readSwitch(value: string): boolean | undefined {
  return value === 'on' || value === 'off' ? value === 'on' : undefined;
}

/** One of these, `off` being the first. */
function readWord<T extends string>(value: string, words: readonly [T, ...T[]]): T | undefined {
  return value === 'off' ? words[0] : words.find((word) => word === value);
}

function readOff<T>(value: string, read: () => T | undefined): T | null | undefined {
  return value === 'off' ? null : read();
}

function readWhole(value: string, low: number, high: number): number | undefined {
  const whole = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  return whole >= low && whole <= high ? whole : undefined;
}

function readThrottling(value: string): Throttling | undefined {
  const { status, rate } = /^(?<status>429|503)(?:\/(?<rate>\d+))?$/.exec(value)?.groups ?? {};
  const perSecond = rate === undefined ? usualPerSecond : readWhole(rate, 1, 10_000);
  return status === undefined || perSecond === undefined
    ? undefined
    : { status: status === '429' ? 429 : 503, perSecond };
}
