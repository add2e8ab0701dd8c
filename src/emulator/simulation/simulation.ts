import { documentedJob } from './documentedJob.ts';
import { Engine } from './engine.ts';
import { guidOf, maskForTask, mostTasksPerJob, toId } from './identifiers.ts';
import type { Ending, JobPlan, TaskError, TaskPlan } from './plan.ts';
import { planJob } from './planner.ts';
import { isFinal, type JobRun, newRun } from './run.ts';
import { arrivalGaps, openingScene, openingSize, pastAges, pastPlan } from './scene.ts';
import { type JobSnapshot, snapshotOf, type TaskSnapshot } from './snapshot.ts';
import { Timescale } from './timescale.ts';

/** All that the simulation depends on besides the time it is asked for. */
export interface SimulationOptions {
  readonly seed: number;
  /** Clock time of the first start, Unix milliseconds. */
  readonly startedAt: number;
  readonly speed: number;
  /** Jobs that exist at the start, besides the documented one. */
  readonly jobs: number;
  readonly reservedUnits: number;
  /** New jobs per simulated minute; 0 for none. */
  readonly arrivalsPerMinute: number;
  /** What clients changed in an earlier run, in order; replayed to get back to where it was. */
  readonly mutations?: readonly Mutation[];
  /** Told of each new mutation, so that it can be kept. */
  readonly onMutation?: (mutation: Mutation) => void;
}

/** Something done to a job from outside, at a simulated time in milliseconds. */
export type Mutation =
  | { readonly kind: 'cancel'; readonly at: number; readonly id: string }
  | { readonly kind: 'fail'; readonly at: number; readonly id: string; readonly error: TaskError }
  | { readonly kind: 'add'; readonly at: number; readonly job: NewJob };

/** A job to add from outside. Durations are simulated milliseconds. */
export interface NewJob {
  readonly name: string;
  readonly priority?: number;
  readonly tasks: readonly (Pick<TaskPlan, 'name' | 'durationMs'> & Partial<TaskPlan>)[];
  readonly ending?: Ending;
}

export type CancelOutcome = 'accepted' | 'refused' | 'unknown';

/** A past job without its tasks, which are made again from its plan when someone asks: most never are. */
interface PastJob {
  readonly index: number;
  readonly createdAt: number;
  readonly summary: Omit<JobSnapshot, 'tasks'>;
}

type Entry = { readonly run: JobRun } | { readonly past: PastJob } | { readonly pinned: JobSnapshot };

/** Jobs an account can hold (reference: MS docs "Quotas and limitations"); arrivals stop there. */
export const mostJobs = 50_000;

