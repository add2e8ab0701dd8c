/** A binary heap: the item that `before` puts first is always at hand. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #before: (left: T, right: T) => boolean;

  constructor(before: (left: T, right: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  /** Takes everything out, in no order. */
  drain(): T[] {
    return this.#items.splice(0);
  }

  push(item: T): void {
    let index = this.#items.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) {
        return;
      }
      index = parent;
    }
  }

  pop(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (last === undefined || this.#items.length === 0) {
      return first;
    }
    this.#items[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child = this.#isBefore(right, left) ? right : left;
      if (!this.#swapIfBefore(child, index)) {
        return first;
      }
      index = child;
    }
  }

  #isBefore(index: number, other: number): boolean {
    const item = this.#items[index];
    const against = this.#items[other];
    return item !== undefined && against !== undefined && this.#before(item, against);
  }

  #swapIfBefore(index: number, other: number): boolean {
    const item = this.#items[index];
    const against = this.#items[other];
    if (item === undefined || against === undefined || !this.#before(item, against)) {
      return false;
    }
    this.#items[index] = against;
    this.#items[other] = item;
    return true;
  }
}
