/**
 * Counts what a decoder does with its input, so that its cost is a number and not a time. Of values: each look at a
 * property, at a length or at the list of names, which a `Proxy` sees at every depth. Of texts: the characters that a
 * method of `String` or `RegExp` is given to look at, as many as the text has, since a call may look at all of them.
 */
export class WorkCounter {
  #work = 0;
  readonly #proxies = new WeakMap<object, object>();
  readonly #restore: (() => void)[] = [];

  get work(): number {
    return this.#work;
  }

  /** A value that behaves as another one and counts every look at it. */
  counted(value: unknown): unknown {
    if (value === null || typeof value !== 'object') {
      return value;
    }
    const known = this.#proxies.get(value);
    if (known) {
      return known;
    }
    const looks = (times: number): void => {
      this.#work += times;
    };
    const proxy: object = new Proxy(value, {
      get: (target, name) => {
        looks(1);
        return this.counted(Reflect.get(target, name));
      },
      has: (target, name) => {
        looks(1);
        return Reflect.has(target, name);
      },
      ownKeys: (target) => {
        const names = Reflect.ownKeys(target);
        looks(names.length);
        return names;
      },
      getOwnPropertyDescriptor: (target, name) => {
        looks(1);
        const descriptor = Reflect.getOwnPropertyDescriptor(target, name);
        return descriptor && 'value' in descriptor && descriptor.configurable
          ? { ...descriptor, value: this.counted(descriptor.value) }
          : descriptor;
      },
    });
    this.#proxies.set(value, proxy);
    return proxy;
  }

  /** Counts what is done with texts until it is disposed, and makes what is parsed a value that counts. */
  begin(): void {
    const looks = (characters: number): void => {
      this.#work += 1 + characters;
    };
    const { parse } = JSON;
    this.#replace(JSON, 'parse', (text: string) => {
      looks(text.length);
      return this.counted(parse(text));
    });
    for (const name of textMethods) {
      const original = String.prototype[name] as (...args: unknown[]) => unknown;
      this.#replace(String.prototype, name, function (this: string, ...args: unknown[]) {
        const found = Reflect.apply(original, this, args);
        const reached = name === 'indexOf' && typeof found === 'number' && found >= 0 ? found : this.length;
        const from = name === 'indexOf' ? Math.min(reached, Number(args[1] ?? 0)) : 0;
        looks(cheap.has(name) ? 0 : reached - from);
        return found;
      });
    }
    const { exec } = RegExp.prototype;
    // Whatever else uses a pattern, such as `replace`, calls this where it is not what the language has.
    this.#replace(RegExp.prototype, 'exec', function (this: RegExp, text: string) {
      const from = this.global || this.sticky ? this.lastIndex : 0;
      const found = exec.call(this, text);
      // How far it came; how often it looked at a character on its way is a matter of the pattern.
      looks((found ? found.index + found[0].length : this.sticky ? from : text.length) - from);
      return found;
    });
  }

  end(): void {
    for (const restore of this.#restore.splice(0)) {
      restore();
    }
  }

  #replace(holder: object, name: string, value: unknown): void {
    const before = Object.getOwnPropertyDescriptor(holder, name);
    Object.defineProperty(holder, name, { ...before, value });
    this.#restore.push(() => Object.defineProperty(holder, name, before ?? {}));
  }
}

const textMethods = [
  ...(['charCodeAt', 'at', 'slice', 'indexOf', 'includes', 'replace', 'replaceAll', 'split', 'match', 'trim'] as const),
  ...(['toLowerCase', 'normalize', 'startsWith', 'endsWith', 'toWellFormed'] as const),
] as const;

/** Those whose cost does not grow with the text: a part of a text is no copy of it. */
const cheap: ReadonlySet<string> = new Set(['charCodeAt', 'at', 'slice', 'startsWith', 'endsWith']);
