/** No row: the end of a chain. */
const none = -1;

/**
 * Rows divided into numbered sets, each row in one at most. Chains through the rows themselves: moving a row to another
 * set costs the same however many there are, and a row takes eight bytes.
 */
export class RowSets {
  /** For each row the one before it and the one behind it. */
  #links = new Int32Array(0);
  readonly #first: number[] = [];
  readonly #sizes: number[] = [];

  sizeOf(set: number): number {
    return this.#sizes[set] ?? 0;
  }

  /** Adds a row that is in no set. */
  add(set: number, row: number): void {
    if (row * 2 + 1 >= this.#links.length) {
      const larger = new Int32Array(Math.ceil(row * 2.25) + 64);
      larger.set(this.#links);
      this.#links = larger;
    }
    const next = this.#first[set] ?? none;
    this.#links[row * 2] = none;
    this.#links[row * 2 + 1] = next;
    if (next !== none) {
      this.#links[next * 2] = row;
    }
    this.#first[set] = row;
    this.#sizes[set] = this.sizeOf(set) + 1;
  }

  /** Takes a row out of the set that it is in. */
  delete(set: number, row: number): void {
    const before = this.#links[row * 2] as number;
    const next = this.#links[row * 2 + 1] as number;
    if (before === none) {
      this.#first[set] = next;
    } else {
      this.#links[before * 2 + 1] = next;
    }
    if (next !== none) {
      this.#links[next * 2] = before;
    }
    this.#sizes[set] = this.sizeOf(set) - 1;
  }

  /** The rows of a set, in no order. */
  *rowsOf(set: number): Generator<number> {
    for (let row = this.#first[set] ?? none; row !== none; row = this.#links[row * 2 + 1] as number) {
      yield row;
    }
  }
}
