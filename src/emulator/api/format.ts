import type { EntityType, PrimitiveProperty, PrimitiveType, PrimitiveValue, Property } from './model.ts';
import { namespace } from './model.ts';
import type { Selection } from './query.ts';

/** One of the service's JSON forms, written out property by property: JSON.stringify cannot write `0.0`. */
export interface Format {
  readonly contentType: string;
  entity<E>(type: EntityType<E>, entity: E, context: EntityContext<E>): string;
  collection<E>(type: EntityType<E>, entities: readonly E[], context: EntityContext<E>): string;
  /** A single property, as in `Jobs('…')/State`. */
  property<E>(property: PrimitiveProperty<E>, entity: E, apiRoot: string): string;
  /** The DataServiceVersion of a lone property's answer; entities with collections are always 3.0. */
  readonly propertyVersion: string;
  serviceDocument(sets: readonly string[], apiRoot: string): string;
  error(message: string): string;
}

export interface EntityContext<E> {
  /** The API root with its closing slash. */
  readonly apiRoot: string;
  readonly select: Selection<E> | null;
  /** The request's x-ms-version; decides which properties exist. */
  readonly version: number;
}

/** `application/json`: what the documented exchange shows. */
export const minimalJson: Format = {
  contentType: 'application/json;odata=minimalmetadata;streaming=true;charset=utf-8',
  propertyVersion: '3.0;',
  entity: (type, entity, context) =>
    `{${[metadata(context, `${type.set}/@Element`), ...minimalFields(type, entity, context)].join(',')}}`,
  collection: (type, entities, context) => {
    const rows = entities.map((entity) => `{${minimalFields(type, entity, context).join(',')}}`);
    return `{${metadata(context, type.set)},"value":[${rows.join(',')}]}`;
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
  entity: (type, entity, context) => `{"d":${verboseEntity(type, entity, context)}}`,
  collection: (type, entities, context) =>
    `{"d":{"results":[${entities.map((entity) => verboseEntity(type, entity, context)).join(',')}]}}`,
  property: (property, entity) => {
    // A lone property is answered at version 1.0, and there dates are /Date(…)/.
    const value = property.read(entity);
    const written =
      property.type === 'Edm.DateTime' && value !== null
        ? `"\\/Date(${value})\\/"`
        : verboseValue(property.type, value, false);
    return `{"d":{${JSON.stringify(property.name)}:${written}}}`;
  },
  serviceDocument: (sets) => JSON.stringify({ d: { EntitySets: sets } }),
  error: (message) => JSON.stringify({ error: { code: '', message: { lang: 'en-US', value: message } } }),
};

/**
 * A date the way re-read entities have it: UTC without zone, milliseconds with trailing zeros dropped
 * (`2015-02-11T01:46:16.58`).
 */
export function wireDate(unixMs: number): string {
  return new Date(unixMs).toISOString().replace(/\.?0*Z$/, '');
}

function metadata<E>({ apiRoot, select }: EntityContext<E>, fragment: string): string {
  const selected = select ? `&$select=${select.text}` : '';
  return `"odata.metadata":${JSON.stringify(`${apiRoot}$metadata#${fragment}${selected}`)}`;
}

function fieldsOf<E>(type: EntityType<E>, { select, version }: EntityContext<E>): Property<E>[] {
  const properties = select?.properties ?? type.properties;
  return properties.filter((property) => property.kind === 'primitive' || version >= (property.since ?? 0));
}

function minimalFields<E>(type: EntityType<E>, entity: E, context: EntityContext<E>): string[] {
  return fieldsOf(type, context).map((property) => {
    const name = JSON.stringify(property.name);
    if (property.kind === 'primitive') {
      return `${name}:${minimalValue(property.type, property.read(entity))}`;
    }
    const items = property.write(entity).map((item) => {
      const fields = item.map((field) => `${JSON.stringify(field.name)}:${minimalValue(field.type, field.value)}`);
      return `{${fields.join(',')}}`;
    });
    return `${name}:[${items.join(',')}]`;
  });
}

function minimalValue(type: PrimitiveType, value: PrimitiveValue): string {
  if (type === 'Edm.Double' && typeof value === 'number' && Number.isInteger(value)) {
    return value.toFixed(1);
  }
  return writeValue(type, value);
}

function verboseEntity<E>(type: EntityType<E>, entity: E, context: EntityContext<E>): string {
  const address = `${context.apiRoot}${type.set}('${encodeURIComponent(type.idOf(entity))}')`;
  const own = { id: address, uri: address, type: `${namespace}.${type.name}` };
  const links = (context.select?.navigation ?? type.navigation).map(
    (name) => `${JSON.stringify(name)}:{"__deferred":{"uri":${JSON.stringify(`${address}/${name}`)}}}`,
  );
  const fields = fieldsOf(type, context).map((property) => {
    const name = JSON.stringify(property.name);
    if (property.kind === 'primitive') {
      return `${name}:${verboseValue(property.type, property.read(entity), property.zoneInVerbose === true)}`;
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

function verboseValue(type: PrimitiveType, value: PrimitiveValue, withZone: boolean): string {
  return withZone && typeof value === 'number' ? `"${wireDate(value)}Z"` : writeValue(type, value);
}

function writeValue(type: PrimitiveType, value: PrimitiveValue): string {
  return type === 'Edm.DateTime' && typeof value === 'number' ? `"${wireDate(value)}"` : JSON.stringify(value);
}
