import type { Dialects, ListOrder } from '../dialects.ts';
import { badRequest } from './errors.ts';
import { compileFilter, type Filter } from './filter.ts';
import { type EntityType, type Navigation, namespace, type Property } from './model.ts';
import { type Order, readOrder } from './order.ts';

/** The service never answers more at once, with or without `$top`. */
export const largestPage = 1000;

/** The system query options of one request, read for one entity type. */
export interface Query<E> {
  readonly filter: Filter<E> | null;
  readonly order: Order<E> | null;
  /** The order of jobs where none is asked for. */
  readonly listOrder: ListOrder;
  /** As many as the client wants; infinite where it does not say. */
  readonly top: number;
  readonly skip: number;
  readonly select: Selection<E> | null;
  /** Whether all that match are to be counted, whatever the page. */
  readonly countAll: boolean;
  /** At most so many are answered. */
  readonly pageSize: number;
}

export interface Selection<E> {
  /** As the metadata address repeats it. */
  readonly text: string;
  /** In wire order, whatever the order asked for. */
  readonly properties: readonly Property<E>[];
  readonly navigation: readonly Navigation[];
}

/** Query options as text, `$` names checked; others (api-version, …) are none of OData's. */
export type Options = ReadonlyMap<string, string>;

const supported = ['$filter', '$top', '$skip', '$select'];

/**
 * Reads the query options of an address.
 *
 * @throws ODataError 400 for an option that is unknown, unsupported (`$expand` is documented so) or given twice
 */
export function readOptions(parameters: URLSearchParams, dialects: Dialects): Options {
  const options = new Map<string, string>();
  const known = [
    ...supported,
    ...(dialects.orderby ? ['$orderby'] : []),
    ...(dialects.inlinecount ? ['$inlinecount'] : []),
  ];
  for (const [name, value] of parameters) {
    if (!name.startsWith('$')) {
      continue;
    }
    if (!known.includes(name)) {
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
export function readQuery<E>(options: Options, type: EntityType<E>, dialects: Dialects): Query<E> {
  const filter = options.get('$filter');
  const order = options.get('$orderby');
  return {
    filter: filter === undefined ? null : compileFilter(filter, type, dialects),
    order: order === undefined ? null : readOrder(order, type),
    listOrder: dialects['list-order'],
    top: readCount(options, '$top') ?? Number.POSITIVE_INFINITY,
    skip: readCount(options, '$skip') ?? 0,
    select: readSelect(options, type, dialects),
    countAll: readInlineCount(options.get('$inlinecount')),
    pageSize: typeof dialects.nextLink === 'number' ? dialects.nextLink : largestPage,
  };
}

/** @throws ODataError 400 for a name the type does not have, or where its rows cannot be cut down */
export function readSelect<E>(options: Options, type: EntityType<E>, dialects: Dialects): Selection<E> | null {
  const names = options
    .get('$select')
    ?.split(',')
    .map((name) => name.trim());
  if (!names) {
    return null;
  }
  if (type.set === 'Tasks' && !dialects['select-on-tasks']) {
    throw badRequest("The query option '$select' is not supported for tasks.");
  }
  if (names.length === 1 && names[0] === '*') {
    return { text: '*', properties: type.properties, navigation: type.navigation };
  }
  for (const name of names) {
    if (![...type.navigation, ...type.properties].some((member) => member.name === name)) {
      throw badRequest(
        `Type '${namespace}.${type.name}' does not have a property named '${name}', which $select asks for.`,
      );
    }
  }
  const properties = type.properties.filter((property) => names.includes(property.name));
  const navigation = type.navigation.filter(({ name }) => names.includes(name));
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

/** One answer's worth of entities. */
export interface Page<E> {
  readonly rows: readonly E[];
  /** How many match in all; null where no one asked. */
  readonly total: number | null;
  /** Whether there is more that the client wants but the page has no room for. */
  readonly isCut: boolean;
}

/** The page of those entities that match. */
export function pageOf<E>(entities: Iterable<E>, query: Query<E>): Page<E> {
  const { filter, order, skip, countAll, pageSize } = query;
  const size = Math.min(query.top, pageSize);
  const rows: E[] = [];
  let matching = 0;
  for (const entity of order ? sorted(entities, query) : entities) {
    if (!order && filter && !filter.matches(entity)) {
      continue;
    }
    matching++;
    if (matching > skip && rows.length < size) {
      rows.push(entity);
    } else if (rows.length >= size && !countAll) {
      break;
    }
  }
  const more = matching > skip + rows.length;
  return { rows, total: countAll ? matching : null, isCut: rows.length === pageSize && query.top > pageSize && more };
}

function sorted<E>(entities: Iterable<E>, { filter, order }: Query<E>): E[] {
  const matching: E[] = [];
  for (const entity of entities) {
    if (!filter || filter.matches(entity)) {
      matching.push(entity);
    }
  }
  return order ? matching.sort(order) : matching;
}

function readInlineCount(text: string | undefined): boolean {
  if (text !== undefined && text !== 'allpages' && text !== 'none') {
    throw badRequest(`Unknown $inlinecount option '${text}', only 'allpages' and 'none' are supported.`);
  }
  return text === 'allpages';
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
