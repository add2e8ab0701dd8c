import { showFailure } from './messages.ts';
import type { Services } from './services.ts';

/** Says why an account's jobs are not there, for the links of the panel's welcome texts. */
export async function explainFailure(services: Services): Promise<void> {
  for (const { name } of services.accounts.accounts) {
    const status = services.store.status(name);
    if (status.state === 'failed') {
      await showFailure(status.error, name);
      return;
    }
  }
}
