import { badRequest } from '../api/errors.ts';
import type { Fields } from './filter.ts';

/**
 * Reads `$orderby`: fields with an optional `asc` or `desc`, the first counting most.
 *
 * @throws ODataError 400
 */
export function readOrder<R>(text: string, fields: Fields<R>): (left: R, right: R) => number {
  const orders = text.split(',').map((part) => {
    const { name = '', direction } = /^\s*(?<name>[\w/]+)(?:\s+(?<direction>asc|desc))?\s*$/.exec(part)?.groups ?? {};
    const field = fields.get(name.toLowerCase());
    if (!field?.canOrder) {
      throw badRequest(`$orderby cannot order by '${part.trim()}'.`);
    }
    const sign = direction === 'desc' ? -1 : 1;
    return (left: R, right: R) => {
      const [one, other] = [field.read(left), field.read(right)];
      return one === other ? 0 : one < other ? -sign : sign;
    };
  });
  return (left, right) => orders.reduce((result, order) => result || order(left, right), 0);
}
