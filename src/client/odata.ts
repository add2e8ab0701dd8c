import { maxTime } from '../jobs/clock.ts';
import { ServiceError } from '../jobs/serviceError.ts';

/**
 * Reads OData v3 JSON in the two forms that Media Services answers with: minimal metadata
 * (`application/json;odata=minimalmetadata`) and verbose (`application/json;odata=verbose`). Everything here comes from
 * outside: only own properties are read, and what has the wrong type is `null` or a `badReply`.
 */

/** A page of entities. */
export interface Collection {
  readonly rows: readonly unknown[];
  /** Where the collection goes on, as the service wrote it: absolute or relative. */
  readonly nextLink: string | null;
}

/** The value of an object's own property; `undefined` for anything that is not an object or has none. */
export function ownProperty(value: unknown, name: string): unknown {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** @throws ServiceError `badReply` for what is no JSON. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Not as the cause: its message quotes the body.
    throw new ServiceError('badReply', 'The service did not answer in valid JSON.');
  }
}

/**
 * Minimal: `{"value":[…],"odata.nextLink":…}`. Verbose: `{"d":{"results":[…],"__next":…}}`, and `{"d":[…]}` as version 1
 * of the protocol wrote it.
 */
export function readCollection(document: unknown): Collection {
  const d = ownProperty(document, 'd');
  const rows = [ownProperty(document, 'value'), ownProperty(d, 'results'), d].find(Array.isArray);
  if (rows === undefined) {
    throw new ServiceError('badReply', 'The service did not answer with a list.');
  }
  const nextLink = ownProperty(document, 'odata.nextLink') ?? ownProperty(d, '__next');
  return { rows, nextLink: typeof nextLink === 'string' && nextLink !== '' ? nextLink : null };
}

/** Minimal: the properties at the top level. Verbose: `{"d":{…}}`. */
export function readEntity(document: unknown): object {
  const entity = ownProperty(document, 'd') ?? document;
  if (entity === null || typeof entity !== 'object' || Array.isArray(entity)) {
    throw new ServiceError('badReply', 'The service did not answer with an entity.');
  }
  return entity;
}

/** One property asked for by its own URL. Minimal: `{"value":2}`. Verbose: `{"d":{"State":2}}`. */
export function readProperty(document: unknown, name: string): unknown {
  return ownProperty(ownProperty(document, 'd'), name) ?? ownProperty(document, 'value');
}

/** A collection inside an entity. Minimal: `[…]`. Verbose: `{"results":[…]}`. Anything else counts as empty. */
export function readNested(value: unknown): readonly unknown[] {
  const rows: unknown = Array.isArray(value) ? value : ownProperty(value, 'results');
  return Array.isArray(rows) ? rows : [];
}

export function readText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A number, also one written as a string, as the protocol writes 64-bit integers. */
export function readNumber(value: unknown): number | null {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : null;
  }
  return typeof value === 'string' && /^-?\d{1,20}(?:\.\d{1,20})?$/.test(value) ? Number(value) : null;
}

/** Percent, 0 to 100. */
export function readProgress(value: unknown): number | null {
  const progress = readNumber(value);
  return progress === null ? null : Math.min(100, Math.max(0, progress));
}

const ticksTime = /^\/Date\((-?\d{1,16})(?:[+-]\d{1,4})?\)\/$/;
const zone = /^[+-]\d\d:\d\d$/;

/**
 * A time in milliseconds since the Unix epoch. The service writes `2015-02-11T01:46:08.897` with 0 to 7 digits of
 * fraction, with and without `Z`, and in some verbose answers `/Date(1587084991763)/`. A missing zone is UTC. The
 * default time of .NET, `0001-01-01T00:00:00`, means that there is none.
 */
export function readTime(value: unknown): number | null {
  if (typeof value !== 'string') {
    return null;
  }
  if (value.charCodeAt(0) === slash) {
    const ticks = ticksTime.exec(value)?.[1];
    return ticks === undefined ? null : inRange(Number(ticks));
  }
  return readIsoTime(value);
}

const slash = 0x2f;
const zero = 0x30;
const nine = 0x39;
const dash = 0x2d;
const colon = 0x3a;
const point = 0x2e;
const letterT = 0x54;
const letterZ = 0x5a;
const mostPlaces = 9;

/** `2015-02-11T01:46` */
const minuteLength = 16;
/** `2015-02-11T01:46:08` */
const secondLength = 19;

