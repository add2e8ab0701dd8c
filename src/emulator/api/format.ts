import type { EntityType, PrimitiveProperty, PrimitiveType, PrimitiveValue, Property } from './model.ts';
import { addressOf, namespace } from './model.ts';
import type { Selection } from './query.ts';

/** A form that refusals can have. */
export interface ErrorFormat {
  readonly contentType: string;
  /** The DataServiceVersion of an error. */
  readonly errorVersion: string;
  error(message: string): string;
}

/** One of the service's JSON forms, written out property by property: JSON.stringify cannot write `0.0`. */
export interface Format extends ErrorFormat {
  entity<E>(type: EntityType<E>, entity: E, context: EntityContext<E>): string;
  collection<E>(type: EntityType<E>, entities: readonly E[], context: CollectionContext<E>): string;
  /** A single property, as in `Jobs('…')/State`. */
  property<E>(property: PrimitiveProperty<E>, entity: E, apiRoot: string): string;
  /** The DataServiceVersion of a lone property's answer; entities with collections are always 3.0. */
  readonly propertyVersion: string;
  serviceDocument(sets: readonly string[], apiRoot: string): string;
}

export interface EntityContext<E> {
  /** The API root with its closing slash. */
  readonly apiRoot: string;
  readonly select: Selection<E> | null;
  /** The request's x-ms-version; decides which properties exist. */
  readonly version: number;
  /** Whether it is the answer to its creation, which has its dates in another way. */
  readonly isNew?: boolean;
}

/** What a collection's answer says besides its rows. */
export interface CollectionContext<E> extends EntityContext<E> {
  /** How many match in all, where the client asked. */
  readonly total: number | null;
  /** Where the rest is, where the server cut the page. */
  readonly next: string | null;
}

/** `application/json`: what the documented exchange shows. */
export const minimalJson: Format = {
  contentType: 'application/json;odata=minimalmetadata;streaming=true;charset=utf-8',
  propertyVersion: '3.0;',
  errorVersion: '3.0;',
  entity: (type, entity, context) =>
    `{${[metadata(context, `${type.set}/@Element`), ...minimalFields(type, entity, context)].join(',')}}`,
  collection: (type, entities, context) => {
    const rows = entities.map((entity) => `{${minimalFields(type, entity, context).join(',')}}`);
    const count = context.total === null ? '' : `"odata.count":"${context.total}",`;
    const next = context.next === null ? '' : `,"odata.nextLink":${JSON.stringify(context.next)}`;
    return `{${metadata(context, type.set)},${count}"value":[${rows.join(',')}]${next}}`;
  },
  property: (property, entity, apiRoot) => {
    const value = minimalValue(property.type, property.read(entity));
    return `{"odata.metadata":${JSON.stringify(`${apiRoot}$metadata#${property.type}`)},"value":${value}}`;
  },
  serviceDocument: (sets, apiRoot) => {
    const rows = sets.map((name) => JSON.stringify({ name, url: name }));
    return `{"odata.metadata":${JSON.stringify(`${apiRoot}$metadata`)},"value":[${rows.join(',')}]}`;
  },
  error: (message) => JSON.stringify({ 'odata.error': { code: '', message: { lang: 'en-US', value: message } } }),
};

/** `application/json;odata=verbose`: what most v2 clients of its time asked for. */
export const verboseJson: Format = {
  contentType: 'application/json;odata=verbose;charset=utf-8',
  propertyVersion: '1.0;',
  errorVersion: '1.0;',
  entity: (type, entity, context) => `{"d":${verboseEntity(type, entity, context)}}`,
  collection: (type, entities, context) => {
    const count = context.total === null ? '' : `,"__count":"${context.total}"`;
    const next = context.next === null ? '' : `,"__next":${JSON.stringify(context.next)}`;
    const rows = entities.map((entity) => verboseEntity(type, entity, context));
    return `{"d":{"results":[${rows.join(',')}]${count}${next}}}`;
  },
  property: (property, entity) => {
    // A lone property is answered at version 1.0, and there dates are /Date(…)/.
    const value = property.read(entity);
    const written = writeValue(property.type, value, oldDate);
    return `{"d":{${JSON.stringify(property.name)}:${written}}}`;
  },
  serviceDocument: (sets) => JSON.stringify({ d: { EntitySets: sets } }),
  error: (message) => JSON.stringify({ error: { code: '', message: { lang: 'en-US', value: message } } }),
};

/** What clients that ask for Atom get in place of it: errors alone are written as XML here. */
export const xmlErrors: ErrorFormat = {
  contentType: 'application/xml;charset=utf-8',
  errorVersion: '1.0;',
  error: (message) =>
    [
      '<?xml version="1.0" encoding="utf-8"?>',
      '<m:error xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">',
      `<m:code /><m:message xml:lang="en-US">${escapeXml(message)}</m:message></m:error>`,
    ].join(''),
};

