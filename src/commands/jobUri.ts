import type { JobKey } from '../jobs/job.ts';
import { parseJobId } from '../jobs/jobId.ts';

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

/** Longer addresses are none of ours: a name has at most 64 characters, an id 45. */
const longestQuery = 1_000;

/**
 * The job that an address means: `/job?account=…&id=…`, in either order and nothing else.
 * @param accounts the names of those there are; another one is refused
 * @returns `null` for an address that is not of this form
 */
export function readJobUri({ path, query, fragment }: UriParts, accounts: readonly string[]): JobKey | null {
  if (path !== '/job' || fragment !== '' || query.length > longestQuery) {
    return null;
  }
  // Decoded, the separators cannot be told from the same characters in a name. So a name is all that is beside the id.
  const match =
    /^account=(?<account>.+)&id=(?<id>[\w:%-]+)$/.exec(query) ??
    /^id=(?<id>[\w:%-]+)&account=(?<account>.+)$/.exec(query);
  const { account = '', id: written = '' } = match?.groups ?? {};
  const name = accounts.find((known) => known === account) ?? accounts.find((known) => known === decoded(account));
  const id = parseJobId(written);
  return name === undefined || id === null ? null : { account: name, id };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
