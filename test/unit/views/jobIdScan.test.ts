import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maxIds, maxScanned, scanForJobIds, scanStep, type TextLines } from '../../../src/views/jobIdScan.ts';

const id = 'nb:jid:UUID:f3c43f94-327f-2347-90bb-3bf79f8559f1';

/** A document that counts what is read of it. */
class CountedLines implements TextLines {
  readonly #lines: readonly string[];
  linesRead = 0;
  /** Code units that were taken out of lines, each time that they were. */
  charactersRead = 0;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  get lineCount(): number {
    return this.#lines.length;
  }

  lineAt(line: number): { readonly text: string } {
    this.linesRead++;
    const text = this.#lines[line] ?? '';
    const counted = {
      length: text.length,
      slice: (from: number, to: number) => {
        this.charactersRead += Math.max(0, Math.min(text.length, to) - from);
        return text.slice(from, to);
      },
      toString: () => {
        this.charactersRead += text.length;
        return text;
      },
      matchAll: (pattern: RegExp) => {
        this.charactersRead += text.length;
        return text.matchAll(pattern);
      },
    };
    return { text: counted as unknown as string };
  }
}

async function scan(
  lines: readonly string[],
  goOn: (pauses: number) => boolean = () => true,
): Promise<{ found: Awaited<ReturnType<typeof scanForJobIds>>; pauses: number; read: CountedLines }> {
  const read = new CountedLines(lines);
  let pauses = 0;
  const found = await scanForJobIds(read, ['guid', 'names'], async () => goOn(++pauses));
  return { found, pauses, read };
}

describe('scanForJobIds', () => {
  it('finds ids in every line, where they stand', async () => {
    const { found, pauses } = await scan(['', `a ${id}`, 'b', `${id} ${id}`]);
    assert.deepEqual(
      found.map(({ line, start, end }) => [line, start, end - start]),
      [
        [1, 2, id.length],
        [3, 0, id.length],
        [3, id.length + 1, id.length],
      ],
    );
    assert.equal(pauses, 0, 'a short text is looked at in one go');
  });

  it('looks at the first megabyte and no further, however it is cut into lines', async () => {
    const filler = 'x'.repeat(1023);
    const many = Array.from({ length: 3000 }, () => filler);
    many[1023] = `${id}${filler.slice(id.length)}`.replace('x', ' ');
    many[1024] = many[1023] ?? '';
    const inLines = await scan(many);
    assert.deepEqual(
      inLines.found.map(({ line }) => line),
      [1023],
    );
    assert.equal(inLines.read.linesRead, 1024);

    const long = `${'x'.repeat(maxScanned - 100)} ${id}${' '.repeat(200)}${id}`;
    const inOne = await scan([long, id]);
    assert.deepEqual(
      inOne.found.map(({ line, start }) => [line, start]),
      [[0, maxScanned - 99]],
    );
  });

  it('finds an id that stands across a step', async () => {
    const text = `${'x'.repeat(scanStep - 10)} ${id} `;
    assert.deepEqual(
      (await scan([text])).found.map(({ start }) => start),
      [scanStep - 9],
    );
  });

  it('lets others have a turn, and stops when nobody waits any more', async () => {
    for (const lines of [
      ['x'.repeat(maxScanned)],
      Array.from({ length: maxScanned / 64 }, () => 'x'.repeat(63)),
      Array.from({ length: maxScanned }, () => ''),
    ]) {
      const whole = await scan(lines);
      assert.equal(whole.pauses, maxScanned / scanStep);
      const canceled = await scan(lines, (pauses) => pauses < 2);
      assert.equal(canceled.pauses, 2);
      assert.ok(canceled.read.linesRead <= Math.ceil(whole.read.linesRead / 8));
      assert.ok(canceled.read.charactersRead <= whole.read.charactersRead / 7 + 200);
    }
  });

  it('finds so many and no more', async () => {
    const { found, read } = await scan(Array.from({ length: 20_000 }, () => id));
    assert.equal(found.length, maxIds);
    assert.equal(read.linesRead, maxIds);
  });

  describe('does no more than twice the work for twice the text', () => {
    const texts: Readonly<Record<string, (length: number) => string>> = {
      'full of ids': (length) => `${id} `.repeat(length / 64),
      'of beginnings of ids': (length) => 'nb:jid:UUID:'.repeat(length / 12),
      'of ids without an end': (length) => `${id.slice(0, -1)} `.repeat(length / 48),
      'of ids that are part of a word': (length) => `x${id}`.repeat(length / 49),
      'of escapes': (length) => '\\u0027%27'.repeat(length / 9),
    };
    for (const [what, make] of Object.entries(texts)) {
      it(`in one line ${what}`, async () => {
        const read = async (length: number): Promise<number> => (await scan([make(length)])).read.charactersRead;
        const [once, twice] = [await read(200_000), await read(400_000)];
        // Each id that is found is looked before, by a few code units.
        assert.ok(twice <= once * 2.05, `${once}, then ${twice}`);
        assert.ok(once <= 200_000 * 1.5, String(once));
      });
    }
  });
});
