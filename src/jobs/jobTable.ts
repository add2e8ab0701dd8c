import { isFinalState, type Job, type JobRecord, type JobState, type JobTask, knownJobStates } from './job.ts';
import type { Pace } from './pace.ts';
import { RowSets } from './rowSets.ts';
import { SortedRows } from './sortedRows.ts';

/** The numbers of a record, in this order. `null` is not-a-number there. */
const recordFields = ['created', 'lastModified', 'started', 'ended', 'priority', 'runningDurationMs'] as const;

const createdField = 0;
const progressField = recordFields.length;
const stateField = progressField + 1;
/** All numbers of a job stand side by side, so that looking at one fetches the others from memory with it. */
const fieldCount = stateField + 1;
/** Rows come in blocks, so that none is moved and hardly any is kept for nothing. */
const blockShift = 8;
const blockRows = 2 ** blockShift;

/**
 * The jobs of one account as numbers and texts: an account may hold 50,000, and as objects they would take twice the
 * memory. A job is made into an object when somebody asks for it. Its row is a number that stays for the job's life.
 */
export class JobTable {
  readonly #account: string;
  readonly #rowOf = new Map<string, number>();
  readonly #ids: string[] = [];
  readonly #names: string[] = [];
  /** Blocks of rows, as many numbers for each as there are fields. The state is a position in `#stateNames`. */
  readonly #numbers: Float64Array[] = [];
  readonly #stateNames: JobState[] = [...knownJobStates];
  readonly #tasks = new Map<number, readonly JobTask[]>();
  readonly #paces = new Map<number, Pace>();
  readonly #free: number[] = [];
  readonly #newestFirst: SortedRows;
  /** By position in `#stateNames`. */
  readonly #inState = new RowSets();

  constructor(account: string) {
    this.#account = account;
    this.#newestFirst = new SortedRows(this.compare);
  }

  get size(): number {
    return this.#rowOf.size;
  }

  /** The row of a job, or `undefined` where it is not in here. */
  find(id: string): number | undefined {
    return this.#rowOf.get(id);
  }

  /** The job of a row as an object, made anew each time. */
  read(row: number): Job {
    return {
      account: this.#account,
      id: this.idOf(row),
      name: this.nameOf(row),
      state: this.stateOf(row),
      created: this.createdOf(row),
      lastModified: this.#number(row, recordFields.indexOf('lastModified')),
      started: this.#number(row, recordFields.indexOf('started')),
      ended: this.#number(row, recordFields.indexOf('ended')),
      priority: this.#number(row, recordFields.indexOf('priority')),
      runningDurationMs: this.#number(row, recordFields.indexOf('runningDurationMs')),
      tasks: this.tasksOf(row),
      progress: this.progressOf(row),
      pace: this.paceOf(row),
    };
  }

  idOf(row: number): string {
    return this.#ids[row] ?? '';
  }

  nameOf(row: number): string {
    return this.#names[row] ?? '';
  }

  stateOf(row: number): JobState {
    return this.#stateNames[this.#stateIndexOf(row)] as JobState;
  }

  createdOf(row: number): number | null {
    return this.#number(row, createdField);
  }

  progressOf(row: number): number | null {
    return this.#number(row, progressField);
  }

  tasksOf(row: number): readonly JobTask[] | null {
    return this.#tasks.get(row) ?? null;
  }

  paceOf(row: number): Pace | null {
    return this.#paces.get(row) ?? null;
  }

