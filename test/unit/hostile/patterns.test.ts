import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CountingPattern, patternsIn } from '../../support/hostile/pattern.ts';

const src = fileURLToPath(new URL('../../../src/', import.meta.url));
/** In characters, beyond the bounds that patterns have. */
const size = 160;
const smallSize = 40;
const suspectGrowth = 2.2;
const mostGrowth = 2.5;

interface Found {
  readonly file: string;
  readonly pattern: RegExp;
}

const all: readonly Found[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) =>
    patternsIn(readFileSync(path.join(src, name), 'utf8')).map((pattern) => ({ file: name, pattern })),
  );

/** Files with patterns whose steps do grow with the square, and why no text that is long gets there. */
const bounded: Readonly<Record<string, string>> = {
  'client/certificateToken.ts': 'reads the one file that a person names as their certificate',
  'emulator/api/format.ts': 'reads what Date.toISOString() has written',
};

/** Texts that make a pattern go back: what it repeats, again and again, and then nothing that it wants. */
function textsFor({ repeated, example }: CountingPattern): ((n: number) => string)[] {
  const ends = ['', '\u0001'];
  const bodies = [
    { before: '', body: example },
    ...repeated,
    ...repeated.map(({ before, body }) => ({ before: '', body: before + body })),
  ];
  return bodies
    .filter(({ body }) => body !== '')
    .flatMap(({ before, body }) =>
      ends.map((end) => (n: number) => `${before}${body.repeat(Math.ceil(n / body.length))}${end}`),
    );
}

/** By how much the steps grow at worst: at a size that is soon tried, and where that looks bad at the larger one. */
function worstGrowth(pattern: Pick<RegExp, 'source' | 'flags'>): number {
  const counting = new CountingPattern(pattern);
  const growths = textsFor(counting).map((text) => {
    const at = (n: number): number => counting.stepsIn(text(2 * n)) / counting.stepsIn(text(n));
    const growth = at(smallSize);
    return growth > suspectGrowth ? at(size) : growth;
  });
  return Math.max(1, ...growths);
}

describe('the regular expressions of the product', () => {
  let worst = 0;

  for (const { file, pattern } of all) {
    test(`${file} ${String(pattern).slice(0, 100)}: twice the text takes twice the steps`, () => {
      const growth = worstGrowth(pattern);
      const isBounded = file.split(path.sep).join('/') in bounded;
      worst = isBounded ? worst : Math.max(worst, growth);
      assert.ok(growth <= mostGrowth || isBounded, `×${growth.toFixed(2)}`);
    });
  }

  test('are found, and those that do take the square are seen', () => {
    assert.ok(all.length > 100, `${all.length}`);
    for (const square of [/\/+$/, /\s*(?:x)?\s*<a/, /(?:a|a)*b/, /^(?:a+)+$/, /a[^x]*x/]) {
      const growth = (() => {
        const counting = new CountingPattern(square);
        return Math.max(...textsFor(counting).map((text) => counting.stepsIn(text(12)) / counting.stepsIn(text(6))));
      })();
      assert.ok(growth > 2.8, `${square} ×${growth}`);
    }
  });

  after(() => console.log(`${all.length} regular expressions, at worst ×${worst.toFixed(2)} steps for ×2 of text`));
});
