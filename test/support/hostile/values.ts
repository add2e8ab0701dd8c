import fc from 'fast-check';

/** Texts that mean something to a parser, a regular expression, a prototype, an address or a clock. */
const tellingTexts: readonly string[] = [
  ...['', ' ', '\u0000', '\ud800', '\udc00\ud800', '\u202e', '\ufeff', '\r\nX: y', '%', '%zz', '%E0%A4%A', '\u{1f600}'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'toJSON', 'then', 'length'],
  ...['0', '-0', '007', '1e309', 'NaN', 'Infinity', '9'.repeat(20), '9'.repeat(400), '0x10', '1,5', '-', '.5'],
  ...['/Date(8640000000000001)/', '/Date(-99999999999999999)/', '/Date(1+9999)/', '/Date()/', '0001-01-01T00:00:00'],
  ...[
    '9999-12-31T23:59:59.9999999-99:99',
    '2015-02-30T00:00:00Z',
    '2015-02-11T01:46:08.',
    '2015-02-11T24:00',
    '+275760-09-13',
  ],
  ...['Finished', 'finished', 'Unknown()', 'Unknown(7)', 'Unknown(', 'Queued\n', 'Error'],
  ...[
    'https://',
    'https://[',
    'https://a b/',
    'http://x/',
    'https://u:p@h/',
    'https://h/?',
    '//h',
    'javascript:1',
    'https://h:99999/',
  ],
  ...['nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1', 'nb:jid:UUID:', "Jobs('x')", '&constructor;', '&#xD800;'],
  ...['a'.repeat(70_000), '/'.repeat(300), '<'.repeat(300), '['.repeat(20_000), '{"a":'.repeat(300), "'".repeat(300)],
];

const tellingNumbers: readonly number[] = [
  ...[
    0,
    -0,
    1,
    -1,
    2,
    3,
    6,
    7,
    99,
    100,
    100.5,
    101,
    0.1,
    1e-320,
    2 ** 31,
    -(2 ** 31) - 1,
    2 ** 32,
    2 ** 53,
    2 ** 53 - 1,
  ],
  ...[8.64e15, 8.64e15 + 2, -8.64e15 - 2, 1e21, 1e300, Number.MAX_VALUE, -Number.MAX_VALUE, 1.5e12],
];

/** Arrays and objects far deeper than anybody means, of which a walk that calls itself dies. */
function nested(depth: number, open: string, close: string): unknown {
  return JSON.parse(open.repeat(depth) + close.repeat(depth));
}

const deep: readonly unknown[] = [
  nested(20_000, '[', ']'),
  JSON.parse(`${'{"d":'.repeat(9_000)}1${'}'.repeat(9_000)}`),
];

/** An object with a property of any name of its own, `__proto__` too, as JSON makes it. */
export function withOwn(name: string, value: unknown): object {
  return Object.defineProperty({}, name, { value, enumerable: true, writable: true, configurable: true });
}

const names = fc.oneof(
  fc.constantFrom(...tellingTexts.filter((text) => text.length < 40)),
  fc.string({ maxLength: 12 }),
);

/** A leaf or a small tree that JSON can hold, and that is seldom what is expected. */
export const jsonPart: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [null], [[]], [{}]) },
  { weight: 5, arbitrary: fc.constantFrom<unknown>(...tellingTexts) },
  { weight: 4, arbitrary: fc.constantFrom<unknown>(...tellingNumbers) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(...deep) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(names, fc.constantFrom<unknown>(null, 1, 'x', { polluted: true }, [1]))
      .map(([name, value]) => withOwn(name, value)),
  },
);

/** What another extension can hand over beside what JSON can hold. */
const anyPart: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: jsonPart },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      ...[undefined, Number.NaN, Number.POSITIVE_INFINITY, 10n, Symbol('s'), () => 1, new Date(Number.NaN), new Map()],
      ...[Object.create(null), { toString: 1, valueOf: 1 }, { toString: null }, new Set([1]), /x/, Object('text')],
    ),
  },
);

/** What is done to a document at one place. */
interface Change {
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'rename' | 'repeat' | 'wrap' | 'add' | 'cut';
  readonly name: string;
  readonly part: unknown;
}

function changes(part: fc.Arbitrary<unknown>): fc.Arbitrary<Change[]> {
  const how = fc.constantFrom<Change['how']>(
    'replace',
    'replace',
    'replace',
    'remove',
    'rename',
    'repeat',
    'wrap',
    'add',
    'cut',
  );
  return fc.array(fc.record({ at: fc.nat(), how, name: names, part }), { minLength: 0, maxLength: 4 });
}

/** Where something stands: in what, and under which name. */
type Place = readonly [holder: Record<string, unknown> | unknown[], name: string];

