/**
 * A regular expression that counts its steps: how often a matcher which goes back, as the engines of JavaScript do, tries
 * a part of the pattern at a place of a text. It knows what the patterns of this project are made of.
 */
type Next = (at: number) => boolean;
type Matcher = (at: number, next: Next) => boolean;

/** A part of a pattern, with the shortest text that it matches (or nearly) and how it is tried. */
interface Part {
  readonly match: Matcher;
  readonly example: string;
}

/** A repeated part without a low bound on how often: what comes before it in the pattern, and what it repeats. */
export interface Repeated {
  readonly before: string;
  readonly body: string;
}

const mostTries = 20;

export class CountingPattern {
  steps = 0;
  readonly repeated: Repeated[] = [];
  readonly example: string;
  readonly #source: string;
  readonly #flags: string;
  readonly #sticky: boolean;
  readonly #part: Part;
  readonly #groups = new Map<string, readonly [number, number]>();
  #names = 0;
  #at = 0;
  #text = '';

  constructor({ source, flags }: Pick<RegExp, 'source' | 'flags'>) {
    this.#source = source;
    this.#flags = flags.replace(/[gyd]/g, '');
    this.#sticky = flags.includes('y');
    this.#part = this.#alternatives('');
    if (this.#at < source.length) {
      throw new Error(`Not understood from ${this.#at}: ${source}`);
    }
    this.example = this.#part.example;
  }

