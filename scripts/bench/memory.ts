import { runCommand } from '../../test/host/processes.ts';
import { inProject } from '../lib/project.ts';
import { type Figure, ratio } from './support/figure.ts';
import { compare } from './support/statistics.ts';

const jobs = 50_000;
const pageSize = 1000;
const samples = 7;

/** What all jobs of a large account take in memory. */
export const memory: Figure = {
  name: 'memory',
  async measure() {
    const comparison = await compare(
      samples,
      () => megabytesHeld('store'),
      () => megabytesHeld('json'),
    );
    return [
      ratio('memory for 50,000 jobs in the store / as parsed JSON', 0.85, comparison, {
        unit: 'MB',
        baseline: 'parsed JSON',
        note: 'heapUsed + external + arrayBuffers, a fresh process per sample, the bytes of the answers let go on both sides',
      }),
    ];
  },
};

async function megabytesHeld(way: 'store' | 'json'): Promise<number> {
  const child = inProject('scripts', 'bench', 'children', 'heldMemory.ts');
  const said = await runCommand(process.execPath, ['--expose-gc', child, way, String(jobs), String(pageSize)]);
  const { held, bytes } = JSON.parse(said) as { held: number; bytes: number };
  if (held !== jobs) {
    throw new Error(`${held} jobs were held instead of ${jobs}.`);
  }
  return bytes / 1e6;
}
