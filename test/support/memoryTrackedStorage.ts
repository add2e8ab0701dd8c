import { Emitter } from '../../src/jobs/lifecycle.ts';
import type { TrackedChoice, TrackedJobStorage } from '../../src/jobs/trackedJob.ts';

/** What is tracked, without a disk. A test says what other windows save. */
export class MemoryTrackedStorage implements TrackedJobStorage {
  /** As it comes back from a file. */
  stored: unknown = null;
  /** Everything that was saved here, in order. */
  readonly saved: TrackedChoice[] = [];
  readonly #change = new Emitter<unknown>();
  readonly onDidChange = this.#change.event;

  load(): Promise<unknown> {
    return Promise.resolve(this.stored);
  }

  save(choice: TrackedChoice): void {
    const written = JSON.parse(JSON.stringify(choice)) as TrackedChoice;
    this.saved.push(written);
    this.stored = written;
  }

  /** What another window saved. */
  tell(stored: unknown): void {
    this.stored = stored;
    this.#change.fire(stored);
  }
}
