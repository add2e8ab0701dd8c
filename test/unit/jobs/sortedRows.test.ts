import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SortedRows } from '../../../src/jobs/sortedRows.ts';

/** Numbers that look random and are the same each time (Park and Miller's generator). */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 48_271) % 2_147_483_647;
    yield state;
  }
}

function all(rows: SortedRows): number[] {
  const found: number[] = [];
  rows.forEachWhile((row) => found.push(row) > 0);
  return found;
}

describe('rows in order', () => {
  for (const seed of [1, 2, 3]) {
    it(`are the same as a sorted array, whatever comes and goes (seed ${seed})`, () => {
      const keys = numbers(seed);
      const keyOf: number[] = [];
      const compare = (a: number, b: number): number => (keyOf[a] as number) - (keyOf[b] as number) || a - b;
      const rows = new SortedRows(compare);
      const there = new Set<number>();
      for (let turn = 0; turn < 6000; turn++) {
        const { value: draw } = keys.next();
        const row = draw % 3000;
        if (there.delete(row)) {
          rows.delete(row);
        } else {
          // Few keys, so that many rows have the same one.
          keyOf[row] = draw % 700;
          there.add(row);
          rows.add(row);
        }
      }
      assert.deepEqual(all(rows), [...there].sort(compare));
      assert.equal(rows.size, there.size);
    });
  }

  it('come in any order and go in any order', () => {
    for (const order of [(n: number) => n, (n: number) => 4999 - n]) {
      const rows = new SortedRows((a, b) => a - b);
      for (let n = 0; n < 5000; n++) {
        rows.add(order(n));
      }
      assert.deepEqual(
        all(rows),
        Array.from({ length: 5000 }, (_, n) => n),
      );
      for (let n = 0; n < 5000; n++) {
        rows.delete(order(n));
      }
      assert.deepEqual([all(rows), rows.size], [[], 0]);
    }
  });

  it('do not mind a row that is not there', () => {
    const rows = new SortedRows((a, b) => a - b);
    rows.delete(1);
    rows.add(2);
    rows.delete(1);
    rows.delete(3);
    assert.deepEqual([all(rows), rows.size], [[2], 1]);
  });

  it('are looked at no further than somebody wants', () => {
    const rows = new SortedRows((a, b) => a - b);
    for (let n = 0; n < 2000; n++) {
      rows.add(n);
    }
    const seen: number[] = [];
    rows.forEachWhile((row) => seen.push(row) < 3);
    assert.deepEqual(seen, [0, 1, 2]);
  });

  it('costs no more comparisons among 50,000 than the logarithm says', () => {
    let compared = 0;
    const rows = new SortedRows((a, b) => {
      compared++;
      return a - b;
    });
    for (let n = 0; n < 50_000; n++) {
      rows.add(n * 2);
    }
    compared = 0;
    for (let n = 0; n < 200; n++) {
      rows.add(n * 400 + 1);
    }
    assert.ok(compared / 200 < 25, `${compared / 200} comparisons for each`);
  });
});
