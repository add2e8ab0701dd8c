import { JobFilter } from '../jobs/jobFilter.ts';
import { readQuery } from '../jobs/jobQuery.ts';
import { type Disposable, DisposableStore } from '../jobs/lifecycle.ts';
import { JobGrouping } from './jobGrouping.ts';

/** The part of `vscode.Memento` that is needed. What it gives may be anything. */
export interface ChoiceStorage {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const filterKey = 'mediaServices.filter';
const groupingKey = 'mediaServices.grouping';

/** What people chose to see in the panel of this workspace. It outlives a reload. */
export class PanelChoices implements Disposable {
  readonly filter: JobFilter;
  readonly grouping: JobGrouping;
  readonly #disposables = new DisposableStore();

  constructor(storage: ChoiceStorage) {
    this.filter = this.#disposables.add(new JobFilter(readQuery(storage.get(filterKey))));
    this.grouping = this.#disposables.add(new JobGrouping(storage.get(groupingKey)));
    this.filter.onDidChange(() => void storage.update(filterKey, this.filter.query));
    this.grouping.onDidChange(() => void storage.update(groupingKey, this.grouping.by));
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
