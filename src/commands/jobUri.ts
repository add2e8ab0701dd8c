import type { JobKey } from '../jobs/job.ts';
import type { JobIdForm } from '../jobs/jobIdForms.ts';

/** The parts of an address that `vscode.Uri` has; `query` comes percent-decoded from most places, and encoded from some. */
export interface UriParts {
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

/** The address of a job in this extension; it opens VS Code, which asks before it looks. */
export function jobUri({ account, id }: JobKey, scheme: string): string {
  const query = `account=${encode(account)}&id=${encode(id)}`;
  return `${scheme}://media-services-jobs.media-services-jobs/job?${query}`;
}

/** Half a surrogate pair cannot be encoded. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Longer addresses are none of ours: a name has at most 64 characters, an id 540, each of them up to nine encoded. */
const longestQuery = 6_000;

/** An account that an address may name. */
export interface NamedAccount {
  readonly name: string;
  /** How its service writes ids. */
  readonly form: Pick<JobIdForm, 'parse'>;
}

/**
 * The job that an address means: `/job?account=…&id=…`, in either order and nothing else.
 * @param accounts those there are; another one is refused
 * @returns `null` for an address that is not of this form
 */
export function readJobUri({ path, query, fragment }: UriParts, accounts: readonly NamedAccount[]): JobKey | null {
  if (path !== '/job' || fragment !== '' || query.length > longestQuery) {
    return null;
  }
  // Decoded, the separators cannot be told from the same characters in a name. So a name is all that is beside the id.
  const match =
    /^account=(?<account>.+)&id=(?<id>[^&]+)$/.exec(query) ?? /^id=(?<id>[^&]+)&account=(?<account>.+)$/.exec(query);
  const { account = '', id: written = '' } = match?.groups ?? {};
  const named = accounts.find(({ name }) => name === account) ?? accounts.find(({ name }) => name === decoded(account));
  const bare = decoded(written);
  const id = named?.form.parse(bare) ?? null;
  // The id and nothing around it, as this extension writes it.
  return named === undefined || id?.toLowerCase() !== bare.toLowerCase() ? null : { account: named.name, id };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
