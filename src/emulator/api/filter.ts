import { badRequest } from './errors.ts';
import { type Expression, type FilterDialect, type Operator, parseFilter } from './filterParser.ts';
import { type EntityType, namespace, type PrimitiveType, type PrimitiveValue, primitivesOf } from './model.ts';

/** A `$filter` made ready for one entity type. */
export interface Filter<E> {
  matches(entity: E): boolean;
  /**
   * The value that every match has in this property, where the filter says so (`State eq 2 and …`); undefined
   * otherwise. Lets a caller look at fewer entities.
   */
  required(property: string): PrimitiveValue | undefined;
}

/** A part of the filter whose type is known; null as a type is the literal null, which goes with everything. */
interface Typed<E> {
  readonly type: PrimitiveType | null;
  readonly valueOf: (entity: E) => PrimitiveValue;
}

/** @throws ODataError 400 for anything malformed, unknown or not supported. */
export function compileFilter<E>(text: string, type: EntityType<E>, dialect: FilterDialect): Filter<E> {
  const expression = parseFilter(text, dialect);
  const compiled = compile(expression, type);
  if (compiled.type !== 'Edm.Boolean') {
    throw badRequest(`The $filter expression must evaluate to a single boolean value: '${text}'.`);
  }
  return {
    matches: (entity) => compiled.valueOf(entity) === true,
    required: (property) => requiredValue(expression, property),
  };
}

function compile<E>(expression: Expression, type: EntityType<E>): Typed<E> {
  switch (expression.kind) {
    case 'literal':
      return { type: expression.type, valueOf: () => expression.value };
    case 'property': {
      const property = primitivesOf(type).find((candidate) => candidate.name === expression.name);
      if (!property) {
        throw badRequest(
          `No property '${expression.name}' exists in type '${namespace}.${type.name}' at position ${expression.position}.`,
        );
      }
      return { type: property.type, valueOf: property.read };
    }
    case 'and':
    case 'or': {
      const left = compileBoolean(expression.left, type);
      const right = compileBoolean(expression.right, type);
      return {
        type: 'Edm.Boolean',
        valueOf:
          expression.kind === 'and'
            ? (entity) => left(entity) === true && right(entity) === true
            : (entity) => left(entity) === true || right(entity) === true,
      };
    }
    case 'not': {
      const operand = compileBoolean(expression.operand, type);
      return { type: 'Edm.Boolean', valueOf: (entity) => operand(entity) !== true };
    }
    case 'comparison':
      return compileComparison(expression, type);
    case 'call':
      return compileCall(expression, type);
  }
}

function compileBoolean<E>(expression: Expression, type: EntityType<E>): Typed<E>['valueOf'] {
  const side = compile(expression, type);
  if (side.type !== 'Edm.Boolean') {
    throw badRequest(`A boolean is expected at position ${expression.position}.`);
  }
  return side.valueOf;
}

function compileComparison<E>(expression: Extract<Expression, { kind: 'comparison' }>, type: EntityType<E>): Typed<E> {
  const left = compile(expression.left, type);
  const right = compile(expression.right, type);
  const { operator } = expression;
  if (!comparable(left.type, right.type)) {
    throw badRequest(
      `Operator '${operator}' incompatible with operand types '${left.type}' and '${right.type}' at position ${expression.position}.`,
    );
  }
  const holds = comparisons[operator];
  return { type: 'Edm.Boolean', valueOf: (entity) => holds(left.valueOf(entity), right.valueOf(entity)) };
}

/** Null equals only null, and no order holds with it (OData v3 URI conventions). */
const comparisons: Record<Operator, (left: PrimitiveValue, right: PrimitiveValue) => boolean> = {
  eq: (left, right) => left === right,
  ne: (left, right) => left !== right,
  gt: (left, right) => left !== null && right !== null && left > right,
  ge: (left, right) => left !== null && right !== null && left >= right,
  lt: (left, right) => left !== null && right !== null && left < right,
  le: (left, right) => left !== null && right !== null && left <= right,
};

function comparable(left: Typed<unknown>['type'], right: Typed<unknown>['type']): boolean {
  const numeric = (type: Typed<unknown>['type']) => type === 'Edm.Int32' || type === 'Edm.Double';
  return left === null || right === null || left === right || (numeric(left) && numeric(right));
}

/** What a function of strings takes and gives. */
interface StringFunction {
  readonly operands: number;
  readonly type: PrimitiveType;
  readonly run: (first: string, second: string) => PrimitiveValue;
}

/** substringof has what is looked for first (OData v3). */
const functions: Record<string, StringFunction> = {
  startswith: { operands: 2, type: 'Edm.Boolean', run: (text, start) => text.startsWith(start) },
  endswith: { operands: 2, type: 'Edm.Boolean', run: (text, end) => text.endsWith(end) },
  substringof: { operands: 2, type: 'Edm.Boolean', run: (part, text) => text.includes(part) },
  tolower: { operands: 1, type: 'Edm.String', run: (text) => text.toLowerCase() },
};

function compileCall<E>(expression: Extract<Expression, { kind: 'call' }>, type: EntityType<E>): Typed<E> {
  const called = Object.hasOwn(functions, expression.name) ? functions[expression.name] : undefined;
  if (!called) {
    throw badRequest(`Unknown function '${expression.name}' at position ${expression.position}.`);
  }
  const operands = expression.operands.map((operand) => compile(operand, type));
  const [first, second = first] = operands;
  if (!first || !second || operands.length !== called.operands || operands.some((one) => one.type !== 'Edm.String')) {
    throw badRequest(
      `No applicable function found for '${expression.name}' at position ${expression.position} with the specified arguments.`,
    );
  }
  return {
    type: called.type,
    valueOf: (entity) => {
      const [left, right] = [first.valueOf(entity), second.valueOf(entity)];
      if (typeof left === 'string' && typeof right === 'string') {
        return called.run(left, right);
      }
      // Of nothing, a text is nothing and a question is answered no.
      return called.type === 'Edm.Boolean' ? false : null;
    },
  };
}

function requiredValue(expression: Expression, property: string): PrimitiveValue | undefined {
  if (expression.kind === 'and') {
    return requiredValue(expression.left, property) ?? requiredValue(expression.right, property);
  }
  if (expression.kind !== 'comparison' || expression.operator !== 'eq') {
    return undefined;
  }
  const { left, right } = expression;
  const isProperty = (side: Expression) => side.kind === 'property' && side.name === property;
  if (isProperty(left) && right.kind === 'literal') {
    return right.value;
  }
  return isProperty(right) && left.kind === 'literal' ? left.value : undefined;
}
