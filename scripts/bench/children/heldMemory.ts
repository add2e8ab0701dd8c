/**
 * Says what 50,000 jobs take in memory, as this process is told: in the store, or as parsed JSON. Run with --expose-gc.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { JobStore } from '../../../src/jobs/jobStore.ts';
import { decodeJobs } from '../support/decode.ts';
import { jobsPage } from '../support/jobRows.ts';

const [way, jobs = 0, pageSize = 0] = process.argv.slice(2).map((text, index) => (index === 0 ? text : Number(text)));
const collectGarbage = globalThis.gc;
if (!collectGarbage) {
  throw new Error('This needs --expose-gc.');
}

/** Twice, as what is freed may free more, and with turns between, as some of it is only freed there. */
async function usedMemory(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    collectGarbage?.();
    await sleep(10);
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

function fill(add: (page: Buffer) => void): void {
  for (let first = 0; first < Number(jobs); first += Number(pageSize)) {
    add(jobsPage(first, Number(pageSize), 'https://localhost'));
  }
}

const store = new JobStore();
const pages: unknown[][] = [];
const add = {
  store: (page: Buffer) => void store.apply('bench', decodeJobs(page)),
  json: (page: Buffer) => void pages.push((JSON.parse(page.toString('utf8')) as { value: unknown[] }).value),
}[String(way)];
if (!add) {
  throw new Error(`There is no way "${way}".`);
}
// Once for what is only made by the first use, such as compiled code.
decodeJobs(jobsPage(0, 1, 'https://localhost'));
const before = await usedMemory();
fill(add);
const after = await usedMemory();
const held = store.jobs('bench').length + pages.reduce((sum, { length }) => sum + length, 0);
console.log(JSON.stringify({ held, bytes: after - before }));
