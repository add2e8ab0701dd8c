import { l10n } from 'vscode';
import { jobIdForms } from '../jobs/jobIdForms.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { accountFromNode, pickAccount } from './accountArguments.ts';
import { checkJobProgress } from './checkJobProgress.ts';
import { malformedJobId } from './jobArguments.ts';
import { jobIdFormOf } from './jobIds.ts';
import { offerAccount } from './pickJob.ts';
import type { Services } from './services.ts';

/**
 * Follows a link to a job in a text: the same as picking the job in Check Job Progress. Where several accounts may be
 * meant, the person says which; those that are known to have the job come alone.
 * @param account the only one to look in, where the link says so
 * @throws ServiceError `badRequest` for what is no job id, `configuration` for an account that there is not
 */
export async function followLink(services: Services, jobId: unknown, account?: unknown): Promise<void> {
  const { accounts, store } = services;
  const text = typeof jobId === 'string' ? jobId : '';
  const anyForm = Object.values(jobIdForms);
  const [id] = anyForm.flatMap((form) => form.parse(text) ?? []);
  if (id === undefined) {
    throw new ServiceError('badRequest', malformedJobId(jobId, anyForm.map(({ example }) => example).join(', ')));
  }
  const candidatesByForm = accounts.accounts.filter((account) => jobIdFormOf(account).parse(text) !== null);
  if (candidatesByForm.length === 0) {
    await offerAccount(services);
    return;
  }
  const named = accountFromNode(account, services);
  const known = candidatesByForm.filter(({ name }) => store.get({ account: name, id }) !== undefined);
  const candidates = known.length > 0 ? known : candidatesByForm;
  const question = l10n.t('Which account has the job {0}?', id);
  const chosen = await pickAccount(named, question, (candidate) => candidates.includes(candidate), services);
  if (chosen) {
    await checkJobProgress(services, { type: 'job', account: chosen.name, id });
  }
}