  /** Whether a row holds exactly this record. */
  holds(row: number, record: JobRecord): boolean {
    return (
      this.stateOf(row) === record.state &&
      this.#names[row] === record.name &&
      recordFields.every((name, field) => this.#number(row, field) === record[name])
    );
  }

  /** Adds a job that is not in here, or takes over another record for one that is. */
  write(record: JobRecord): number {
    const known = this.#rowOf.get(record.id);
    const row = known ?? this.#newRow(record.id);
    const state = this.#stateIndex(record.state);
    // Looking for its place is most of what a change costs, and few changes move a job.
    const leavesPlace = known === undefined || this.createdOf(row) !== record.created;
    const leavesState = leavesPlace || this.#stateIndexOf(row) !== state;
    if (known !== undefined) {
      this.#unsort(row, leavesPlace, leavesState);
    }
    if (this.#names[row] !== record.name) {
      // The same text from another answer would only keep that one in memory.
      this.#names[row] = record.name;
    }
    this.#setNumber(row, stateField, state);
    for (const [field, name] of recordFields.entries()) {
      this.#setNumber(row, field, record[name]);
    }
    if (leavesPlace) {
      this.#newestFirst.add(row);
    }
    if (leavesState) {
      this.#inState.add(state, row);
    }
    return row;
  }

  setProgress(row: number, progress: number | null): void {
    this.#setNumber(row, progressField, progress);
  }

  setTasks(row: number, tasks: readonly JobTask[] | null): void {
    setOrDelete(this.#tasks, row, tasks);
  }

  setPace(row: number, pace: Pace | null): void {
    setOrDelete(this.#paces, row, pace);
  }

  delete(row: number): void {
    this.#unsort(row, true, true);
    this.#rowOf.delete(this.idOf(row));
    this.#ids[row] = '';
    this.#names[row] = '';
    this.#tasks.delete(row);
    this.#paces.delete(row);
    this.#free.push(row);
  }

  /** Calls back with each row, newest first, until a callback returns false. */
  forEachWhile(visit: (row: number) => boolean): void {
    this.#newestFirst.forEachWhile(visit);
  }

  /** The rows in any of these states, in no order. */
  *rowsIn(states: readonly JobState[]): Generator<number> {
    for (const state of states) {
      yield* this.#inState.rowsOf(this.#stateNames.indexOf(state));
    }
  }

  countIn(state: JobState): number {
    return this.#inState.sizeOf(this.#stateNames.indexOf(state));
  }

  /** The states that are not final, unknown ones that were seen among them. */
  get activeStates(): readonly JobState[] {
    return this.#stateNames.filter((state) => !isFinalState(state));
  }

  /** The rows whose tasks are known, with these. */
  get rowsWithTasks(): Iterable<readonly [row: number, tasks: readonly JobTask[]]> {
    return this.#tasks;
  }

  /** Newest first; jobs of the same instant in the order of their ids. */
  readonly compare = (a: number, b: number): number => {
    // A job without a time of creation comes last.
    const createdA = this.#raw(a, createdField) || 0;
    const createdB = this.#raw(b, createdField) || 0;
    return createdB - createdA || (this.idOf(a) < this.idOf(b) ? -1 : this.idOf(a) > this.idOf(b) ? 1 : 0);
  };

  #unsort(row: number, fromAll: boolean, fromState: boolean): void {
    if (fromAll) {
      this.#newestFirst.delete(row);
    }
    if (fromState) {
      this.#inState.delete(this.#stateIndexOf(row), row);
    }
  }

  #newRow(id: string): number {
    const row = this.#free.pop() ?? this.#ids.length;
    this.#numbers[row >> blockShift] ??= new Float64Array(blockRows * fieldCount);
    this.#ids[row] = id;
    this.#rowOf.set(id, row);
    this.#setNumber(row, progressField, null);
    return row;
  }

  #stateIndexOf(row: number): number {
    return this.#raw(row, stateField);
  }

  #stateIndex(state: JobState): number {
    const known = this.#stateNames.indexOf(state);
    if (known >= 0) {
      return known;
    }
    // A service that makes up states without end gets them all in one place.
    return this.#stateNames.length > 0xffff ? 0xffff : this.#stateNames.push(state) - 1;
  }

  #number(row: number, field: number): number | null {
    const value = this.#raw(row, field);
    return Number.isNaN(value) ? null : value;
  }

  #raw(row: number, field: number): number {
    const block = this.#numbers[row >> blockShift] as Float64Array;
    return block[(row & (blockRows - 1)) * fieldCount + field] as number;
  }

  #setNumber(row: number, field: number, value: number | null): void {
    const block = this.#numbers[row >> blockShift] as Float64Array;
    block[(row & (blockRows - 1)) * fieldCount + field] = value ?? Number.NaN;
  }
}

function setOrDelete<T>(map: Map<number, T>, row: number, value: T | null): void {
  if (value === null) {
    map.delete(row);
  } else {
    map.set(row, value);
  }
}
