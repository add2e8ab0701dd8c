/** Something that holds a resource (a timer, a listener, a socket) until it is told to let go. */
export interface Disposable {
  dispose(): void;
}

/** A function that subscribes a listener, in the shape of `vscode.Event` so that both can be used alike. */
export type Event<T> = (listener: (event: T) => unknown) => Disposable;

/** A source of events that knows nothing of VS Code. A listener that throws does not keep the others from hearing. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(event: T) => unknown>();
  readonly #onListenerError: (error: unknown) => void;

  constructor(onListenerError: (error: unknown) => void = () => undefined) {
    this.#onListenerError = onListenerError;
  }

  readonly event: Event<T> = (listener) => {
    // A fresh closure per subscription: the same function may subscribe twice and each handle ends its own.
    const entry = (event: T): unknown => listener(event);
    this.#listeners.add(entry);
    return { dispose: () => this.#listeners.delete(entry) };
  };

  get listenerCount(): number {
    return this.#listeners.size;
  }

  fire(event: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

/** Collects disposables and lets go of them together, last in first out. Late additions are disposed at once. */
export class DisposableStore implements Disposable {
  readonly #items: Disposable[] = [];
  #disposed = false;

  get isDisposed(): boolean {
    return this.#disposed;
  }

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) {
      item.dispose();
    } else {
      this.#items.push(item);
    }
    return item;
  }

  dispose(): void {
    this.#disposed = true;
    for (let item = this.#items.pop(); item; item = this.#items.pop()) {
      item.dispose();
    }
  }
}

/** What is made when it is first wanted, and once. */
export function once<T, Args extends readonly unknown[] = []>(make: (...args: Args) => T): (...args: Args) => T {
  let made: { readonly value: T } | undefined;
  return (...args) => {
    made ??= { value: make(...args) };
    return made.value;
  };
}
