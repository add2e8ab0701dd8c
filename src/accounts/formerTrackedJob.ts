import type { TrackedJobStorage } from '../jobs/trackedJob.ts';

/** The part of `vscode.Memento` that is needed. */
interface FormerStorage {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const formerKey = 'mediaServices.trackedJob';

/**
 * The first version kept the tracked job, as it was, in a storage whose changes other windows do not hear of. It is taken
 * from there once, as a choice that any other one is later than.
 */
export function withFormerTrackedJob(storage: TrackedJobStorage, former: FormerStorage): TrackedJobStorage {
  return {
    load: async () => {
      const stored = await storage.load();
      const job = former.get(formerKey);
      if (job === undefined) {
        return stored;
      }
      void former.update(formerKey, undefined);
      return stored ?? { chosenAt: 1, job: typeof job === 'object' ? { ...job, pace: null, tasks: null } : null };
    },
    save: (choice) => storage.save(choice),
    onDidChange: storage.onDidChange,
  };
}
