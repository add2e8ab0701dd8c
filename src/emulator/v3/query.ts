import { badRequest } from '../api/errors.ts';
import type { Dialects, LinkForm } from '../dialects.ts';
import { type Fields, type FilterRules, readFilter } from './filter.ts';
import { readOrder } from './order.ts';

/** What a service reads in the query of a list. */
export interface ListRules<R> {
  readonly fields: Fields<R>;
  /** Null where it takes no $filter. */
  readonly filter: FilterRules | null;
  readonly hasTop: boolean;
}

export interface Page<R> {
  readonly rows: readonly R[];
  /** How many match, on all pages. */
  readonly total: number;
  /** How many of them come before this page. */
  readonly start: number;
  /** `$skiptoken` of the next page, null on the last one. */
  readonly next: number | null;
}

/**
 * The page of a list that a query asks for. A page is cut by the service or by `$top`; both have a next one, whose token
 * is how many rows come before it.
 *
 * @throws ODataError 400 for an option that is unknown, given twice or malformed
 */
export function readPage<R>(
  all: Iterable<R>,
  parameters: URLSearchParams,
  rules: ListRules<R>,
  dialects: Dialects,
): Page<R> {
  const options = readOptions(parameters, rules.hasTop);
  const filter = options.get('$filter');
  const order = options.get('$orderby');
  if (filter !== undefined && rules.filter === null) {
    throw badRequest("The query option '$filter' is not supported.");
  }
  const matches = filter === undefined || !rules.filter ? null : readFilter(filter, rules.fields, rules.filter);
  const compare = order === undefined ? null : readOrder(order, rules.fields);
  const size = Math.min(readCount(options, '$top', 1) ?? dialects['v3-page'], dialects['v3-page']);
  const start = readCount(options, '$skiptoken', 0) ?? 0;
  const matching: R[] = [];
  for (const row of all) {
    if (!matches || matches(row)) {
      matching.push(row);
    }
  }
  if (compare) {
    matching.sort(compare);
  }
  const rows = matching.slice(start, start + size);
  const end = start + rows.length;
  return { rows, total: matching.length, start, next: rows.length > 0 && end < matching.length ? end : null };
}

/** The address of the page after this one: this request's own query, with another token. */
export function nextLink(url: URL, next: number, form: Exclude<LinkForm, 'own'>): string {
  const kept = [...url.searchParams].filter(([name]) => name !== '$skiptoken');
  const query = [...kept, ['$skiptoken', String(next)] as const]
    .map(([name, value]) => `${encodeURIComponent(name).replace('%24', '$')}=${encodeURIComponent(value)}`)
    .join('&');
  const relative = `${url.pathname}?${query}`;
  switch (form) {
    case 'relative':
      return relative;
    case 'absolute':
      return `${url.origin}${relative}`;
    case 'encoded':
      return encodeURIComponent(relative);
  }
}

function readOptions(parameters: URLSearchParams, hasTop: boolean): ReadonlyMap<string, string> {
  const known = ['$filter', '$orderby', '$skiptoken', ...(hasTop ? ['$top'] : [])];
  const options = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (name.startsWith('$')) {
      if (!known.includes(name) || options.has(name)) {
        throw badRequest(`The query option '${name}' is not supported, or is given twice.`);
      }
      options.set(name, value);
    }
  }
  return options;
}

function readCount(options: ReadonlyMap<string, string>, name: string, least: number): number | undefined {
  const text = options.get(name);
  if (text === undefined) {
    return undefined;
  }
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) {
    throw badRequest(`The query option '${name}' must be a number of at least ${least}.`);
  }
  return Number(text);
}
