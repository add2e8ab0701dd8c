import type { Account } from '../accounts/accountRegistry.ts';
import type { JobKey } from '../jobs/job.ts';
import { ServiceError } from '../jobs/serviceError.ts';
import { jobIdExamples, jobIdFormOf } from './jobIds.ts';
import type { Services } from './services.ts';

/** What a call by another extension, a keybinding or a link says about a job. */
export interface JobArguments {
  readonly account?: string;
  readonly jobId: string;
}

/** Whether a command was called with arguments of its own, not picked by a person. Rows of the tree are not such a call. */
export function isJobArguments(value: unknown): value is JobArguments {
  return typeof value === 'object' && value !== null && 'jobId' in value && !('type' in value);
}

/** Whether the argument is a row of a job. */
export function isJobKey(value: unknown): value is JobKey {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'job' &&
    'account' in value &&
    typeof value.account === 'string' &&
    'id' in value &&
    typeof value.id === 'string'
  );
}

/**
 * The job that a call names.
 * @throws ServiceError `badRequest` for a malformed id, `configuration` for an account that there is not.
 */
export function jobFromArguments(args: JobArguments, services: Pick<Services, 'accounts'>): JobKey {
  const { jobId } = args;
  const idIn = (accounts: readonly Account[]): string | undefined =>
    typeof jobId === 'string' ? accounts.flatMap((account) => jobIdFormOf(account).parse(jobId) ?? [])[0] : undefined;
  const all = services.accounts.accounts;
  if (all.length > 0 && idIn(all) === undefined) {
    throw new ServiceError('badRequest', malformedJobId(jobId, jobIdExamples(all)));
  }
  const account = accountFromArguments(args, services);
  const named = all.filter(({ name }) => name === account);
  const id = idIn(named);
  if (id === undefined) {
    throw new ServiceError('badRequest', malformedJobId(jobId, jobIdExamples(named)));
  }
  return { account, id };
}

/**
 * The account that a call names, or the only one there is.
 * @throws ServiceError `configuration`
 */
export function accountFromArguments(
  args: { readonly account?: unknown },
  { accounts }: Pick<Services, 'accounts'>,
): string {
  const names = accounts.accounts.map(({ name }) => name);
  if (args.account === undefined) {
    const [only, ...others] = names;
    if (only === undefined) {
      throw new ServiceError('configuration', 'There is no Media Services account.');
    }
    if (others.length > 0) {
      throw new ServiceError('configuration', `Say which account: ${names.join(', ')}`);
    }
    return only;
  }
  const name = names.find((candidate) => candidate === args.account);
  if (name === undefined) {
    throw new ServiceError(
      'configuration',
      `There is no account of this name: ${described(args.account).slice(0, 200)}`,
    );
  }
  return name;
}

/** What a caller gave in place of a text. An object may have no text at all, or take the whole stack to make one. */
function described(value: unknown): string {
  return typeof value === 'object' || typeof value === 'function' ? `[${typeof value}]` : String(value);
}

/** The jobs that a menu, a call or the selection in the panel means. */
export function jobsFromArguments(node: unknown, nodes: unknown, services: Services): readonly JobKey[] {
  if (isJobArguments(node)) {
    return [jobFromArguments(node, services)];
  }
  const selected = Array.isArray(nodes) ? nodes.filter(isJobKey) : [];
  if (selected.length > 0) {
    return selected;
  }
  return isJobKey(node) ? [node] : services.view.selectedJobs;
}

/** Why an argument was refused; not more of it than one can read. */
export function malformedJobId(given: unknown, examples: string): string {
  return `This is not a job id, which looks like ${examples}: ${described(given).slice(0, 200)}`;
}
