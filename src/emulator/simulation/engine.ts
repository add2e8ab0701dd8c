import { Heap } from './heap.ts';
import type { TaskError } from './plan.ts';
import { progressAt } from './progress.ts';
import { isFinal, type JobRun, State, type TaskRun } from './run.ts';

interface Event {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/** From the request to cancel until a task that holds a unit has let go of it, simulated milliseconds. */
const cancelingMs = 2500;

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

  /** Asks to cancel now. Returns false where the job is final or already being canceled. */
  cancel(job: JobRun): boolean {
    if (isFinal(job.state) || job.state === State.canceling) {
      return false;
    }
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
      this.#at(this.#now + cancelingMs, () => this.#canceled(job));
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
      if (task.plan.after === position) {
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
    if (job.tasks.every((other) => other.state === State.finished)) {
      this.#endJob(job, State.finished);
      this.#dispatch();
    } else {
      this.#ready(job, task.position);
    }
  }

  /** One failed task makes the job an Error; its other tasks are canceled. */
  #failed(task: TaskRun, error: TaskError): void {
    task.error = error;
    this.#end(task, State.error);
    for (const other of task.job.tasks) {
      if (!isFinal(other.state)) {
        this.#end(other, State.canceled);
      }
    }
    this.#endJob(task.job, State.error);
    this.#dispatch();
  }

  #canceled(job: JobRun): void {
    if (job.state !== State.canceling) {
      return;
    }
    for (const task of job.tasks) {
      if (!isFinal(task.state)) {
        this.#end(task, State.canceled);
      }
    }
    this.#endJob(job, State.canceled);
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
  const byPriority = right.job.plan.priority - left.job.plan.priority;
  const byAge = left.job.createdAt - right.job.createdAt;
  return (byPriority || byAge || left.position - right.position) < 0;
}
