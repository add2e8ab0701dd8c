/** What several say at the same time, one after the other: the first speaks at once, the others once it is their turn. */
export class Turns {
  readonly #write: (text: string) => void;
  readonly #kept: string[];
  readonly #ended = new Set<number>();
  #turn = 0;

  constructor(count: number, write: (text: string) => void) {
    this.#write = write;
    this.#kept = Array.from({ length: count }, () => '');
  }

  print(index: number, text: string): void {
    if (index === this.#turn) {
      this.#write(text);
    } else {
      this.#kept[index] += text;
    }
  }

  end(index: number): void {
    this.#ended.add(index);
    while (this.#ended.has(this.#turn)) {
      this.#turn++;
      this.#write(this.#kept[this.#turn] ?? '');
    }
  }
}
