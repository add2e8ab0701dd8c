import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type JobQuery, readQuery } from '../../../src/jobs/jobQuery.ts';

describe('a stored filter', () => {
  test('comes back as it was', () => {
    const query: JobQuery = { states: ['Error', 'Canceled'], name: 'trailer', createdFrom: 1_700_000_000_000 };
    assert.deepEqual(readQuery(JSON.parse(JSON.stringify(query))), query);
    assert.deepEqual(readQuery({}), {});
  });

  const worthless: readonly unknown[] = [
    ...[undefined, null, 7, 'Error', true, [], [1]],
    ...[{ states: 'Error' }, { states: [] }, { states: ['Done', 4, null] }, { states: { 0: 'Error' } }],
    ...[{ name: 7 }, { name: '' }, { createdFrom: '2020' }, { createdFrom: 1.5 }, { createdFrom: 9e15 }],
    ...[{ createdFrom: Number.NaN }, { other: 'x' }],
  ];
  for (const value of worthless) {
    test(`leaves nothing out where ${JSON.stringify(value)} was stored`, () => assert.deepEqual(readQuery(value), {}));
  }

  test('keeps what is sound of it', () => {
    const stored = { states: ['Error', 'Done', 'Error'], name: 'x', createdFrom: 'y' };
    assert.deepEqual(readQuery(stored), { states: ['Error'], name: 'x' });
  });
});
