import type { DocumentKind } from '../views/editors.ts';
import { forJobs, whileAsking } from './jobsToShow.ts';
import type { ErrorResult } from './messages.ts';
import type { PickPurpose } from './pickJob.ts';
import type { Services } from './services.ts';

/** More tabs than this at once are a slip of the hand. */
const mostTabs = 10;

/** Opens a document about each of the jobs that a command means. Of several, each gets a tab that stays. */
export function openJobDocument(
  services: Services,
  kind: DocumentKind,
  args: readonly [node?: unknown, nodes?: unknown],
  purpose: PickPurpose,
): Promise<ErrorResult | undefined> {
  return forJobs(services, args, purpose, (keys) =>
    whileAsking(async () => {
      for (const key of keys.slice(0, mostTabs)) {
        await services.editors.get().openDocument(kind, key, { preview: keys.length === 1 });
      }
    }),
  );
}
