import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RowSets } from '../../../src/jobs/rowSets.ts';

describe('rows in sets', () => {
  it('are the same as sets of numbers, whatever moves where', () => {
    const sets = new RowSets();
    const model = Array.from({ length: 5 }, () => new Set<number>());
    const setOf = new Map<number, number>();
    let state = 7;
    const draw = (below: number): number => {
      // Park and Miller's generator: the same numbers each time.
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    for (let turn = 0; turn < 20_000; turn++) {
      const row = draw(1500);
      const set = draw(5);
      const before = setOf.get(row);
      if (before !== undefined) {
        sets.delete(before, row);
        model[before]?.delete(row);
        setOf.delete(row);
      }
      if (before === undefined || draw(4) > 0) {
        sets.add(set, row);
        model[set]?.add(row);
        setOf.set(row, set);
      }
    }
    for (const [set, rows] of model.entries()) {
      assert.deepEqual(
        [...sets.rowsOf(set)].sort((a, b) => a - b),
        [...rows].sort((a, b) => a - b),
      );
      assert.equal(sets.sizeOf(set), rows.size);
    }
  });

  it('has room for any row, one after the other', () => {
    const sets = new RowSets();
    for (let row = 0; row < 3000; row++) {
      sets.add(0, row);
    }
    assert.equal([...sets.rowsOf(0)].length, 3000);
    assert.deepEqual([[...sets.rowsOf(1)], sets.sizeOf(9)], [[], 0]);
  });
});
