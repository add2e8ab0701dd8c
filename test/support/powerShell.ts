/**
 * What PowerShell makes of a command: the words that it calls a program with. It knows as much of the language as is
 * needed ("about_Parsing", "about_Quoting_Rules", "about_Comparison_Operators") and refuses the rest, so that nothing that
 * it reads can mean anything else.
 * @param passing `$PSNativeCommandArgumentPassing`: not set before 7.3
 */
export function powerShellArguments(
  command: string,
  environment: Readonly<Record<string, string>>,
  passing: 'Standard' | 'Legacy' | '',
): string[] {
  return new Reader(command, environment, passing).words();
}

/** PowerShell takes typographic quotes for plain ones. */
const singleQuotes = "'\u2018\u2019\u201a\u201b";
const doubleQuotes = '"\u201c\u201d\u201e';

class Reader {
  readonly #text: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #passing: string;
  #at = 0;

  constructor(text: string, environment: Readonly<Record<string, string>>, passing: string) {
    this.#text = text;
    this.#environment = environment;
    this.#passing = passing;
  }

  words(): string[] {
    const words: string[] = [];
    for (;;) {
      while (this.#take(' ') || this.#take('`\n')) {
        // Between two words.
      }
      if (this.#at === this.#text.length) {
        return words;
      }
      const word = this.#bareWord() ?? this.#value();
      if (this.#at < this.#text.length && !/[ `]/.test(this.#text[this.#at] ?? '')) {
        throw new Error(`A word goes on after its end: ${this.#text.slice(this.#at)}`);
      }
      words.push(word);
    }
  }

  #bareWord(): string | null {
    const [word] = /^[a-z-][\w.-]*/i.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += word?.length ?? 0;
    return word ?? null;
  }

  #value(): string {
    const first = this.#text[this.#at] ?? '';
    if (singleQuotes.includes(first)) {
      return this.#singleQuoted();
    }
    if (doubleQuotes.includes(first)) {
      return this.#doubleQuoted();
    }
    if (this.#take('(')) {
      const value = this.#expression();
      this.#expect(')');
      return value;
    }
    throw new Error(`Not understood: ${this.#text.slice(this.#at)}`);
  }

  #expression(): string {
    let value = this.#operand();
    for (;;) {
      if (this.#take(' + ')) {
        value += this.#operand();
      } else if (this.#take(' -replace ')) {
        const pattern = this.#singleQuoted();
        this.#expect(', $(if ("$PSNativeCommandArgumentPassing" -in ');
        const listed = [this.#singleQuoted()];
        this.#expect(', ');
        listed.push(this.#singleQuoted());
        this.#expect(') {');
        const then = this.#singleQuoted();
        this.#expect('} else {');
        const otherwise = this.#singleQuoted();
        this.#expect('})');
        // .NET writes the whole match as $0, JavaScript as $&.
        const replacement = (listed.includes(this.#passing) ? then : otherwise).replaceAll('$0', '$$&');
        value = value.replace(new RegExp(pattern, 'g'), replacement);
      } else {
        return value;
      }
    }
  }

  #operand(): string {
    const [, code] = /^\[char\](\d+)/.exec(this.#text.slice(this.#at)) ?? [];
    if (code !== undefined) {
      this.#at += '[char]'.length + code.length;
      return String.fromCharCode(Number(code));
    }
    return this.#value();
  }

  #singleQuoted(): string {
    if (!singleQuotes.includes(this.#text[this.#at] ?? ' ')) {
      throw new Error(`No quote: ${this.#text.slice(this.#at)}`);
    }
    let value = '';
    for (this.#at++; ; this.#at++) {
      const unit = this.#text[this.#at];
      if (unit === undefined) {
        throw new Error('The quote is never closed.');
      }
      if (singleQuotes.includes(unit)) {
        const next = this.#text[this.#at + 1] ?? '';
        if (next === '' || !singleQuotes.includes(next)) {
          this.#at++;
          return value;
        }
        // Of two quotes, one stands for itself.
        this.#at++;
      }
      value += this.#text[this.#at];
    }
  }

  #doubleQuoted(): string {
    const [whole, inside = ''] = /^"([^"`\u201c-\u201e]*)"/.exec(this.#text.slice(this.#at)) ?? [];
    if (whole === undefined) {
      throw new Error(`Not understood: ${this.#text.slice(this.#at)}`);
    }
    this.#at += whole.length;
    return inside.replace(/\$env:(\w+)|\$/g, (_, name: string | undefined) => {
      if (name === undefined) {
        throw new Error(`Not understood: ${inside}`);
      }
      return this.#environment[name] ?? '';
    });
  }

  #take(text: string): boolean {
    const isThere = this.#text.startsWith(text, this.#at);
    this.#at += isThere ? text.length : 0;
    return isThere;
  }

  #expect(text: string): void {
    if (!this.#take(text)) {
      throw new Error(`Expected ${text}, found ${this.#text.slice(this.#at)}`);
    }
  }
}
