/** Something that goes wrong with requests on purpose. */
export interface Fault {
  /** Counted up, for messages alone. */
  readonly id: number;
  /** Which paths: all that contain this text, query included, percent-encoding undone. */
  readonly path: string;
  /** Which verb; any where undefined. */
  readonly method?: string;
  /** Waits before anything else, real milliseconds. */
  readonly delayMs?: number;
  /** Answers with this in place of what was asked; nothing is done. */
  readonly status?: number;
  /** The words of that answer. */
  readonly message?: string;
  /** Closes the connection without an answer; nothing is done. */
  readonly drop?: boolean;
  /** Does what was asked, but closes the connection after half of the body. */
  readonly cutBody?: boolean;
  /** Does what was asked, but says it is of this type. */
  readonly contentType?: string;
}

/** The faults there are to come, each for a number of requests. */
export class Faults {
  readonly #waiting: { readonly fault: Fault; left: number }[] = [];
  #made = 0;

  /** @param count for how many requests */
  add(fault: Omit<Fault, 'id'>, count: number): Fault {
    const made = { id: ++this.#made, ...fault };
    this.#waiting.push({ fault: made, left: count });
    return made;
  }

  /** The fault for a request, if there is one: the oldest that fits, which then has one less to go. */
  take(method: string, address: string): Fault | null {
    const path = decode(address);
    const index = this.#waiting.findIndex(
      ({ fault }) => path.includes(fault.path) && (fault.method === undefined || fault.method === method),
    );
    const found = this.#waiting[index];
    if (!found) {
      return null;
    }
    found.left--;
    if (found.left === 0) {
      this.#waiting.splice(index, 1);
    }
    return found.fault;
  }

  /** Those still to come, oldest first. */
  list(): (Fault & { readonly left: number })[] {
    return this.#waiting.map(({ fault, left }) => ({ ...fault, left }));
  }

  clear(): void {
    this.#waiting.length = 0;
  }
}

function decode(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}