  /** How many steps it takes to find all matches in a text, each begun behind the one before. */
  stepsIn(text: string): number {
    this.steps = 0;
    this.#text = text;
    for (let start = 0; start <= text.length; ) {
      let end = -1;
      // One that has to begin where it is told does not look further on by itself.
      const found = this.#part.match(start, (at) => {
        end = at;
        return true;
      });
      if (this.#sticky && end <= start) {
        break;
      }
      start = found && end > start ? end : start + 1;
    }
    return this.steps;
  }

  #alternatives(before: string): Part {
    const options = [this.#sequence(before)];
    while (this.#source[this.#at] === '|') {
      this.#at++;
      options.push(this.#sequence(before));
    }
    const [first] = options;
    return {
      example: first?.example ?? '',
      match: (at, next) => options.some(({ match }) => match(at, next)),
    };
  }

  #sequence(before: string): Part {
    const parts: Part[] = [];
    let example = '';
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] ?? '')) {
      const part = this.#quantified(before + example);
      parts.push(part);
      example += part.example;
    }
    const from = (index: number): Matcher => {
      const part = parts[index];
      return part ? (at, next) => part.match(at, (then) => from(index + 1)(then, next)) : (at, next) => next(at);
    };
    return { example, match: from(0) };
  }

  #quantified(before: string): Part {
    const part = this.#atom(before);
    const written = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(this.#source.slice(this.#at));
    if (!written) {
      return part;
    }
    this.#at += written[0].length;
    const [whole, low, comma, high] = written;
    const least = low === undefined ? (whole.startsWith('+') ? 1 : 0) : Number(low);
    const most =
      low === undefined ? (whole.startsWith('?') ? 1 : Infinity) : comma === '' ? least : Number(high || Infinity);
    const isLazy = whole.length > 1 && whole.endsWith('?');
    if (most > mostTries) {
      this.repeated.push({ before, body: part.example });
    }
    const times =
      (count: number): Matcher =>
      (at, next) => {
        const more = (): boolean =>
          count < most && part.match(at, (then) => (then > at || count < least) && times(count + 1)(then, next));
        const enough = (): boolean => count >= least && next(at);
        return isLazy ? enough() || more() : more() || enough();
      };
    return { example: part.example.repeat(Math.min(least, 50)), match: times(0) };
  }

  #atom(before: string): Part {
    const rest = this.#source.slice(this.#at);
    const look = /^\(\?(<?[=!])/.exec(rest);
    if (look) {
      return this.#look(look[0].length, look[1] ?? '', before);
    }
    const group = /^\((\?:|\?<(\w+)>)?/.exec(rest);
    if (group) {
      this.#at += group[0].length;
      const names = group[1] === '?:' ? [] : [`${++this.#names}`, ...(group[2] === undefined ? [] : [group[2]])];
      const inner = this.#alternatives(before);
      this.#at++;
      return {
        example: inner.example,
        match: (at, next) =>
          inner.match(at, (then) => {
            for (const name of names) {
              this.#groups.set(name, [at, then]);
            }
            return next(then);
          }),
      };
    }
    const back = /^\\(?:k<(\w+)>|([1-9]))/.exec(rest);
    if (back) {
      this.#at += back[0].length;
      return { example: '', match: (at, next) => this.#repeat(back[1] ?? back[2] ?? '', at, next) };
    }
    const bound = /^(?:[\^$]|\\[bB])/.exec(rest)?.[0];
    if (bound !== undefined) {
      this.#at += bound.length;
      const pattern = new RegExp(bound, `${this.#flags}y`);
      return { example: '', match: (at, next) => this.#tries(pattern, at) >= 0 && next(at) };
    }
    return this.#character(rest);
  }

  /** One character, however it is written: each is left to a pattern of its own. */
  #character(rest: string): Part {
    const written =
      /^(?:\[(?:\\.|[^\]\\])*\]|\\u\{[^}]*\}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[pP]\{[^}]*\}|\\.|[^\\])/isu.exec(
        rest,
      )?.[0] ?? '';
    this.#at += written.length;
    const pattern = new RegExp(written, `${this.#flags}y`);
    const lengths = new Map<string, number>();
    /** How many units of the text the character there takes, or 0 where it is another one; remembered, as it is asked often. */
    const lengthAt = (at: number): number => {
      const code = this.#text.codePointAt(at);
      const character =
        code === undefined ? '' : this.#flags.includes('u') ? String.fromCodePoint(code) : this.#text[at];
      const known = lengths.get(character ?? '');
      if (known !== undefined) {
        this.steps++;
        return known;
      }
      const length = Math.max(0, this.#tries(pattern, at) - at);
      lengths.set(character ?? '', length);
      return length;
    };
    const whole = new RegExp(`^${written}$`, this.#flags);
    const example = candidates.find((text) => whole.test(text)) ?? '';
    return {
      example,
      match: (at, next) => {
        const length = lengthAt(at);
        return length > 0 && next(at + length);
      },
    };
  }

  #look(length: number, kind: string, before: string): Part {
    const from = this.#at;
    this.#at += length;
    const inner = this.#alternatives(before);
    this.#at++;
    if (kind.startsWith('<')) {
      const pattern = new RegExp(this.#source.slice(from, this.#at), `${this.#flags}y`);
      return { example: '', match: (at, next) => this.#tries(pattern, at) >= 0 && next(at) };
    }
    return { example: '', match: (at, next) => inner.match(at, () => true) === (kind === '=') && next(at) };
  }

  #repeat(name: string, at: number, next: Next): boolean {
    const [start, end] = this.#groups.get(name) ?? [0, 0];
    const wanted = this.#text.slice(start, end);
    this.steps += 1 + wanted.length;
    return this.#text.startsWith(wanted, at) && next(at + wanted.length);
  }

  /** Where a small pattern ends that begins at a place, or -1. */
  #tries(pattern: RegExp, at: number): number {
    this.steps++;
    pattern.lastIndex = at;
    return pattern.test(this.#text) ? pattern.lastIndex : -1;
  }
}

const candidates: readonly string[] = [
  ...Array.from({ length: 95 }, (_, code) => String.fromCharCode(0x7e - code)).reverse(),
  ...[' ', '\t', '\n', '\r', '\u0001', '\u00e9', '\u200b', '\u2028', '\ufe0f', '\ufeff', '\ud800', '\u{1f600}'],
];

/** The regular expressions that a source of TypeScript holds, as they are written. */
export function patternsIn(source: string): RegExp[] {
  const found: RegExp[] = [];
  // What can stand there in order: comments, texts, and patterns where a value may begin.
  const tokens =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<=[(,=:[!&|?{};]\s*|return\s|=>\s*|\n\s*)\/((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+)\/([dgimsuvy]*)/g;
  for (const [, pattern, flags] of source.matchAll(tokens)) {
    if (pattern !== undefined) {
      found.push(new RegExp(pattern, flags));
    }
  }
  return found;
}
