import { Emitter } from '../../src/jobs/lifecycle.ts';
import type { TrackedChoice, TrackedJobStorage } from '../../src/jobs/trackedJob.ts';

/** What is tracked, without a disk. A test says what other windows save. */
export class MemoryTrackedStorage implements TrackedJobStorage {
  /** As it comes back from a file. */
  stored: unknown = null;
  readonly #change = new Emitter<unknown>();
  readonly onDidChange = this.#change.event;

  load(): Promise<unknown> {
    return Promise.resolve(this.stored);
  }

  save(choice: TrackedChoice): void {
    this.stored = JSON.parse(JSON.stringify(choice));
  }

  /** What another window saved. */
  tell(stored: unknown): void {
    this.stored = stored;
    this.#change.fire(stored);
  }
}

/** Also remembers all that was saved, for tests of that: many times a second where a clock runs fast. */
export class RecordingTrackedStorage extends MemoryTrackedStorage {
  /** In order. */
  readonly saved: TrackedChoice[] = [];

  override save(choice: TrackedChoice): void {
    super.save(choice);
    this.saved.push(this.stored as TrackedChoice);
  }
}
