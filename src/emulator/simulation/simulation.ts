import {
  AssetShelf,
  type AssetSnapshot,
  AssetState,
  defaultStorage,
  originsOf,
  outputIdOf,
  outputsOf,
  ownInputOf,
} from './assets.ts';
import { documentedJob, documentedPlan } from './documentedJob.ts';
import { Engine } from './engine.ts';
import { guidOf, maskForTask, mostTasksPerJob, toId } from './identifiers.ts';
import type { JobNotes, Mutation, NewAsset, NewJob, NewNotes } from './mutation.ts';
import type { JobPlan, TaskError } from './plan.ts';
import { planJob } from './planner.ts';
import { Random } from './random.ts';
import { isFinal, type JobRun, newRun, State } from './run.ts';
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
  /** Percent that failed and canceled tasks show; null, the default, for what they had. */
  readonly lostProgress?: () => number | null;
}

/** What came of a change to one job. */
export type Outcome = 'accepted' | 'refused' | 'unknown';

/** A past job without its tasks, which are made again from its plan when someone asks: most never are. */
interface PastJob {
  readonly index: number;
  readonly createdAt: number;
  readonly summary: Omit<JobSnapshot, 'tasks' | 'assets'>;
}

type Entry = { readonly run: JobRun } | { readonly past: PastJob } | { readonly pinned: JobSnapshot };