/** What XML 1.0 cannot have at all is replaced. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * A date the way re-read entities have it: UTC without zone, milliseconds with trailing zeros dropped
 * (`2015-02-11T01:46:16.58`).
 */
export function wireDate(unixMs: number): string {
  const known = wireDates.get(unixMs);
  if (known !== undefined) {
    return known;
  }
  const text = new Date(unixMs).toISOString();
  let end = text.length - 'Z'.length;
  // By hand: a page of jobs has hundreds of dates, and an expression tries every zero in each.
  while (text[end - 1] === '0') {
    end--;
  }
  const date = text.slice(0, text[end - 1] === '.' ? end - 1 : end);
  if (wireDates.size === mostWireDates) {
    wireDates.clear();
  }
  wireDates.set(unixMs, date);
  return date;
}

/** Polls ask for the same jobs again and again, and a sixth of what it took to answer them went into their dates. */
const wireDates = new Map<number, string>();
const mostWireDates = 2_000;

/** A date as the answer to a creation has it: seven digits, with zone (`2015-01-19T08:04:34.3287057Z`). */
function newDate(unixMs: number): string {
  // The clock has no more than milliseconds; the digits beyond are made up.
  const digits = String((unixMs * 7919 + 4321) % 10_000).padStart(4, '0');
  return `"${new Date(unixMs).toISOString().replace('Z', `${digits}Z`)}"`;
}

/** The form of dates at DataServiceVersion 1.0. */
function oldDate(unixMs: number): string {
  return `"\\/Date(${unixMs})\\/"`;
}

function plainDate(unixMs: number): string {
  return `"${wireDate(unixMs)}"`;
}

/**
 * Whether verbose answers with this type are at DataServiceVersion 1.0: collections force 3.0 (deduced from recordings).
 */
export function isOldInVerbose<E>(type: EntityType<E>): boolean {
  return !type.properties.some((property) => property.kind === 'collection');
}

function metadata<E>({ apiRoot, select }: EntityContext<E>, fragment: string): string {
  const selected = select ? `&$select=${select.text}` : '';
  return `"odata.metadata":${JSON.stringify(`${apiRoot}$metadata#${fragment}${selected}`)}`;
}

function fieldsOf<E>(type: EntityType<E>, { select, version }: EntityContext<E>): Property<E>[] {
  const properties = select?.properties ?? type.properties;
  return properties.filter((property) => version >= (property.since ?? 0));
}

function minimalFields<E>(type: EntityType<E>, entity: E, context: EntityContext<E>): string[] {
  return fieldsOf(type, context).map((property) => {
    const name = JSON.stringify(property.name);
    if (property.kind === 'primitive') {
      return `${name}:${minimalValue(property.type, property.read(entity), context.isNew ? newDate : plainDate)}`;
    }
    const items = property.write(entity).map((item) => {
      const fields = item.map((field) => `${JSON.stringify(field.name)}:${minimalValue(field.type, field.value)}`);
      return `{${fields.join(',')}}`;
    });
    return `${name}:[${items.join(',')}]`;
  });
}

function minimalValue(type: PrimitiveType, value: PrimitiveValue, date = plainDate): string {
  if (type === 'Edm.Double' && typeof value === 'number' && Number.isInteger(value)) {
    return value.toFixed(1);
  }
  return writeValue(type, value, date);
}

function verboseEntity<E>(type: EntityType<E>, entity: E, context: EntityContext<E>): string {
  const address = `${context.apiRoot}${addressOf(type, entity)}`;
  const own = { id: address, uri: address, type: `${namespace}.${type.name}` };
  const links = (context.select?.navigation ?? type.navigation).map(
    ({ name }) => `${JSON.stringify(name)}:{"__deferred":{"uri":${JSON.stringify(`${address}/${name}`)}}}`,
  );
  const fields = fieldsOf(type, context).map((property) => {
    const name = JSON.stringify(property.name);
    if (property.kind === 'primitive') {
      const date = context.isNew
        ? newDate
        : isOldInVerbose(type)
          ? oldDate
          : property.zoneInVerbose
            ? (unixMs: number) => `"${wireDate(unixMs)}Z"`
            : plainDate;
      return `${name}:${writeValue(property.type, property.read(entity), date)}`;
    }
    const items = property.write(entity).map((item) => {
      const parts = item.map((field) => `${JSON.stringify(field.name)}:${writeValue(field.type, field.value)}`);
      return `{${parts.join(',')}}`;
    });
    const itemsType = JSON.stringify(`Collection(${namespace}.${property.itemType})`);
    return `${name}:{"__metadata":{"type":${itemsType}},"results":[${items.join(',')}]}`;
  });
  return `{${[`"__metadata":${JSON.stringify(own)}`, ...links, ...fields].join(',')}}`;
}

function writeValue(type: PrimitiveType, value: PrimitiveValue, date = plainDate): string {
  return type === 'Edm.DateTime' && typeof value === 'number' ? date(value) : JSON.stringify(value);
}
