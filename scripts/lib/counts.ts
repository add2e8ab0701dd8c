/** How the tests of a stage ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

export const onePassed: Counts = { passed: 1, failed: 0 };
export const oneFailed: Counts = { passed: 0, failed: 1 };

export function sumOf(counts: readonly Counts[]): Counts {
  return counts.reduce((sum, { passed, failed }) => ({ passed: sum.passed + passed, failed: sum.failed + failed }), {
    passed: 0,
    failed: 0,
  });
}

/** A run that failed without a failed test, or without any test, has failed all the same. */
export function countsOfRun(counts: Counts | undefined, succeeded: boolean, print: (text: string) => void): Counts {
  const { passed, failed } = counts ?? { passed: 0, failed: 0 };
  if (failed === 0 && (!succeeded || passed === 0)) {
    print(passed === 0 ? 'No test ran.\n' : 'The run failed although no test did.\n');
    return { passed, failed: 1 };
  }
  return { passed, failed };
}
