import { Heap } from './heap.ts';
import { doNotCancelOnJobFailure, prerequisitesOf, type TaskError } from './plan.ts';
import { progressAt } from './progress.ts';
import { isFinal, type JobRun, State, type TaskRun } from './run.ts';

interface Event {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/** From the request to cancel until a task that holds a unit has let go of it, simulated milliseconds. */
const cancelingMs = 2500;
/** Where a cancel may come too late: how much of its time each unfinished task has behind it. */
const tooLateFraction = 0.9;
/** More steps than a job of the most tasks can take. */
const mostSteps = 200;

/**
 * Drives jobs through their states on a fixed number of reserved units. Each unit runs one task at a time, as the
 * service's documentation of scaling says; higher priority first, then older. The engine has no clock: it is moved to a
 * simulated time and everything due until then happens in order, so the outcome depends on nothing else.
 */
export class Engine {
  #now = Number.NEGATIVE_INFINITY;
  #order = 0;
  #freeUnits: number;
  readonly #events = new Heap<Event>((left, right) =>
    left.at === right.at ? left.order < right.order : left.at < right.at,
  );
  readonly #waiting = new Heap<TaskRun>(isServedBefore);

  constructor(reservedUnits: number) {
    this.#freeUnits = reservedUnits;
  }

  /** Simulated milliseconds. */
  get now(): number {
    return this.#now;
  }

  /** Lets everything happen that is due until `at`. Going back is ignored: clocks get corrected, jobs do not un-run. */
  advanceTo(at: number): void {
    for (let next = this.#events.peek(); next && next.at <= at; next = this.#events.peek()) {
      this.#events.pop();
      this.#now = Math.max(this.#now, next.at);
      next.happen();
    }
    this.#now = Math.max(this.#now, at);
  }

