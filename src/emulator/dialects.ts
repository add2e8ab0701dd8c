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
}

export interface Throttling {
  readonly status: 429 | 503;
  /** Requests to the API within a second of real time that are answered. */
  readonly perSecond: number;
}

/** By time of creation, or in one that has nothing to do with it but stays the same. */
export type ListOrder = 'newest' | 'oldest' | 'shuffled';

export type ProgressOnFailure = 'kept' | 'zero' | 'hundred';

export type DialectKey = keyof Dialects;

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
  'list-order': (value) => {
    const orders: readonly ListOrder[] = ['newest', 'oldest', 'shuffled'];
    return value === 'off' ? 'newest' : orders.find((order) => order === value);
  },
  inlinecount: readSwitch,
  nextLink: (value) => readSwitch(value) ?? readWhole(value, 1, 1000),
  'select-on-tasks': readSwitch,
  'retry-after': (value) => readOff(value, () => (value === 'on' ? usualRetryAfter : readWhole(value, 0, 3600))),
  throttle: (value) => readOff(value, () => readThrottling(value)),
  'refused-delete': (value) => (value === 'off' ? allOff['refused-delete'] : readWhole(value, 400, 599)),
  'progress-on-failure': (value) => {
    const kinds: readonly ProgressOnFailure[] = ['kept', 'zero', 'hundred'];
    return value === 'off' ? 'kept' : kinds.find((kind) => kind === value);
  },
  'cancel-can-finish': readSwitch,
  'no-reserved-units': readSwitch,
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
