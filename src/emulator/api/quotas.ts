import { ODataError } from './errors.ts';

/** What an account can hold (MS docs "Quotas and limitations"). */
export interface Quotas {
  /** Those that are deleted do not count, nor does the documented one. */
  readonly jobs: number;
  readonly tasksPerJob: number;
  readonly assetsPerJob: number;
  readonly assetsPerTask: number;
  readonly assets: number;
}

export const documentedQuotas: Quotas = {
  jobs: 50_000,
  tasksPerJob: 30,
  assetsPerJob: 100,
  assetsPerTask: 50,
  assets: 1_000_000,
};

/** @throws ODataError 403 where there would be more than allowed (MS docs "Azure Media Services error codes") */
export function checkQuota(what: string, count: number, limit: number): void {
  if (count > limit) {
    throw new ODataError(403, `The quota of ${limit} ${what} is reached.`);
  }
}
