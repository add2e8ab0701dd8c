import type { TrackedJobStorage } from '../jobs/trackedJob.ts';
import type { StateStorage } from './accountRegistry.ts';

/** One value of VS Code's state for the extension, which all windows have in common. */
export function storedIn(state: StateStorage, key: string): TrackedJobStorage {
  return { load: () => state.get(key), save: (value) => void state.update(key, value ?? undefined) };
}
