import type { Clock } from '../../jobs/clock.ts';
import { ServiceError } from '../../jobs/serviceError.ts';
import { ownProperty, readText } from '../odata.ts';
import { isTransformName } from '../v3/addresses.ts';
import type { RecordLists } from '../v3/recordLists.ts';
import { SharedAnswers } from '../v3/sharedAnswers.ts';

/** Transforms are made once in a while by a script, and used for years. */
const keptMs = 3 * 60_000;

/**
 * The transforms of an account, within which its jobs are. They are looked at again every few minutes, and at once where
 * one turned out to be gone, or a job was found in one that is not among them.
 */
export class Transforms {
  readonly #lists: RecordLists;
  readonly #resource: string;
  readonly #clock: Clock;
  readonly #shared = new SharedAnswers<readonly string[]>();
  #last: { readonly names: readonly string[]; readonly at: number } | null = null;

  constructor(lists: RecordLists, resource: string, clock: Clock) {
    this.#lists = lists;
    this.#resource = resource;
    this.#clock = clock;
  }

  /** Their names, in the order of the service. */
  async names(signal: AbortSignal | undefined): Promise<readonly string[]> {
    const last = this.#last;
    const age = this.#clock.now() - (last?.at ?? Number.NEGATIVE_INFINITY);
    return last && age >= 0 && age < keptMs ? last.names : await this.look(signal);
  }

  /** The same, asked anew. */
  look(signal: AbortSignal | undefined): Promise<readonly string[]> {
    return this.#shared.get('', signal, async () => {
      const at = this.#clock.now();
      const rows = await this.#lists.all(this.#resource, signal);
      if (rows === null) {
        throw new ServiceError(
          'configuration',
          'The service has no such account. Check the subscription ID, the resource group and the account name.',
          { status: 404, remedy: 'editAccount' },
        );
      }
      const names = rows.map((row) => readText(ownProperty(row, 'name')) ?? '').filter(isTransformName);
      this.#last = { names: [...new Set(names)], at };
      return this.#last.names;
    });
  }

  /** There is one of this name. */
  note(name: string): void {
    if (this.#last && !this.#last.names.some((known) => known.toLowerCase() === name.toLowerCase())) {
      this.#last = null;
    }
  }

  forget(): void {
    this.#last = null;
  }
}
