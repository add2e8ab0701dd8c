import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PanelChoices } from '../../../src/views/panelChoices.ts';

/** What a window keeps for its workspace, as the JSON that it is written as. */
class MemoryState {
  readonly #values = new Map<string, string>();

  constructor(values: Readonly<Record<string, unknown>> = {}) {
    for (const [key, value] of Object.entries(values)) {
      this.#values.set(key, JSON.stringify(value));
    }
  }

  get(key: string): unknown {
    const text = this.#values.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  async update(key: string, value: unknown): Promise<void> {
    this.#values.set(key, JSON.stringify(value));
  }
}

describe('filter and grouping', () => {
  it('are none at first', () => {
    const { filter, grouping } = new PanelChoices(new MemoryState());
    assert.deepEqual([filter.isOn, grouping.by], [false, 'none']);
  });

  it('are the same after a reload', () => {
    const state = new MemoryState();
    const before = new PanelChoices(state);
    before.filter.set({ states: ['Error'], name: 'trailer' });
    before.grouping.set('day');
    const { filter, grouping } = new PanelChoices(state);
    assert.deepEqual(filter.query, { states: ['Error'], name: 'trailer' });
    assert.equal(grouping.by, 'day');
    filter.set({});
    assert.equal(new PanelChoices(state).filter.isOn, false);
  });

  it('are none where something else was stored', () => {
    const state = new MemoryState({ 'mediaServices.filter': 'x', 'mediaServices.grouping': { by: 'state' } });
    const { filter, grouping } = new PanelChoices(state);
    assert.deepEqual([filter.isOn, grouping.by], [false, 'none']);
  });
});
