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
  const number = typeof value === 'string' && /^-?\d{1,20}(?:\.\d{1,20})?$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

const isoTime = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?$/;
const ticksTime = /^\/Date\((-?\d{1,16})(?:[+-]\d{1,4})?\)\/$/;

/**
 * A time in milliseconds since the Unix epoch. The service writes `2015-02-11T01:46:08.897` with 0 to 7 digits of
 * fraction, with and without `Z`, and in some verbose answers `/Date(1587084991763)/`. A missing zone is UTC. The
 * default time of .NET, `0001-01-01T00:00:00`, means that there is none.
 */
export function readTime(value: unknown): number | null {
  if (typeof value !== 'string') {
    return null;
  }
  const ticks = ticksTime.exec(value)?.[1];
  if (ticks !== undefined) {
    return inRange(Number(ticks));
  }
  const match = isoTime.exec(value);
  if (!match) {
    return null;
  }
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone = 'Z'] = match;
  if (Number(year) < 100) {
    return null;
  }
  const date = `${year}-${month}-${day}`;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) {
    return null;
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return null;
  }
  const ofDay = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + milliseconds;
  return midnight + ofDay - offsetOf(zone);
}

function offsetOf(zone: string): number {
  if (zone === 'Z') {
    return 0;
  }
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** The times that a `Date` can hold. */
function inRange(time: number): number | null {
  return Math.abs(time) <= 8.64e15 ? time : null;
}