/**
 * The account's jobs. They run by themselves: the state at a time is a function of the options, the time and the
 * mutations before it, worked out when asked for, so there is no timer and a restart with the same options and
 * mutations finds every job where it would be by now.
 */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #scale: Timescale;
  readonly #engine: Engine;
  /** Oldest first. */
  readonly #entries: Entry[] = [];
  readonly #byGuid = new Map<string, Entry>();
  readonly #active = new Set<JobRun>();
  readonly #gaps: Iterator<number>;
  readonly #mutations: Mutation[] = [];
  #nextArrivalAt: number;
  #arrivals = 0;
  #added = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#scale = new Timescale(options.startedAt, options.speed);
    this.#engine = new Engine(options.reservedUnits);
    this.#gaps = arrivalGaps(options.seed, options.arrivalsPerMinute);
    this.#nextArrivalAt = options.arrivalsPerMinute > 0 ? this.#nextGap() : Number.POSITIVE_INFINITY;
    this.#enter(documentedJob.id, { pinned: documentedJob });
    this.#addPast(options.jobs - openingSize(options.jobs));
    for (const { plan, createdAt } of openingScene(options.seed, options.jobs)) {
      this.#submit(plan, createdAt);
    }
    this.#advance(0);
    for (const mutation of options.mutations ?? []) {
      this.#advance(mutation.at);
      this.#apply(mutation);
      this.#mutations.push(mutation);
    }
  }

  /** How many jobs there are. */
  get size(): number {
    return this.#entries.length;
  }

  get mutations(): readonly Mutation[] {
    return this.#mutations;
  }

  /** Moves everything to where it is at this time. Going back is ignored. */
  advanceTo(clockMs: number): void {
    this.#advance(this.#scale.toSimulated(clockMs));
  }

  /** All jobs, newest first. */
  *jobs(): Generator<JobSnapshot> {
    for (let index = this.#entries.length - 1; index >= 0; index--) {
      const entry = this.#entries[index];
      if (entry) {
        yield this.#show(entry);
      }
    }
  }

  /** The jobs that are not final, newest first; far fewer than all. */
  *activeJobs(): Generator<JobSnapshot> {
    for (const run of [...this.#active].reverse()) {
      if (!isFinal(run.state)) {
        yield snapshotOf(run, this.#engine, this.#scale);
      }
    }
    yield documentedJob;
  }

  /** @param id `nb:jid:UUID:…` */
  find(id: string): JobSnapshot | undefined {
    const entry = this.#entryOf(id);
    return entry && this.#show(entry);
  }

  /** @param id `nb:tid:UUID:…` */
  findTask(id: string): TaskSnapshot | undefined {
    const guid = guidOf('tid', id);
    for (let position = 0; guid !== null && position < mostTasksPerJob; position++) {
      const entry = this.#byGuid.get(maskForTask(guid, position));
      if (entry) {
        return this.#show(entry).tasks()[position];
      }
    }
    return undefined;
  }

  /** Asks to cancel a job, as the service's CancelJob does: refused once it is final or being canceled, or pinned. */
  cancel(id: string): CancelOutcome {
    const entry = this.#entryOf(id);
    if (!entry) {
      return 'unknown';
    }
    const mutation: Mutation = { kind: 'cancel', at: this.#engine.now, id };
    return this.#applyAndKeep(mutation) ? 'accepted' : 'refused';
  }

  /** Fails a job with this error. Returns false where the job is unknown, final or pinned. */
  fail(id: string, error: TaskError): boolean {
    return this.#applyAndKeep({ kind: 'fail', at: this.#engine.now, id, error });
  }

  /** Queues a new job and returns its id. */
  add(job: NewJob): string {
    const { guid } = this.#planFor(job);
    this.#applyAndKeep({ kind: 'add', at: this.#engine.now, job });
    return toId('jid', guid);
  }

  #applyAndKeep(mutation: Mutation): boolean {
    if (!this.#apply(mutation)) {
      return false;
    }
    this.#mutations.push(mutation);
    this.#options.onMutation?.(mutation);
    return true;
  }

  #apply(mutation: Mutation): boolean {
    if (mutation.kind === 'add') {
      this.#submit(this.#planFor(mutation.job), mutation.at);
      this.#added++;
      return true;
    }
    const entry = this.#entryOf(mutation.id);
    if (!entry || !('run' in entry)) {
      return false;
    }
    return mutation.kind === 'cancel' ? this.#engine.cancel(entry.run) : this.#engine.fail(entry.run, mutation.error);
  }

  #planFor(job: NewJob): JobPlan {
    const base = planJob(this.#options.seed, 'added', this.#added);
    return {
      ...base,
      name: job.name,
      priority: job.priority ?? 0,
      pickupMs: 1000,
      ending: job.ending ?? { kind: 'finished' },
      tasks: job.tasks.map((task) => ({
        configuration: 'Adaptive Streaming',
        outputName: `${task.name} - output`,
        after: null,
        scheduleMs: 1000,
        curve: 'steady',
        ...task,
      })),
    };
  }

  #advance(to: number): void {
    while (this.#nextArrivalAt <= to) {
      const at = this.#nextArrivalAt;
      this.#nextArrivalAt += this.#nextGap();
      const index = this.#arrivals++;
      if (this.#entries.length <= mostJobs) {
        this.#submit(planJob(this.#options.seed, 'arrival', index), at);
      }
    }
    this.#engine.advanceTo(to);
  }

  #nextGap(): number {
    return this.#gaps.next().value;
  }

  #submit(plan: JobPlan, createdAt: number): void {
    const run = newRun(plan, createdAt);
    this.#engine.submit(run);
    this.#forgetFinal();
    this.#active.add(run);
    this.#enter(toId('jid', plan.guid), { run });
  }

  /** Keeps the set of active jobs from growing with the history of a long run. */
  #forgetFinal(): void {
    for (const run of this.#active) {
      if (isFinal(run.state)) {
        this.#active.delete(run);
      }
    }
  }

  #enter(id: string, entry: Entry): void {
    this.#entries.push(entry);
    this.#byGuid.set(guidOf('jid', id) ?? id, entry);
  }

  #entryOf(id: string): Entry | undefined {
    return this.#byGuid.get(guidOf('jid', id) ?? '');
  }

  #addPast(count: number): void {
    const ages = [...pastAges(this.#options.seed, count)];
    for (let index = count - 1; index >= 0; index--) {
      const createdAt = -(ages[index] ?? 0) * this.#scale.speed;
      const { tasks: _, ...summary } = this.#runPast(index, createdAt);
      this.#enter(summary.id, { past: { index, createdAt, summary } });
    }
  }

  /** Runs a past job to its end as if it had been alone. */
  #runPast(index: number, createdAt: number): JobSnapshot {
    const run = newRun(pastPlan(this.#options.seed, index), createdAt);
    const alone = new Engine(Number.POSITIVE_INFINITY);
    alone.submit(run);
    alone.advanceTo(Number.POSITIVE_INFINITY);
    return snapshotOf(run, alone, this.#scale);
  }

  #show(entry: Entry): JobSnapshot {
    if ('run' in entry) {
      return snapshotOf(entry.run, this.#engine, this.#scale);
    }
    if ('pinned' in entry) {
      return entry.pinned;
    }
    const { index, createdAt, summary } = entry.past;
    return { ...summary, tasks: () => this.#runPast(index, createdAt).tasks() };
  }
}
