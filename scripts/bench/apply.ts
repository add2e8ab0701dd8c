import type { JobRecord, JobTask } from '../../src/jobs/job.ts';
import { JobStore, type StoreChange } from '../../src/jobs/jobStore.ts';
import { decodeJobs } from './support/decode.ts';
import { type Figure, type Measurement, ratio } from './support/figure.ts';
import { jobsPage } from './support/jobRows.ts';
import { compare } from './support/statistics.ts';

const account = 'bench';
const large = 50_000;
const small = 1000;
const samples = 15;
const pollsPerSample = 100;
/** Of the 200 changes of a poll. */
const moved = 90;
const scheduled = 90;
const departed = 10;
const arrived = 10;

/** Jobs that are under way: polls change these, as the others have ended. */
const active = 400;

/** What a poll that brings 200 changes costs, in a large account and in a small one. */
export const apply: Figure = {
  name: 'apply',
  async measure() {
    return [
      await measure(active, 'apply a poll with 200 changes at 50,000 jobs / at 1,000', 1.5),
      // Beyond what polls do: each touches jobs that were not touched for long, which are in no cache of the processor.
      await measure(null, 'the same, scattered over all jobs', null),
    ];
  },
};

async function measure(among: number | null, what: string, bar: number | null): Promise<Measurement> {
  const [inLarge, inSmall] = [new ChangingAccount(large, among ?? large), new ChangingAccount(small, among ?? small)];
  const once = (count: number) =>
    compare(
      count,
      () => inLarge.sample(),
      () => inSmall.sample(),
    );
  await once(3);
  return ratio(what, bar, await once(samples), {
    unit: 'ms',
    baseline: 'at 1,000 jobs',
    note: '90 progress, 90 states, 10 departed, 10 new; one listener reads every change',
  });
}

interface Poll {
  readonly records: JobRecord[];
  readonly tasks: Map<string, JobTask[]>;
  readonly added: string[];
}

/** As an answer brings it: no text in it is one that the store has already. */
function freshCopy({ records, tasks, added }: Poll): Poll {
  const copy = JSON.parse(JSON.stringify({ records, tasks: [...tasks], added }));
  return { ...copy, tasks: new Map(copy.tasks) };
}

class ChangingAccount {
  readonly #store = new JobStore();
  readonly #records: JobRecord[];
  readonly #template: JobRecord;
  /** How many of the records change, the newest ones. */
  readonly #among: number;
  #round = 0;
  #read = 0;

  constructor(jobs: number, among: number) {
    this.#among = among;
    this.#records = Array.from({ length: jobs / 1000 }, (_, page) =>
      decodeJobs(jobsPage(page * 1000, 1000, 'https://localhost')),
    ).flat();
    [this.#template] = this.#records as [JobRecord];
    this.#store.onDidChange((change) => this.#readAll(change));
    this.#store.apply(account, this.#records);
    // As a view does that has been shown.
    this.#store.jobs(account);
  }

  /** Milliseconds per poll. */
  sample(): number {
    let total = 0;
    for (let poll = 0; poll < pollsPerSample; poll++) {
      const { records, tasks, added } = freshCopy(this.#nextPoll());
      const expected = this.#read + records.length;
      const began = performance.now();
      this.#store.apply(account, records, tasks);
      total += performance.now() - began;
      if (this.#read !== expected) {
        throw new Error(`${this.#read - expected + records.length} changes were told instead of ${records.length}.`);
      }
      // Not timed: only so that the account stays as large as it is said to be.
      this.#store.remove(account, added);
    }
    return total / pollsPerSample;
  }

  /** Other jobs than the last time, spread over those that change. */
  #nextPoll(): Poll {
    const round = ++this.#round;
    const tasks = new Map<string, JobTask[]>();
    const records: JobRecord[] = [];
    const old = moved + scheduled + departed;
    const stride = Math.floor(this.#among / old);
    for (let position = 0; position < old; position++) {
      const index = position * stride + (round % stride);
      const record = this.#records[index] as JobRecord;
      const lastModified = (record.lastModified ?? 0) + 1;
      const started = record.started ?? record.created;
      let next: JobRecord;
      if (position < moved) {
        next = { ...record, state: 'Processing', ended: null, lastModified };
        tasks.set(record.id, [progressOf(index, (round * 7) % 100, started)]);
      } else if (position < moved + scheduled) {
        next = {
          ...record,
          state: record.state === 'Scheduled' ? 'Processing' : 'Scheduled',
          ended: null,
          lastModified,
        };
      } else {
        next = { ...record, state: 'Finished', ended: lastModified, lastModified };
      }
      this.#records[index] = next;
      records.push(next);
    }
    const added: string[] = [];
    for (let position = 0; position < arrived; position++) {
      const id = `nb:jid:UUID:ffffffff-0000-4000-8000-${String(round * arrived + position).padStart(12, '0')}`;
      records.push({ ...this.#template, id, name: `Arrived ${round}`, state: 'Queued', created: Date.now() });
      added.push(id);
    }
    return { records, tasks, added };
  }

  #readAll({ added, changed }: StoreChange): void {
    for (const { id, name, state, progress } of [...added, ...changed.map(({ after }) => after)]) {
      if (id.length + name.length + state.length + (progress ?? 0) > 0) {
        this.#read++;
      }
    }
  }
}

function progressOf(index: number, progress: number, started: number | null): JobTask {
  return {
    id: `nb:tid:UUID:00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    name: 'Encode',
    state: 'Processing',
    progress,
    started,
    ended: null,
    runningDurationMs: 0,
    errors: [],
  };
}
