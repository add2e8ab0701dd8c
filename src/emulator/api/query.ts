import { badRequest } from './errors.ts';
import { compileFilter, type Filter } from './filter.ts';
import { type EntityType, namespace, type Property } from './model.ts';

/** The service never answers more at once, with or without `$top`. */
export const largestPage = 1000;

/** The system query options of one request, read for one entity type. */
export interface Query<E> {
  readonly filter: Filter<E> | null;
  /** At most `largestPage`. */
  readonly top: number;
  readonly skip: number;
  readonly select: Selection<E> | null;
}

export interface Selection<E> {
  /** As the metadata address repeats it. */
  readonly text: string;
  /** In wire order, whatever the order asked for. */
  readonly properties: readonly Property<E>[];
  readonly navigation: readonly string[];
}

/** Query options as text, `$` names checked; others (api-version, …) are none of OData's. */
export type Options = ReadonlyMap<string, string>;

const supported = ['$filter', '$top', '$skip', '$select'];

/**
 * Reads the query options of an address.
 *
 * @throws ODataError 400 for an option that is unknown, unsupported (`$expand` is documented so) or given twice
 */
export function readOptions(parameters: URLSearchParams): Options {
  const options = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (!name.startsWith('$')) {
      continue;
    }
    if (!supported.includes(name)) {
      throw badRequest(`The query option '${name}' is not supported.`);
    }
    if (options.has(name)) {
      throw badRequest(`Query parameter '${name}' is specified, but it should be specified exactly once.`);
    }
    options.set(name, value);
  }
  return options;
}

/** @throws ODataError 400 where an option makes no sense for a collection of this type */
export function readQuery<E>(options: Options, type: EntityType<E>): Query<E> {
  const filter = options.get('$filter');
  return {
    filter: filter === undefined ? null : compileFilter(filter, type),
    top: Math.min(largestPage, readCount(options, '$top') ?? largestPage),
    skip: readCount(options, '$skip') ?? 0,
    select: readSelect(options, type),
  };
}

/** @throws ODataError 400 for a name that the type does not have */
export function readSelect<E>(options: Options, type: EntityType<E>): Selection<E> | null {
  const text = options.get('$select');
  if (text === undefined) {
    return null;
  }
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('*')) {
    return null;
  }
  for (const name of names) {
    if (!type.navigation.includes(name) && !type.properties.some((property) => property.name === name)) {
      throw badRequest(
        `Type '${namespace}.${type.name}' does not have a property named '${name}', which $select asks for.`,
      );
    }
  }
  const properties = type.properties.filter((property) => names.includes(property.name));
  const navigation = type.navigation.filter((name) => names.includes(name));
  return { text: names.join(','), properties, navigation };
}

/** @throws ODataError 400 where options are given that only go with a collection */
export function refuseOptions(options: Options, ...allowed: readonly string[]): void {
  for (const name of options.keys()) {
    if (!allowed.includes(name)) {
      throw badRequest(`The query option '${name}' cannot be applied to the requested resource.`);
    }
  }
}

/** The page of those entities that match. */
export function pageOf<E>(entities: Iterable<E>, query: Query<E>): E[] {
  const page: E[] = [];
  let skipped = 0;
  for (const entity of entities) {
    if (page.length >= query.top) {
      break;
    }
    if (query.filter && !query.filter.matches(entity)) {
      continue;
    }
    if (skipped < query.skip) {
      skipped++;
      continue;
    }
    page.push(entity);
  }
  return page;
}

function readCount(options: Options, name: string): number | undefined {
  const text = options.get(name);
  if (text === undefined) {
    return undefined;
  }
  const count = Number(text.trim());
  if (!/^\s*\d+\s*$/.test(text) || count > 0x7fff_ffff) {
    throw badRequest(`Incorrect format for ${name} argument '${text}'.`);
  }
  return count;
}