/** Jobs an account can hold (reference: MS docs "Quotas and limitations"); arrivals stop there. */
export const mostJobs = 50_000;
/** The service deletes records of jobs after so long (since April 2017), clock milliseconds. */
const keptMs = 90 * 24 * 60 * 60_000;

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
  /** By the job's GUID. */
  readonly #notes = new Map<string, JobNotes>();
  readonly #gaps: Iterator<number>;
  readonly #mutations: Mutation[] = [];
  readonly #shelf: AssetShelf;
  /** Their assets outlive them. */
  readonly #deleted = new Map<string, Entry>();
  #assetsOfJobs = 0;
  #nextArrivalAt: number;
  #arrivals = 0;
  #added = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#scale = new Timescale(options.startedAt, options.speed);
    this.#engine = new Engine(options.reservedUnits);
    this.#shelf = new AssetShelf(options.seed);
    this.#gaps = arrivalGaps(options.seed, options.arrivalsPerMinute);
    this.#nextArrivalAt = options.arrivalsPerMinute > 0 ? this.#nextGap() : Number.POSITIVE_INFINITY;
    this.#enter(documentedJob.id, { pinned: documentedJob }, documentedPlan);
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

  get reservedUnits(): number {
    return this.#options.reservedUnits;
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
        yield this.#snapshot(run, this.#engine);
      }
    }
    yield documentedJob;
  }

  /** @param id `nb:jid:UUID:…` */
  find(id: string): JobSnapshot | undefined {
    const entry = this.#entryOf(id);
    return entry && this.#show(entry);
  }

  /** The id of the job whose GUID ends so. */
  idEndingIn(tail: string): string | undefined {
    for (const guid of this.#byGuid.keys()) {
      if (guid.endsWith(tail)) {
        return toId('jid', guid);
      }
    }
    return undefined;
  }

  /** What was written down beside a job. */
  notesOf(id: string): JobNotes | undefined {
    return this.#notes.get(guidOf('jid', id) ?? '');
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

  /** The id that the next added job gets. */
  get nextJobId(): string {
    return toId('jid', planJob(this.#options.seed, 'added', this.#added).guid);
  }

  /** How many assets there are, those of deleted jobs left out. */
  get assetCount(): number {
    return this.#assetsOfJobs + this.#shelf.size;
  }

  /** All assets: those that clients made first, then those of jobs, newest first. */
  *assets(): Generator<AssetSnapshot> {
    yield* this.#shelf.made();
    for (let index = this.#entries.length - 1; index >= 0; index--) {
      const entry = this.#entries[index];
      for (const asset of entry ? this.#assetsMadeBy(entry) : []) {
        if (!this.#shelf.isDeleted(asset.id)) {
          yield asset;
        }
      }
    }
  }

  /** @param id `nb:cid:UUID:…` */
  findAsset(id: string): AssetSnapshot | undefined {
    if (this.#shelf.isDeleted(id)) {
      return undefined;
    }
    const made = this.#shelf.find(id);
    if (made) {
      return made;
    }
    for (const { jobGuid, output } of originsOf(id)) {
      const entry = this.#byGuid.get(jobGuid) ?? this.#deleted.get(jobGuid);
      const found = entry && this.#assetsMadeBy(entry).find((asset) => asset.id === id);
      if (found && (output === null) === (found.id === ownInputOf(jobGuid))) {
        return found;
      }
    }
    return undefined;
  }

  /** Makes an asset without a file and returns its id. */
  addAsset(asset: NewAsset): string {
    const id = this.#shelf.nextId;
    this.#applyAndKeep({ kind: 'addAsset', at: this.#engine.now, asset });
    return id;
  }

  /** Notes that files were put into an asset. Returns false where no client made such an asset. */
  fillAsset(id: string): boolean {
    return this.#applyAndKeep({ kind: 'fillAsset', at: this.#engine.now, id });
  }

  /** Deletes an asset; jobs go on naming it. Returns false where there is none. */
  deleteAsset(id: string): boolean {
    return this.#applyAndKeep({ kind: 'deleteAsset', at: this.#engine.now, id });
  }

  /**
   * Asks to cancel a job, as the service's CancelJob does: refused once it is final or being canceled, or pinned.
   *
   * @param canFinish whether a job that is nearly done may be Finished in the end
   */
  cancel(id: string, canFinish = false): Outcome {
    return this.#change({ kind: 'cancel', at: this.#engine.now, id, ...(canFinish ? { canFinish } : {}) });
  }

  /** Deletes the record of a final job. */
  delete(id: string): Outcome {
    return this.#change({ kind: 'delete', at: this.#engine.now, id });
  }

  /** Changes a queued job's priority. */
  prioritize(id: string, priority: number): Outcome {
    return this.#change({ kind: 'prioritize', at: this.#engine.now, id, priority });
  }

  /** Writes something down beside a job, whatever its state. */
  describe(id: string, notes: NewNotes): Outcome {
    return this.#change({ kind: 'describe', at: this.#engine.now, id, notes });
  }

  /** Takes a job to a state now; without a state, one step on. */
  force(id: string, to?: State): Outcome {
    return this.#change({ kind: 'advance', at: this.#engine.now, id, ...(to === undefined ? {} : { to }) });
  }

  /** Fails a job with this error. Returns false where the job is unknown, final or pinned. */
  fail(id: string, error: TaskError): boolean {
    return this.#applyAndKeep({ kind: 'fail', at: this.#engine.now, id, error });
  }

  /** Queues a new job and returns its id. */
  add(job: NewJob): string {
    const id = this.nextJobId;
    this.#applyAndKeep({ kind: 'add', at: this.#engine.now, job });
    return id;
  }

  #change(mutation: Extract<Mutation, { id: string }>): Outcome {
    if (!this.#entryOf(mutation.id)) {
      return 'unknown';
    }
    return this.#applyAndKeep(mutation) ? 'accepted' : 'refused';
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
    switch (mutation.kind) {
      case 'add':
        this.#submit(this.#planFor(mutation.job), mutation.at);
        this.#added++;
        return true;
      case 'addAsset':
        this.#shelf.add(mutation.asset, this.#scale.toClock(mutation.at));
        return true;
      case 'fillAsset':
        return this.#shelf.fill(mutation.id, this.#scale.toClock(mutation.at));
      case 'deleteAsset': {
        if (!this.findAsset(mutation.id)) {
          return false;
        }
        this.#shelf.delete(mutation.id);
        return true;
      }
      case 'delete':
        return this.#delete(mutation.id);
      case 'describe':
        return this.#describe(mutation);
      default:
        return this.#applyToRun(mutation);
    }
  }

  #applyToRun(mutation: Extract<Mutation, { kind: 'cancel' | 'fail' | 'prioritize' | 'advance' }>): boolean {
    const entry = this.#entryOf(mutation.id);
    if (!entry || !('run' in entry)) {
      return false;
    }
    switch (mutation.kind) {
      case 'cancel':
        return this.#engine.cancel(entry.run, mutation.canFinish);
      case 'fail':
        return this.#engine.fail(entry.run, mutation.error);
      case 'prioritize':
        return this.#engine.prioritize(entry.run, mutation.priority);
      case 'advance':
        return this.#engine.force(entry.run, mutation.to);
    }
  }

  #describe({ id, notes, at }: Extract<Mutation, { kind: 'describe' }>): boolean {
    const guid = guidOf('jid', id) ?? '';
    const modifiedAt = this.#scale.toClock(at);
    this.#notes.set(guid, { ...this.#notes.get(guid), ...notes, modifiedAt });
    return true;
  }

  #delete(id: string): boolean {
    const entry = this.#entryOf(id);
    if (!entry || 'pinned' in entry || !isFinal(this.#show(entry).state)) {
      return false;
    }
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    this.#forget(entry);
    return true;
  }

  #forget(entry: Entry): void {
    const guid = guidOf('jid', this.#show(entry).id) ?? '';
    this.#byGuid.delete(guid);
    this.#notes.delete(guid);
    this.#deleted.set(guid, entry);
    this.#assetsOfJobs -= assetCountOf(this.#planOf(entry));
  }

  #planFor(job: NewJob): JobPlan {
    const base = planJob(this.#options.seed, 'added', this.#added);
    return {
      ...base,
      name: job.name,
      priority: job.priority ?? 0,
      pickupMs: 1000,
      ending: job.ending ?? { kind: 'finished' },
      ...(job.inputAssets ? { inputAssets: job.inputAssets } : {}),
      ...(job.templateId === undefined ? {} : { templateId: job.templateId }),
      ...(job.subscriptions ? { subscriptions: job.subscriptions } : {}),
      tasks: job.tasks.map((task, position) => ({
        durationMs: new Random(this.#options.seed, `added ${this.#added}`, position).integer(30_000, 90_000),
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
    this.#forgetOld(to);
  }

  #forgetOld(to: number): void {
    const limit = to - keptMs * this.#scale.speed;
    // The first is the documented one, which is older than all and stays.
    for (let oldest = this.#entries[1]; oldest && createdAtOf(oldest) < limit; oldest = this.#entries[1]) {
      this.#entries.splice(1, 1);
      this.#forget(oldest);
    }
  }

  #nextGap(): number {
    return this.#gaps.next().value;
  }

  #submit(plan: JobPlan, createdAt: number): void {
    const run = newRun(plan, createdAt);
    this.#engine.submit(run);
    this.#forgetFinal();
    this.#active.add(run);
    this.#enter(toId('jid', plan.guid), { run }, plan);
  }

  /** Keeps the set of active jobs from growing with the history of a long run. */
  #forgetFinal(): void {
    for (const run of this.#active) {
      if (isFinal(run.state)) {
        this.#active.delete(run);
      }
    }
  }

  #enter(id: string, entry: Entry, plan: JobPlan): void {
    this.#assetsOfJobs += assetCountOf(plan);
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
      const plan = pastPlan(this.#options.seed, index);
      const { tasks: _tasks, assets: _assets, ...summary } = this.#runPast(plan, createdAt);
      this.#enter(summary.id, { past: { index, createdAt, summary } }, plan);
    }
  }

  /** Runs a past job to its end as if it had been alone. */
  #runPast(plan: JobPlan, createdAt: number): JobSnapshot {
    const run = newRun(plan, createdAt);
    const alone = new Engine(Number.POSITIVE_INFINITY);
    alone.submit(run);
    alone.advanceTo(Number.POSITIVE_INFINITY);
    return this.#snapshot(run, alone);
  }

  #show(entry: Entry): JobSnapshot {
    if ('run' in entry) {
      return this.#snapshot(entry.run, this.#engine);
    }
    if ('pinned' in entry) {
      return entry.pinned;
    }
    const { createdAt, summary } = entry.past;
    const whole = () => this.#runPast(this.#planOf(entry), createdAt);
    return { ...summary, tasks: () => whole().tasks(), assets: () => whole().assets() };
  }

  #snapshot(run: JobRun, engine: Engine): JobSnapshot {
    return snapshotOf(run, { engine, scale: this.#scale, lostProgress: this.#options.lostProgress?.() ?? null });
  }

  #planOf(entry: Entry): JobPlan {
    if ('run' in entry) {
      return entry.run.plan;
    }
    return 'pinned' in entry ? documentedPlan : pastPlan(this.#options.seed, entry.past.index);
  }

  /** The outputs of a job, and its input where that came with it. */
  #assetsMadeBy(entry: Entry): AssetSnapshot[] {
    const plan = this.#planOf(entry);
    const job = this.#show(entry);
    const base = {
      state: AssetState.initialized,
      created: job.created,
      lastModified: job.created,
      alternateId: null,
      options: 0,
      formatOption: 0,
      storageAccountName: defaultStorage,
    };
    const outputs = outputsOf(plan).map((output, ordinal) => ({
      ...base,
      id: outputIdOf(plan.guid, ordinal),
      name: output.name,
      options: output.creationOptions,
      formatOption: output.formatOption,
      storageAccountName: output.storageAccountName ?? defaultStorage,
      hasPrimaryFile: job.state === State.finished,
    }));
    return plan.inputAssets
      ? outputs
      : [...outputs, { ...base, id: ownInputOf(plan.guid), name: plan.inputName, hasPrimaryFile: true }];
  }
}

function createdAtOf(entry: Entry): number {
  if ('run' in entry) {
    return entry.run.createdAt;
  }
  return 'past' in entry ? entry.past.createdAt : Number.POSITIVE_INFINITY;
}

function assetCountOf(plan: JobPlan): number {
  return plan.tasks.reduce((sum, task) => sum + (task.body?.outputs.length ?? 1), plan.inputAssets ? 0 : 1);
}
