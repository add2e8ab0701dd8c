import { isUnlimited, type JobQuery } from './jobQuery.ts';
import { type Disposable, Emitter } from './lifecycle.ts';

/** Which jobs of all accounts people want to see in the panel. */
export class JobFilter implements Disposable {
  readonly #change = new Emitter<void>();
  #query: JobQuery;

  readonly onDidChange = this.#change.event;

  constructor(query: JobQuery = {}) {
    this.#query = query;
  }

  get query(): JobQuery {
    return this.#query;
  }

  get isOn(): boolean {
    return !isUnlimited(this.#query);
  }

  set(query: JobQuery): void {
    if (JSON.stringify(query) !== JSON.stringify(this.#query)) {
      this.#query = query;
      this.#change.fire();
    }
  }

  dispose(): void {
    this.#change.dispose();
  }
}
