import { l10n } from 'vscode';
import { parseJobId } from '../jobs/jobId.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { accountFromNode, pickAccount } from './accountArguments.ts';
import { checkJobProgress } from './checkJobProgress.ts';
import { malformedJobId } from './jobArguments.ts';
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
  const id = typeof jobId === 'string' ? parseJobId(jobId) : null;
  if (id === null) {
    throw new ServiceError('badRequest', malformedJobId(jobId));
  }
  if (accounts.accounts.length === 0) {
    await offerAccount(services);
    return;
  }
  const named = accountFromNode(account, services);
  const known = accounts.accounts.filter(({ name }) => store.get({ account: name, id }) !== undefined);
  const candidates = known.length > 0 ? known : accounts.accounts;
  const question = l10n.t('Which account has the job {0}?', id);
  const chosen = await pickAccount(named, question, (candidate) => candidates.includes(candidate), services);
  if (chosen) {
    await checkJobProgress(services, { type: 'job', account: chosen.name, id });
  }
}
