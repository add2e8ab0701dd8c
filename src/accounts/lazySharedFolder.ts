import { type Disposable, DisposableStore, Emitter } from '../jobs/lifecycle.ts';
import type { AccountSharing } from '../jobs/pollSharing.ts';
import type { TrackedJobStorage } from '../jobs/trackedJob.ts';
import type { AccountFiles } from './accountRegistry.ts';
import type { SharedFolder } from './sharedFolder.ts';

/** The folder that windows share, made on its first use, because making it loads a bundle that start-up does not need. */
export class LazySharedFolder implements AccountFiles, Disposable {
  readonly #create: () => SharedFolder;
  readonly #disposables = new DisposableStore();
  readonly #trackedChange = this.#disposables.add(new Emitter<unknown>());
  #folder: SharedFolder | null = null;

  readonly tracked: TrackedJobStorage = {
    load: () => this.#get().tracked.load(),
    save: (choice) => this.#get().tracked.save(choice),
    onDidChange: this.#trackedChange.event,
  };

  constructor(create: () => SharedFolder) {
    this.#create = create;
  }

  account(name: string, fingerprint: string): AccountSharing {
    return this.#get().account(name, fingerprint);
  }

  endpoint: AccountFiles['endpoint'] = (name) => this.#get().endpoint(name);
  forgetAccount: AccountFiles['forgetAccount'] = (name) => this.#get().forgetAccount(name);
  claim: SharedFolder['claim'] = (name) => this.#get().claim(name);

  dispose(): void {
    this.#disposables.dispose();
    this.#folder?.dispose();
  }

  #get(): SharedFolder {
    if (!this.#folder) {
      this.#folder = this.#create();
      if (this.#disposables.isDisposed) {
        // Who comes this late is to find it closed.
        this.#folder.dispose();
      } else {
        this.#disposables.add(this.#folder.tracked.onDidChange((choice) => this.#trackedChange.fire(choice)));
      }
    }
    return this.#folder;
  }
}