/** By character codes: a page of 1,000 jobs has up to 4,000 times, and a pattern takes ten times as long. */
function readIsoTime(text: string): number | null {
  if (text.length < minuteLength) {
    return null;
  }
  const century = digits(text, 0);
  const ofCentury = digits(text, 2);
  const month = digits(text, 5);
  const day = digits(text, 8);
  const hour = digits(text, 11);
  const minute = digits(text, 14);
  if (
    // One negative number makes the whole negative. Years before 100 mean that there is no time.
    (century | ofCentury | month | day | hour | minute) < 0 ||
    text.charCodeAt(4) !== dash ||
    text.charCodeAt(7) !== dash ||
    text.charCodeAt(10) !== letterT ||
    text.charCodeAt(13) !== colon ||
    century === 0 ||
    month === 0 ||
    month > 12 ||
    day === 0 ||
    hour > 23 ||
    minute > 59
  ) {
    return null;
  }
  const year = century * 100 + ofCentury;
  if (day > 28 && day > daysIn(year, month)) {
    return null;
  }
  let end = minuteLength;
  let milliseconds = 0;
  if (text.charCodeAt(end) === colon) {
    end = secondLength;
    const second = text.length < end ? -1 : digits(text, end - 2);
    if (second < 0 || second > 59) {
      return null;
    }
    milliseconds = second * 1000;
    if (text.charCodeAt(end) === point) {
      end = endOfDigits(text, end + 1);
      const places = end - secondLength - 1;
      if (places === 0 || places > mostPlaces) {
        return null;
      }
      milliseconds += thousandths(text, secondLength + 1, places);
    }
  }
  const offset = end === text.length ? 0 : offsetMs(text, end);
  return offset === null
    ? null
    : (daysTo(year, month, day) * 1440 + hour * 60 + minute) * 60_000 + milliseconds - offset;
}

/** The number that two characters stand for, both of which there are; negative where they are no digits. */
function digits(text: string, index: number): number {
  const tens = text.charCodeAt(index);
  const ones = text.charCodeAt(index + 1);
  // What is below zero or above nine makes a difference negative, and with it the whole. Without branches, which is
  // what makes the difference here.
  const isOutside = ((tens - zero) | (nine - tens) | (ones - zero) | (nine - ones)) < 0;
  return isOutside ? -1 : (tens - zero) * 10 + ones - zero;
}

function endOfDigits(text: string, start: number): number {
  let end = start;
  while (end < text.length && text.charCodeAt(end) >= zero && text.charCodeAt(end) <= nine) {
    end++;
  }
  return end;
}

/** The first three digits of a fraction; what is finer is cut off. */
function thousandths(text: string, start: number, places: number): number {
  const tenths = (text.charCodeAt(start) - zero) * 100;
  const hundredths = places > 1 ? (text.charCodeAt(start + 1) - zero) * 10 : 0;
  return tenths + hundredths + (places > 2 ? text.charCodeAt(start + 2) - zero : 0);
}

/** What stands behind the time: `Z`, or a zone; `null` for anything else. */
function offsetMs(text: string, start: number): number | null {
  if (text.charCodeAt(start) === letterZ && start + 1 === text.length) {
    return 0;
  }
  if (!zone.test(text.slice(start))) {
    return null;
  }
  const minutes = digits(text, start + 1) * 60 + digits(text, start + 4);
  return (text.charCodeAt(start) === dash ? -minutes : minutes) * 60_000;
}

function daysIn(year: number, month: number): number {
  if (month === 2) {
    return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  }
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from the Unix epoch to a date of the Gregorian calendar, counted in years that begin in March. */
function daysTo(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const marchMonth = month > 2 ? month - 3 : month + 9;
  const leapDays = whole(marchYear / 4) - whole(marchYear / 100) + whole(marchYear / 400);
  return marchYear * 365 + leapDays + whole((153 * marchMonth + 2) / 5) + day - 1 - daysToEpoch;
}

/** A number that is not negative without its fraction, as an integer that takes no room in memory. */
function whole(number: number): number {
  return number | 0;
}

/** From 1 March of the year 0 to 1 January 1970. */
const daysToEpoch = 719_468;

/** The times that a `Date` can hold. */
function inRange(time: number): number | null {
  return Math.abs(time) <= maxTime ? time : null;
}
