/** A chunk is split when it grows beyond this, so that adding costs the same among a thousand rows and among 50,000. */
const maxChunk = 512;

/**
 * Rows in an order that holds at any time, in chunks: a row is found by two binary searches, and adding or taking away
 * moves at most one chunk's worth of others.
 */
export class SortedRows {
  readonly #compare: (a: number, b: number) => number;
  readonly #chunks: number[][] = [];
  #size = 0;

  /** @param compare a total order; what it says of two rows must not change while both are in here */
  constructor(compare: (a: number, b: number) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  add(row: number): void {
    this.#size++;
    const index = this.#chunkOf(row);
    const chunk = this.#chunks[index];
    if (!chunk) {
      this.#append(row);
      return;
    }
    chunk.splice(this.#positionIn(chunk, row), 0, row);
    if (chunk.length > maxChunk) {
      this.#chunks.splice(index + 1, 0, chunk.splice(maxChunk / 2));
    }
  }

  delete(row: number): void {
    const index = this.#chunkOf(row);
    const chunk = this.#chunks[index];
    const position = chunk ? this.#positionIn(chunk, row) : -1;
    if (chunk?.[position] === row) {
      this.#size--;
      chunk.splice(position, 1);
      if (chunk.length === 0) {
        this.#chunks.splice(index, 1);
      }
    }
  }

  /** Calls back with each row, the first first, until a callback returns false. */
  forEachWhile(visit: (row: number) => boolean): void {
    for (const chunk of this.#chunks) {
      for (const row of chunk) {
        if (!visit(row)) {
          return;
        }
      }
    }
  }

  /** Behind all others: lists come in order, so this is where most rows go, and full chunks save space. */
  #append(row: number): void {
    const last = this.#chunks.at(-1);
    if (last && last.length < maxChunk) {
      last.push(row);
    } else {
      this.#chunks.push([row]);
    }
  }

  /** The first chunk that does not end before the row; none where it comes behind all. */
  #chunkOf(row: number): number {
    return firstIndex(this.#chunks.length, (index) => {
      const last = this.#chunks[index]?.at(-1);
      return last !== undefined && this.#compare(last, row) >= 0;
    });
  }

  #positionIn(chunk: readonly number[], row: number): number {
    return firstIndex(chunk.length, (index) => this.#compare(chunk[index] as number, row) >= 0);
  }
}

/** The first index from which on `holds` is true; `length` where it never is. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
