import { isFinalState, type Job, type JobRecord, type JobState, type JobTask, knownJobStates } from './job.ts';
import type { Pace } from './pace.ts';
import { SortedRows } from './sortedRows.ts';

const firstCapacity = 64;
const growth = 1.5;

/** The numbers of a record, each in a column of its own; `null` is not-a-number there. */
const numberColumns = ['created', 'lastModified', 'started', 'ended', 'priority', 'runningDurationMs'] as const;

type NumberColumn = (typeof numberColumns)[number] | 'progress';

/**
 * The jobs of one account in columns: an account may hold 50,000, and as objects they would take three times the memory.
 * A job is made into an object when somebody asks for it. Rows are numbers that stay the same for a job's life.
 */
export class JobTable {
  readonly #account: string;
  readonly #rowOf = new Map<string, number>();
  readonly #ids: string[] = [];
  readonly #names: string[] = [];
  readonly #numbers: Record<NumberColumn, Float64Array<ArrayBuffer>>;
  /** Positions in `#stateNames`. */
  #states = new Uint16Array(firstCapacity);
  readonly #stateNames: JobState[] = [...knownJobStates];
  readonly #tasks = new Map<number, readonly JobTask[]>();
  readonly #paces = new Map<number, Pace>();
  readonly #free: number[] = [];
  readonly #newestFirst: SortedRows;
  /** By position in `#stateNames`, each newest first. */
  readonly #inState: SortedRows[] = [];

  constructor(account: string) {
    this.#account = account;
    const column = (): Float64Array<ArrayBuffer> => new Float64Array(firstCapacity);
    this.#numbers = {
      created: column(),
      lastModified: column(),
      started: column(),
      ended: column(),
      priority: column(),
      runningDurationMs: column(),
      progress: column(),
    };
    this.#newestFirst = new SortedRows(this.#compare);
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
      name: this.#names[row] ?? '',
      state: this.stateOf(row),
      created: this.#number('created', row),
      lastModified: this.#number('lastModified', row),
      started: this.#number('started', row),
      ended: this.#number('ended', row),
      priority: this.#number('priority', row),
      runningDurationMs: this.#number('runningDurationMs', row),
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
    return this.#stateNames[this.#states[row] as number] as JobState;
  }

  createdOf(row: number): number | null {
    return this.#number('created', row);
  }

  progressOf(row: number): number | null {
    return this.#number('progress', row);
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
      numberColumns.every((column) => this.#number(column, row) === record[column])
    );
  }

  /** Adds a job that is not in here, or takes over another record for one that is. */
  write(record: JobRecord): number {
    const before = this.#rowOf.get(record.id);
    if (before !== undefined) {
      this.#unsort(before);
    }
    const row = before ?? this.#newRow(record.id);
    this.#names[row] = record.name;
    this.#states[row] = this.#stateIndex(record.state);
    for (const column of numberColumns) {
      this.#setNumber(column, row, record[column]);
    }
    this.#newestFirst.add(row);
    this.#orderOf(this.#states[row] as number).add(row);
    return row;
  }

  setProgress(row: number, progress: number | null): void {
    this.#setNumber('progress', row, progress);
  }

  setTasks(row: number, tasks: readonly JobTask[] | null): void {
    setOrDelete(this.#tasks, row, tasks);
  }

  setPace(row: number, pace: Pace | null): void {
    setOrDelete(this.#paces, row, pace);
  }

  delete(row: number): void {
    this.#unsort(row);
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

  /** The same, for rows in one of these states only, all of one state before those of the next. */
  forEachInStatesWhile(states: readonly JobState[], visit: (row: number) => boolean): void {
    let goesOn = true;
    for (const state of states) {
      this.#inState[this.#stateNames.indexOf(state)]?.forEachWhile((row) => {
        goesOn = visit(row);
        return goesOn;
      });
      if (!goesOn) {
        return;
      }
    }
  }

  countIn(state: JobState): number {
    return this.#inState[this.#stateNames.indexOf(state)]?.size ?? 0;
  }

  /** The states that are not final, unknown ones that were seen among them. */
  get activeStates(): readonly JobState[] {
    return this.#stateNames.filter((state) => !isFinalState(state));
  }

  /** The rows whose tasks are known, with these. */
  get rowsWithTasks(): Iterable<readonly [row: number, tasks: readonly JobTask[]]> {
    return this.#tasks;
  }

  readonly #compare = (a: number, b: number): number => {
    const { created } = this.#numbers;
    // A job without a time of creation comes last.
    return (
      (created[b] || 0) - (created[a] || 0) || (this.idOf(a) < this.idOf(b) ? -1 : this.idOf(a) > this.idOf(b) ? 1 : 0)
    );
  };

  #unsort(row: number): void {
    this.#newestFirst.delete(row);
    this.#orderOf(this.#states[row] as number).delete(row);
  }

  #newRow(id: string): number {
    const row = this.#free.pop() ?? this.#ids.length;
    if (row >= this.#states.length) {
      this.#grow();
    }
    this.#ids[row] = id;
    this.#rowOf.set(id, row);
    this.#setNumber('progress', row, null);
    return row;
  }

  #grow(): void {
    const capacity = Math.ceil(this.#states.length * growth);
    for (const column of Object.keys(this.#numbers) as NumberColumn[]) {
      const larger = new Float64Array(capacity);
      larger.set(this.#numbers[column]);
      this.#numbers[column] = larger;
    }
    const states = new Uint16Array(capacity);
    states.set(this.#states);
    this.#states = states;
  }

  #stateIndex(state: JobState): number {
    const known = this.#stateNames.indexOf(state);
    if (known >= 0) {
      return known;
    }
    // A service that makes up states without end gets them all in one place.
    return this.#stateNames.length > 0xffff ? 0xffff : this.#stateNames.push(state) - 1;
  }

  #orderOf(state: number): SortedRows {
    this.#inState[state] ??= new SortedRows(this.#compare);
    return this.#inState[state];
  }

  #number(column: NumberColumn, row: number): number | null {
    const value = this.#numbers[column][row] as number;
    return Number.isNaN(value) ? null : value;
  }

  #setNumber(column: NumberColumn, row: number, value: number | null): void {
    this.#numbers[column][row] = value ?? Number.NaN;
  }
}

function setOrDelete<T>(map: Map<number, T>, row: number, value: T | null): void {
  if (value === null) {
    map.delete(row);
  } else {
    map.set(row, value);
  }
}
