import { badRequest } from './errors.ts';
import type { PrimitiveType, PrimitiveValue } from './model.ts';

export type Operator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

/** A parsed `$filter`; `position` is where in its text a part begins. */
export type Expression = { readonly position: number } & (
  | { readonly kind: 'literal'; readonly type: PrimitiveType | null; readonly value: PrimitiveValue }
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'comparison'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Expression[] }
);

interface Token {
  readonly kind: 'string' | 'dateTime' | 'number' | 'word' | 'mark' | 'end';
  readonly text: string;
  readonly position: number;
}

/** Quotes within string literals are doubled (OData v3 URI conventions). */
const tokenPattern =
  /\s*(?:(?<dateTime>datetime'[^']*')|(?<string>'(?:[^']|'')*')|(?<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?[dDfFlLmM]?)|(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<mark>[(),]))/y;

/** UTC, no zone allowed. */
const dateTimePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?$/;

const operators: readonly string[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] satisfies Operator[];
/** Real OData, but nothing shows that the service answered them for jobs. */
const unsupported = ['add', 'sub', 'mul', 'div', 'mod'];

/** The words that only some dialects know. */
export interface FilterDialect {
  readonly or: boolean;
  readonly ne: boolean;
  readonly tolower: boolean;
}

/** Deep enough for any client; keeps a hostile filter from exhausting the stack. */
const deepestNesting = 50;

/**
 * Reads the part of OData v3's filter language that is asked of the service: comparisons, `and`, `or`, `not`,
 * parentheses, and functions of strings. Types are not looked at here.
 *
 * @throws ODataError 400
 */
// Written here: odata-parser 1.4.1 refuses `not (…)`, @balena/odata-parser 4.3.5 substringof; others read only v4.
export function parseFilter(text: string, dialect: FilterDialect): Expression {
  return new FilterParser(text, dialect).parse();
}

class FilterParser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #dialect: FilterDialect;
  #next = 0;
  #depth = 0;

  constructor(text: string, dialect: FilterDialect) {
    this.#text = text;
    this.#dialect = dialect;
    this.#tokens = tokenize(text);
  }

  parse(): Expression {
    const expression = this.#disjunction();
    if (this.#peek().kind !== 'end') {
      throw this.#syntaxError(this.#peek());
    }
    return expression;
  }

  #disjunction(): Expression {
    let left = this.#conjunction();
    while (this.#dialect.or && this.#takeWord('or')) {
      left = { kind: 'or', left, right: this.#conjunction(), position: left.position };
    }
    return left;
  }

  #conjunction(): Expression {
    let left = this.#negation();
    while (this.#takeWord('and')) {
      left = { kind: 'and', left, right: this.#negation(), position: left.position };
    }
    return left;
  }

  /** `not` binds closer than comparisons do (OData v3 ABNF): it goes with a parenthesis or a function. */
  #negation(): Expression {
    const token = this.#peek();
    if (!this.#takeWord('not')) {
      return this.#comparison();
    }
    const operand = this.#deeper(() => (this.#peek().text === 'not' ? this.#negation() : this.#operand()));
    return { kind: 'not', operand, position: token.position };
  }

  #comparison(): Expression {
    const left = this.#operand();
    const token = this.#peek();
    if (token.kind !== 'word' || !isOperator(token.text)) {
      return left;
    }
    if (!this.#knows(token.text)) {
      throw this.#syntaxError(token);
    }
    this.#take();
    return { kind: 'comparison', operator: token.text, left, right: this.#operand(), position: token.position };
  }

  #operand(): Expression {
    const token = this.#take();
    const { position, text } = token;
    switch (token.kind) {
      case 'string':
        return { kind: 'literal', type: 'Edm.String', value: text.slice(1, -1).replaceAll("''", "'"), position };
      case 'dateTime':
        return { kind: 'literal', type: 'Edm.DateTime', value: readDateTime(text, position), position };
      case 'number':
        return {
          kind: 'literal',
          type: /^-?\d+[lL]?$/.test(text) ? 'Edm.Int32' : 'Edm.Double',
          value: Number.parseFloat(text),
          position,
        };
      case 'word':
        return this.#named(token);
      case 'mark':
        if (text === '(') {
          return this.#nested(() => this.#disjunction());
        }
        throw this.#syntaxError(token);
      case 'end':
        throw this.#syntaxError(token);
    }
  }

  #named({ text, position }: Token): Expression {
    if (text === 'null') {
      return { kind: 'literal', type: null, value: null, position };
    }
    if (text === 'true' || text === 'false') {
      return { kind: 'literal', type: 'Edm.Boolean', value: text === 'true', position };
    }
    if (!this.#knows(text)) {
      throw badRequest(`The operator '${text}' is not supported in $filter (position ${position}).`);
    }
    if (!this.#takeMark('(')) {
      return { kind: 'property', name: text, position };
    }
    if (text === 'tolower' && !this.#dialect.tolower) {
      throw badRequest(`Unknown function '${text}' at position ${position}.`);
    }
    const operands = this.#nested(() => {
      const found = [this.#disjunction()];
      while (this.#takeMark(',')) {
        found.push(this.#disjunction());
      }
      return found;
    });
    return { kind: 'call', name: text, operands, position };
  }

  /** Reads what stands between parentheses, the opening one being taken already. */
  #nested<T>(read: () => T): T {
    const inner = this.#deeper(read);
    if (!this.#takeMark(')')) {
      throw this.#syntaxError(this.#peek());
    }
    return inner;
  }

  #deeper<T>(read: () => T): T {
    if (++this.#depth > deepestNesting) {
      throw badRequest('The $filter is nested too deeply.');
    }
    const inner = read();
    this.#depth--;
    return inner;
  }

  #knows(word: string): boolean {
    return !unsupported.includes(word) && (this.#dialect.or || word !== 'or') && (this.#dialect.ne || word !== 'ne');
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', position: this.#text.length };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #takeWord(word: string): boolean {
    return this.#takeIf((token) => token.kind === 'word' && token.text === word);
  }

  #takeMark(mark: string): boolean {
    return this.#takeIf((token) => token.kind === 'mark' && token.text === mark);
  }

  #takeIf(wanted: (token: Token) => boolean): boolean {
    const found = wanted(this.#peek());
    this.#next += found ? 1 : 0;
    return found;
  }

  #syntaxError(token: Token): Error {
    if (token.kind === 'word' && !this.#knows(token.text)) {
      return badRequest(`The operator '${token.text}' is not supported in $filter (position ${token.position}).`);
    }
    return badRequest(`Syntax error at position ${token.position} in '${this.#text}'.`);
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(tokenPattern);
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const start = pattern.lastIndex;
    const found = pattern.exec(text);
    const group = Object.entries(found?.groups ?? {}).find(([, value]) => value !== undefined);
    if (!group) {
      throw badRequest(`Syntax error at position ${start} in '${text}'.`);
    }
    const [kind, value] = group;
    tokens.push({ kind: kind as Token['kind'], text: value, position: pattern.lastIndex - value.length });
  }
  return tokens;
}

function readDateTime(text: string, position: number): number {
  const literal = text.slice("datetime'".length, -1);
  const value = dateTimePattern.test(literal) ? Date.parse(`${literal}Z`) : Number.NaN;
  if (Number.isNaN(value)) {
    throw badRequest(`Unrecognized 'Edm.DateTime' literal '${text}' at position ${position}.`);
  }
  return value;
}

function isOperator(word: string): word is Operator {
  return operators.includes(word);
}
