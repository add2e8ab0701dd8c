import { ServiceError } from '../jobs/serviceError.ts';
import type { Capability } from './capability.ts';
import type { Endpoint } from './endpoint.ts';

/** One way to ask for something. */
export interface Way<T> {
  /** What the service must be able to do for it, as far as that is not certain. */
  readonly needs: readonly Capability[];
  readonly run: () => Promise<T>;
}

/**
 * Asks in the best way that the service supports, and learns which ways it does not. A refusal alone teaches nothing,
 * since it may have another reason; it counts once a plainer way has worked at the same API root.
 */
export class LearnedCapabilities {
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  lacks(capability: Capability): boolean {
    return this.#endpoint.lacking.has(capability);
  }

  /** Remembers what the API root in use lacks, as an answer from there has just shown. */
  learn(...capabilities: readonly Capability[]): void {
    this.#endpoint.learnLacking(capabilities, this.#endpoint.generation);
  }

  /**
   * What the first way brings that the service does not refuse.
   * @param ways the best one first; the last needs nothing
   * @param refusals the HTTP statuses that say that a way is not supported
   * @throws ServiceError that of the last way where all are refused, or what else went wrong
   */
  async firstSupported<T>(ways: readonly Way<T>[], refusals: readonly number[] = [400]): Promise<T> {
    const refused: { readonly needs: readonly Capability[]; readonly root: string; readonly generation: number }[] = [];
    for (const [index, { needs, run }] of ways.entries()) {
      const isLast = index === ways.length - 1;
      // Looked at anew before each way: a request beside this one may have learned meanwhile.
      if (!isLast && needs.some((need) => this.lacks(need))) {
        continue;
      }
      let result: T;
      try {
        result = await run();
      } catch (error) {
        if (isLast || !isRefusal(error, refusals)) {
          throw error;
        }
        const { root, generation } = this.#endpoint;
        refused.push({ needs, root: root.href, generation });
        continue;
      }
      for (const refusal of refused) {
        // Where two things were left out at once, either may be to blame.
        const [blamed, ...others] = refusal.needs.filter((need) => !needs.includes(need));
        if (blamed !== undefined && others.length === 0 && refusal.root === this.#endpoint.root.href) {
          this.#endpoint.learnLacking([blamed], refusal.generation);
        }
      }
      return result;
    }
    throw new ServiceError('badRequest', 'There is no way to ask for this.');
  }
}

/** Whether an error is an answer of the service with one of these statuses. */
function isRefusal(error: unknown, statuses: readonly number[] = [400]): boolean {
  return ServiceError.is(error) && error.status !== undefined && statuses.includes(error.status);
}
