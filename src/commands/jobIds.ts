import type { Account } from '../accounts/accountRegistry.ts';
import { type JobIdForm, jobIdForms } from '../jobs/jobIdForms.ts';

/** What there is of an account to tell what its job ids look like. */
type IdAccount = Pick<Account, 'capabilities'>;

/** How the service of an account writes what names a job. */
export function jobIdFormOf({ capabilities }: IdAccount): JobIdForm {
  return jobIdForms[capabilities.jobIds];
}

/** What job ids look like in these accounts, as examples. */
export function jobIdExamples(accounts: readonly IdAccount[]): string {
  const forms = accounts.length === 0 ? [jobIdForms.guid] : accounts.map(jobIdFormOf);
  return [...new Set(forms.map(({ example }) => example))].join(', ');
}
