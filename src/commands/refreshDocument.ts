import { documentOf, whileAsking } from './jobsToShow.ts';
import { showFailure } from './messages.ts';
import type { Services } from './services.ts';

/** Refresh, in the title of a document about a job: asks for what it shows now. */
export async function refreshDocument({ editors }: Services, argument?: unknown): Promise<void> {
  const document = documentOf(argument);
  if (document) {
    try {
      await whileAsking(() => editors.get().refreshDocument(document.uri));
    } catch (error) {
      void showFailure(error, document.key.account);
    }
  }
}
