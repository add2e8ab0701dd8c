import { showFailureOf } from './messages.ts';
import type { Services } from './services.ts';

/** Says why an account's jobs are not there, for the links of the panel's welcome texts. */
export function explainFailure(services: Services): void {
  showFailureOf(
    services.accounts.accounts.map(({ name }) => name),
    services,
  );
}
