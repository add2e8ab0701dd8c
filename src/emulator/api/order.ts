import { badRequest } from './errors.ts';
import { type EntityType, namespace, type PrimitiveValue, primitivesOf } from './model.ts';

/** Which of two comes first, as Array.sort takes it. */
export type Order<E> = (left: E, right: E) => number;

/**
 * Reads `$orderby`: properties with an optional `asc` or `desc`, the first counting most. Null comes before everything
 * else (MS-ODATA).
 *
 * @throws ODataError 400
 */
export function readOrder<E>(text: string, type: EntityType<E>): Order<E> {
  const orders = text.split(',').map((part): Order<E> => {
    const { name, direction } = /^\s*(?<name>\w+)(?:\s+(?<direction>asc|desc))?\s*$/.exec(part)?.groups ?? {};
    if (name === undefined) {
      throw badRequest(`Syntax error in $orderby: '${text}'.`);
    }
    const property = primitivesOf(type).find((candidate) => candidate.name === name);
    if (!property) {
      throw badRequest(`No property '${name}' exists in type '${namespace}.${type.name}', which $orderby asks for.`);
    }
    const sign = direction === 'desc' ? -1 : 1;
    return (left, right) => sign * compare(property.read(left), property.read(right));
  });
  return (left, right) => orders.reduce((result, order) => result || order(left, right), 0);
}

function compare(left: PrimitiveValue, right: PrimitiveValue): number {
  if (left === right) {
    return 0;
  }
  return left === null || (right !== null && left < right) ? -1 : 1;
}
