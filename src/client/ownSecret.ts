import { ServiceError } from '../jobs/serviceError.ts';

/**
 * The secret that an account cannot sign in without.
 * @param what its name, in a sentence
 * @throws ServiceError `secretMissing` where nobody has entered it yet
 */
export async function requireSecret(
  getSecret: () => Promise<string | undefined>,
  what: string,
  account: { readonly name: string },
): Promise<string> {
  const secret = await getSecret();
  if (secret === undefined || secret === '') {
    throw new ServiceError('secretMissing', `Sign in to enter the ${what} of the account: ${account.name}`);
  }
  return secret;
}

/** A token as a person pasted it, without what may come along from a header. */
export function withoutScheme(pasted: string): string {
  return pasted.trim().replace(/^Bearer(?:\s+|$)/i, '');
}