  /** Queues a new job at its creation time. */
  submit(job: JobRun): void {
    this.advanceTo(job.createdAt);
    this.#at(job.createdAt + job.plan.pickupMs, () => {
      if (job.state === State.queued) {
        this.#ready(job, null);
      }
    });
  }

  /**
   * Asks to cancel now. Returns false where the job is final or already being canceled.
   *
   * @param canFinish whether a job that is nearly done may be Finished in the end
   */
  cancel(job: JobRun, canFinish = false): boolean {
    if (isFinal(job.state) || job.state === State.canceling) {
      return false;
    }
    const comesTooLate = canFinish && job.tasks.every((task) => isFinal(task.state) || this.#isNearlyDone(task));
    job.modifiedAt = this.#now;
    for (const task of job.tasks) {
      if (holdsUnit(task)) {
        task.lastProgress = this.progressOf(task);
        task.state = State.canceling;
      } else if (task.state === State.queued) {
        this.#end(task, State.canceled);
      }
    }
    if (job.tasks.some(holdsUnit)) {
      job.state = State.canceling;
      this.#at(this.#now + cancelingMs, () => this.#canceled(job, comesTooLate ? State.finished : State.canceled));
    } else {
      this.#endJob(job, State.canceled);
    }
    return true;
  }

  /** Fails the job's running task, or else its first unfinished one, now. Returns false where the job is final. */
  fail(job: JobRun, error: TaskError): boolean {
    const open = job.tasks.filter((task) => !isFinal(task.state));
    const task = open.find((candidate) => candidate.state === State.processing) ?? open[0];
    if (!task || isFinal(job.state)) {
      return false;
    }
    this.#failed(task, error);
    return true;
  }

  /** Changes the priority. Returns false where the job is no longer queued. */
  prioritize(job: JobRun, priority: number): boolean {
    if (job.state !== State.queued) {
      return false;
    }
    // The order of those that wait hangs on it, so they line up anew.
    const waiting = this.#waiting.drain();
    job.priority = priority;
    job.modifiedAt = this.#now;
    for (const task of waiting) {
      this.#waiting.push(task);
    }
    return true;
  }

  /**
   * Takes a job to a state now, through all between and without waiting for a unit; without a state, one step on.
   * Returns false where it is final, or cannot get there.
   */
  force(job: JobRun, to?: State): boolean {
    // Up to Finished the numbers are in the order of a job's life.
    if (isFinal(job.state) || (to !== undefined && to <= job.state)) {
      return false;
    }
    for (let step = 0; step < mostSteps && !isFinal(job.state); step++) {
      this.#step(job);
      if (to === undefined || job.state === to) {
        return true;
      }
    }
    return false;
  }

  #step(job: JobRun): void {
    const inState = (state: State) => job.tasks.filter((task) => task.state === state);
    const scheduled = inState(State.scheduled);
    const processing = inState(State.processing);
    if (job.state === State.canceling) {
      this.#canceled(job);
    } else if (scheduled.length > 0) {
      scheduled.forEach((task) => {
        this.#start(task);
      });
    } else if (processing.length > 0) {
      for (const task of processing) {
        this.#finished(task);
      }
    } else {
      for (const task of job.tasks.filter((candidate) => this.#canRun(candidate))) {
        this.#freeUnits--;
        this.#schedule(task);
      }
    }
  }

  #isNearlyDone({ state, startedAt, plan }: TaskRun): boolean {
    return (
      state === State.processing && startedAt !== null && this.#now - startedAt >= plan.durationMs * tooLateFraction
    );
  }

  #canRun({ state, plan, job }: TaskRun): boolean {
    return (
      state === State.queued && prerequisitesOf(plan).every((position) => job.tasks[position]?.state === State.finished)
    );
  }

  /** Percent, 0–100. A task that failed or was canceled keeps what it had; the service promises nothing here. */
  progressOf(task: TaskRun): number {
    if (task.state !== State.processing || task.startedAt === null) {
      return task.lastProgress;
    }
    return progressAt(task.plan.curve, (this.#now - task.startedAt) / task.plan.durationMs);
  }

  #at(at: number, happen: () => void): void {
    this.#events.push({ at, order: this.#order++, happen });
  }

  /** Queues the tasks that read the output of `position` (null: the job's input) for a unit. */
  #ready(job: JobRun, position: number | null): void {
    for (const task of job.tasks) {
      const after = prerequisitesOf(task.plan);
      const isNext = position === null ? after.length === 0 : after.includes(position);
      if (isNext && this.#canRun(task)) {
        this.#waiting.push(task);
      }
    }
    this.#dispatch();
  }

  #dispatch(): void {
    while (this.#freeUnits > 0 && this.#waiting.size > 0) {
      const task = this.#waiting.pop();
      if (task?.state === State.queued) {
        this.#freeUnits--;
        this.#schedule(task);
      }
    }
  }

  #schedule(task: TaskRun): void {
    task.state = State.scheduled;
    task.scheduledAt = this.#now;
    if (task.job.state === State.queued) {
      task.job.state = State.scheduled;
    }
    this.#at(this.#now + task.plan.scheduleMs, () => {
      if (task.state === State.scheduled) {
        this.#start(task);
      }
    });
  }

  #start(task: TaskRun): void {
    const { job, plan } = task;
    task.state = State.processing;
    task.startedAt = this.#now;
    job.startedAt ??= this.#now;
    job.state = State.processing;
    const { ending } = job.plan;
    const endsHere = ending.kind !== 'finished' && ending.task === task.position;
    const runs = endsHere ? plan.durationMs * ending.fraction : plan.durationMs;
    this.#at(this.#now + runs, () => {
      if (task.state !== State.processing) {
        return;
      }
      if (!endsHere) {
        this.#finished(task);
      } else if (ending.kind === 'failed') {
        this.#failed(task, ending.error);
      } else {
        this.cancel(job);
      }
    });
  }

  #finished(task: TaskRun): void {
    const { job } = task;
    this.#end(task, State.finished);
    if (job.tasks.every((other) => isFinal(other.state))) {
      this.#endJob(job, job.tasks.some((other) => other.state === State.error) ? State.error : State.finished);
      this.#dispatch();
    } else {
      this.#ready(job, task.position);
    }
  }

  /** One failed task makes the job an Error; its other tasks are canceled, unless they were created not to be. */
  #failed(task: TaskRun, error: TaskError): void {
    const { job } = task;
    task.error = error;
    this.#end(task, State.error);
    const goesOn = (other: TaskRun) => ((other.plan.options ?? 0) & doNotCancelOnJobFailure) !== 0;
    for (const other of job.tasks) {
      if (!isFinal(other.state) && !goesOn(other)) {
        this.#end(other, State.canceled);
      }
    }
    // Some of those that go on wait for one that has just ended.
    const nextCutOff = () => job.tasks.find((other) => this.#isCutOff(other));
    for (let cutOff = nextCutOff(); cutOff; cutOff = nextCutOff()) {
      this.#end(cutOff, State.canceled);
    }
    if (job.tasks.every((other) => isFinal(other.state))) {
      this.#endJob(job, State.error);
    }
    this.#dispatch();
  }

  /** Whether it waits for an output that will never be. */
  #isCutOff({ state, plan, job }: TaskRun): boolean {
    const isLost = (other: State | undefined) => other === State.error || other === State.canceled;
    return state === State.queued && prerequisitesOf(plan).some((position) => isLost(job.tasks[position]?.state));
  }

  #canceled(job: JobRun, state: State = State.canceled): void {
    if (job.state !== State.canceling) {
      return;
    }
    for (const task of job.tasks) {
      if (!isFinal(task.state)) {
        this.#end(task, state);
      }
    }
    this.#endJob(job, state);
    this.#dispatch();
  }

  #end(task: TaskRun, state: State): void {
    if (holdsUnit(task)) {
      this.#freeUnits++;
    }
    task.lastProgress = state === State.finished ? 100 : this.progressOf(task);
    task.state = state;
    task.endedAt = this.#now;
  }

  #endJob(job: JobRun, state: State): void {
    job.state = state;
    job.endedAt = this.#now;
    job.modifiedAt = this.#now;
  }
}

function holdsUnit(task: TaskRun): boolean {
  return task.state === State.scheduled || task.state === State.processing || task.state === State.canceling;
}

function isServedBefore(left: TaskRun, right: TaskRun): boolean {
  const byPriority = right.job.priority - left.job.priority;
  const byAge = left.job.createdAt - right.job.createdAt;
  const byTask = (right.plan.priority ?? 0) - (left.plan.priority ?? 0);
  return (byPriority || byAge || byTask || left.position - right.position) < 0;
}
