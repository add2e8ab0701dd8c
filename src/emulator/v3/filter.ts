import { badRequest } from '../api/errors.ts';

export type Operator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

/** Something that rows can be filtered or ordered by. Times are Unix milliseconds. */
export interface Field<R> {
  readonly kind: 'text' | 'time' | 'state';
  readonly read: (row: R) => string | number;
  readonly operators: readonly Operator[];
  readonly canOrder: boolean;
}

/** The names are in lower case: they are matched whatever their case, which client code relies on. */
export type Fields<R> = ReadonlyMap<string, Field<R>>;

/** The part of OData's language that a service reads. */
export interface FilterRules {
  readonly or: boolean;
  readonly ne: boolean;
  readonly contains: boolean;
  /** `'Finished'`, or `Microsoft.Media.JobState'Finished'`, which is matched whatever its case. */
  readonly states: 'plain' | 'typed';
}

export type Predicate<R> = (row: R) => boolean;

interface Token {
  readonly kind: 'time' | 'text' | 'word' | 'mark' | 'end';
  readonly text: string;
  readonly position: number;
}

const tokenPattern =
  /\s*(?:(?<time>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))|(?<text>[A-Za-z.]*'(?:[^']|'')*')|(?<word>[A-Za-z][\w/]*)|(?<mark>[(),]))/y;
const stateType = 'microsoft.media.jobstate';
/** Keeps a hostile filter from exhausting the stack. */
const deepestNesting = 50;

const comparisons: Record<Operator, (left: string | number, right: string | number) => boolean> = {
  eq: (left, right) => left === right,
  ne: (left, right) => left !== right,
  gt: (left, right) => left > right,
  ge: (left, right) => left >= right,
  lt: (left, right) => left < right,
  le: (left, right) => left <= right,
};

/**
 * Reads a `$filter` of AMS v3 or MK.IO: comparisons of a field with a literal, `contains`, `and`, `or`, parentheses.
 * It is not the language of v2, whose parser is elsewhere: paths, bare times and typed states here, and each field has
 * its own operators.
 *
 * @throws ODataError 400
 */
export function readFilter<R>(text: string, fields: Fields<R>, rules: FilterRules): Predicate<R> {
  return new FilterReader(text, fields, rules).read();
}

class FilterReader<R> {
  readonly #tokens: readonly Token[];
  readonly #fields: Fields<R>;
  readonly #rules: FilterRules;
  #next = 0;
  #depth = 0;

  constructor(text: string, fields: Fields<R>, rules: FilterRules) {
    this.#tokens = tokenize(text);
    this.#fields = fields;
    this.#rules = rules;
  }

  read(): Predicate<R> {
    const predicate = this.#disjunction();
    const rest = this.#take();
    if (rest.kind !== 'end') {
      throw unexpected(rest);
    }
    return predicate;
  }

  #disjunction(): Predicate<R> {
    const parts = [this.#conjunction()];
    while (this.#rules.or && this.#takeIf('or')) {
      parts.push(this.#conjunction());
    }
    return (row) => parts.some((part) => part(row));
  }

  #conjunction(): Predicate<R> {
    const parts = [this.#term()];
    while (this.#takeIf('and')) {
      parts.push(this.#term());
    }
    return (row) => parts.every((part) => part(row));
  }

  #term(): Predicate<R> {
    if (this.#takeIf('(')) {
      if (++this.#depth > deepestNesting) {
        throw badRequest('The $filter is nested too deeply.');
      }
      const inner = this.#disjunction();
      this.#depth--;
      this.#expect(')');
      return inner;
    }
    return this.#rules.contains && this.#takeIf('contains') ? this.#contains() : this.#comparison();
  }

  #contains(): Predicate<R> {
    this.#expect('(');
    const { kind, read } = this.#field();
    this.#expect(',');
    const token = this.#take();
    if (kind === 'time' || token.kind !== 'text') {
      throw unexpected(token);
    }
    this.#expect(')');
    const part = unquote(token);
    return (row) => String(read(row)).includes(part);
  }

  #comparison(): Predicate<R> {
    const field = this.#field();
    const token = this.#take();
    const operator = field.operators.find((one) => one === token.text);
    if (operator === undefined || (operator === 'ne' && !this.#rules.ne)) {
      throw unexpected(token);
    }
    const value = this.#literal(field, this.#take());
    const compare = comparisons[operator];
    if (field.kind === 'state' && this.#rules.states === 'typed') {
      return (row) => compare(String(field.read(row)).toLowerCase(), value);
    }
    return (row) => compare(field.read(row), value);
  }

  #literal({ kind }: Field<R>, token: Token): string | number {
    if (kind === 'time') {
      const time = token.kind === 'time' ? Date.parse(token.text) : Number.NaN;
      if (Number.isNaN(time)) {
        throw unexpected(token);
      }
      return time;
    }
    const type = token.text.slice(0, token.text.indexOf("'")).toLowerCase();
    const isTyped = kind === 'state' && this.#rules.states === 'typed';
    if (token.kind !== 'text' || type !== (isTyped ? stateType : '')) {
      throw unexpected(token);
    }
    return isTyped ? unquote(token).toLowerCase() : unquote(token);
  }

  #field(): Field<R> {
    const token = this.#take();
    const field = token.kind === 'word' ? this.#fields.get(token.text.toLowerCase()) : undefined;
    if (!field || field.operators.length === 0) {
      throw unexpected(token);
    }
    return field;
  }

  #take(): Token {
    return this.#tokens[this.#next++] ?? { kind: 'end', text: '', position: 0 };
  }

  #takeIf(text: string): boolean {
    const token = this.#tokens[this.#next];
    const found = token !== undefined && token.kind !== 'text' && token.text === text;
    this.#next += found ? 1 : 0;
    return found;
  }

  #expect(mark: string): void {
    if (!this.#takeIf(mark)) {
      throw unexpected(this.#take());
    }
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(tokenPattern);
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const start = pattern.lastIndex;
    const groups = Object.entries(pattern.exec(text)?.groups ?? {});
    const [kind, value] = groups.find(([, found]) => found !== undefined) ?? [];
    if (kind === undefined || value === undefined) {
      throw badRequest(`Syntax error at position ${start} of $filter.`);
    }
    tokens.push({ kind: kind as Token['kind'], text: value, position: pattern.lastIndex - value.length });
  }
  return tokens;
}

/** Quotes within are doubled. */
function unquote({ text }: Token): string {
  return text.slice(text.indexOf("'") + 1, -1).replaceAll("''", "'");
}

function unexpected({ kind, text, position }: Token): Error {
  return badRequest(
    kind === 'end' ? '$filter ends too early.' : `'${text}' is not supported at position ${position} of $filter.`,
  );
}