/** @param parts what was put in before: it is shared by all documents, so nothing in it is changed */
function placesIn(root: object, parts: ReadonlySet<unknown>): Place[] {
  const places: Place[] = [];
  const holders: object[] = [root];
  for (let holder = holders.pop(); holder !== undefined && places.length < 2_000; holder = holders.pop()) {
    for (const name of Object.keys(holder)) {
      places.push([holder as Record<string, unknown>, name]);
      const inner = (holder as Record<string, unknown>)[name];
      if (inner !== null && typeof inner === 'object' && !parts.has(inner)) {
        holders.push(inner);
      }
    }
  }
  return places;
}

function put(holder: object, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, enumerable: true, writable: true, configurable: true });
}

/** Without a gap in a list: JSON has none. */
function take(holder: Record<string, unknown> | unknown[], name: string): void {
  if (Array.isArray(holder)) {
    holder.splice(Number(name), 1);
  } else {
    delete holder[name];
  }
}

function apply(root: object, { at, how, name, part }: Change, parts: Set<unknown>): void {
  const places = placesIn(root, parts);
  parts.add(part);
  const [holder, key] = places[at % places.length] ?? [root as Record<string, unknown>, 'value'];
  const before = (holder as Record<string, unknown>)[key];
  const text = typeof before === 'string' ? before : '';
  const cut = at % (text.length + 1);
  const isOurs = before !== null && typeof before === 'object' && !Array.isArray(before) && !parts.has(before);
  switch (how) {
    case 'replace':
      put(holder, key, part);
      break;
    case 'remove':
      take(holder, key);
      break;
    case 'rename':
      take(holder, key);
      put(holder, Array.isArray(holder) ? `${holder.length}` : name, before);
      break;
    case 'repeat':
      if (Array.isArray(before) && !parts.has(before)) {
        before.push(...(before as unknown[]));
      } else {
        put(holder, key, [before, before]);
      }
      break;
    case 'wrap':
      put(holder, key, withOwn(name, before));
      break;
    case 'add':
      put(isOurs ? before : root, name, part);
      break;
    case 'cut':
      put(holder, key, `${text.slice(0, cut)}${name}${text.slice(cut)}`);
      break;
  }
}

function mutated(samples: readonly unknown[], part: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const texts = samples.map((sample) => JSON.stringify(sample));
  return fc.tuple(fc.nat(texts.length - 1), changes(part)).map(([index, list]) => {
    const root = { value: JSON.parse(texts[index] ?? 'null') as unknown };
    const parts = new Set<unknown>();
    for (const change of list) {
      apply(root, change, parts);
    }
    return root.value;
  });
}

/** A document close to one of some that are right: none to four places of it are not what they were. As JSON gives it. */
export function nearJson(...samples: readonly unknown[]): fc.Arbitrary<unknown> {
  return mutated(samples, jsonPart);
}

/** The same, with what JSON cannot hold in some places. */
export function nearValue(...samples: readonly unknown[]): fc.Arbitrary<unknown> {
  return mutated(samples, anyPart);
}

/** The text of such a document, cut or spoilt now and then. */
export function nearJsonText(...samples: readonly unknown[]): fc.Arbitrary<string> {
  const spoilt = fc.oneof(
    { weight: 12, arbitrary: fc.constant<readonly [number, string] | null>(null) },
    { weight: 1, arbitrary: fc.tuple(fc.nat(), fc.constantFrom(...tellingTexts)) },
  );
  return fc.tuple(nearJson(...samples), spoilt).map(([document, spoil]) => {
    const text = written(document);
    const at = spoil ? spoil[0] % (text.length + 1) : 0;
    return spoil ? `${text.slice(0, at)}${spoil[1]}` : text;
  });
}

/** As JSON, also where it is too deep for `JSON.stringify`, which calls itself. */
function written(document: unknown): string {
  try {
    return JSON.stringify(document) ?? '';
  } catch {
    return '['.repeat(20_000) + ']'.repeat(20_000);
  }
}

/** A text close to one of some that are right. */
export function nearText(...samples: readonly string[]): fc.Arbitrary<string> {
  const part = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...tellingTexts, ...samples) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  );
  const change = fc.record({ at: fc.nat(), length: fc.nat(8), part });
  return fc.tuple(fc.constantFrom(...samples), fc.array(change, { maxLength: 3 })).map(([sample, list]) => {
    let text = sample;
    for (const { at, length, part: inserted } of list) {
      const from = at % (text.length + 1);
      text = `${text.slice(0, from)}${inserted}${text.slice(from + length)}`.slice(0, 200_000);
    }
    return text;
  });
}
