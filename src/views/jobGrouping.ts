import { type Disposable, Emitter } from '../jobs/lifecycle.ts';

export const groupings = ['none', 'state', 'day'] as const;

/** By what the jobs of the panel are grouped. */
export type Grouping = (typeof groupings)[number];

/** By what people want the jobs of the panel to be grouped. */
export class JobGrouping implements Disposable {
  readonly #change = new Emitter<void>();
  #by: Grouping;

  readonly onDidChange = this.#change.event;

  /** @param stored what was chosen last; it may be anything */
  constructor(stored?: unknown) {
    this.#by = groupings.find((known) => known === stored) ?? 'none';
  }

  get by(): Grouping {
    return this.#by;
  }

  set(by: Grouping): void {
    if (by !== this.#by) {
      this.#by = by;
      this.#change.fire();
    }
  }

  dispose(): void {
    this.#change.dispose();
  }
}
