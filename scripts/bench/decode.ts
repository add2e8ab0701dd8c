import type { JobRecord } from '../../src/jobs/job.ts';
import { decodeJobs } from './support/decode.ts';
import { type Figure, ratio } from './support/figure.ts';
import { jobsPage } from './support/jobRows.ts';
import { compare } from './support/statistics.ts';

const jobs = 1000;
const samples = 21;
/** So that a sample is long enough for the clock, and holds its share of garbage collection. */
const repetitions = 20;

/** From the bytes of an answer to jobs of which every field was read. */
export const decode: Figure = {
  name: 'decode',
  async measure() {
    const bytes = jobsPage(0, jobs, 'https://localhost');
    let seen = 0;
    const millisecondsOf = (run: () => number): number => {
      const began = performance.now();
      for (let repetition = 0; repetition < repetitions; repetition++) {
        seen += run();
      }
      return (performance.now() - began) / repetitions;
    };
    const ours = (): number =>
      millisecondsOf(() => decodeJobs(bytes).reduce((sum, record) => sum + readEveryField(record), 0));
    const bare = (): number =>
      millisecondsOf(() => (JSON.parse(bytes.toString('utf8')) as { value: unknown[] }).value.length);
    // Compiled before it counts.
    await compare(3, ours, bare);
    const comparison = await compare(samples, ours, bare);
    if (seen === 0) {
      throw new Error('Nothing was decoded.');
    }
    return [
      ratio('decode 1,000 jobs, every field read / bare JSON.parse', 2.5, comparison, {
        unit: 'ms',
        baseline: 'JSON.parse of the same bytes',
      }),
    ];
  },
};

function readEveryField(record: JobRecord): number {
  const { id, name, state, created, lastModified, started, ended, priority, runningDurationMs } = record;
  const texts = id.length + name.length + state.length;
  const times = (created ?? 0) + (lastModified ?? 0) + (started ?? 0) + (ended ?? 0);
  return texts + times + (priority ?? 0) + (runningDurationMs ?? 0);
}
