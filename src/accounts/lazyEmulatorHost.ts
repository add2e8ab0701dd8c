import { type Disposable, DisposableStore, Emitter } from '../jobs/lifecycle.ts';
import type { SharedEmulator } from './emulatorAccounts.ts';
import type { EmulatorHost } from './emulatorHost.ts';

/** The emulator as windows share it, made on its first use, because making it loads a bundle that start-up does not need. */
export class LazyEmulatorHost implements Disposable {
  readonly #create: () => EmulatorHost;
  readonly #disposables = new DisposableStore();
  readonly #change = this.#disposables.add(new Emitter<SharedEmulator | null>());
  #host: EmulatorHost | null = null;

  readonly onDidChange = this.#change.event;

  constructor(create: () => EmulatorHost) {
    this.#create = create;
  }

  get running(): SharedEmulator | null {
    return this.#host?.running ?? null;
  }

  watch: EmulatorHost['watch'] = () => this.#get().watch();
  start: EmulatorHost['start'] = (services) => this.#get().start(services);
  stop: EmulatorHost['stop'] = () => this.#get().stop();

  dispose(): void {
    this.#disposables.dispose();
  }

  #get(): EmulatorHost {
    if (!this.#host) {
      this.#host = this.#create();
      this.#disposables.add(this.#host.onDidChange((running) => this.#change.fire(running)));
      this.#disposables.add(this.#host);
    }
    return this.#host;
  }
}
