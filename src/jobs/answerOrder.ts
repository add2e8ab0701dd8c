/** When the request of an answer began, as a number that only grows; clocks have ties and can be set back. */
export type Began = number;

/** What an answer tells of a job: its record (or that there is none), or its tasks. */
export type AnswerPart = 'record' | 'tasks';

/**
 * Keeps late answers from undoing newer ones. Checks, listings and polls run beside one another, and answers do not
 * come in the order of their requests. Of two answers on the same thing, the one whose request began later counts; but what
 * is over stays over for whoever asked before it was known.
 */
export class AnswerOrder {
  #last: Began = 0;
  #under = 0;
  readonly #newest: Record<AnswerPart, Map<string, Began>> = { record: new Map(), tasks: new Map() };

  /** Call it right before a request is sent. */
  begin(): Began {
    return ++this.#last;
  }

  /** Whether something newer is known than the answer to a request that began then. */
  isNewer(part: AnswerPart, jobId: string, began: Began): boolean {
    return (this.#newest[part].get(jobId) ?? 0) > began;
  }

  /**
   * Whether nothing newer is known, so that the answer counts. Remembers it where it does.
   * @param isEnd whether nothing comes after what it says. It then holds over all that was asked for until now: a request
   * that began later may still have been answered first, as a service need not keep to the order, and a request is sent
   * again after a failure.
   */
  accept(part: AnswerPart, jobId: string, began: Began, isEnd: boolean): boolean {
    if (this.isNewer(part, jobId, began)) {
      return false;
    }
    this.#newest[part].set(jobId, isEnd ? this.begin() : began);
    return true;
  }

  /** Runs what asks and takes over answers. While nothing does, no answer can be late, and nothing need be remembered. */
  async during<T>(run: () => Promise<T>): Promise<T> {
    this.#under++;
    try {
      return await run();
    } finally {
      if (--this.#under === 0) {
        this.#newest.record.clear();
        this.#newest.tasks.clear();
      }
    }
  }
}
