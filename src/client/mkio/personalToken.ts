import type { Clock } from '../../jobs/clock.ts';
import { ServiceError } from '../../jobs/serviceError.ts';
import { type AccessToken, isJwt, isSendable, readExpiry } from '../accessToken.ts';
import type { MkioAccount } from '../account.ts';
import { requireSecret, withoutScheme } from '../ownSecret.ts';
import type { RequestToken } from '../tokenCache.ts';
import { refusedToken } from './mkioProtocol.ts';

/** How an account of MK.IO gets its token: a person has pasted it ("Authentication": personal API tokens). */
export function personalTokenSource(
  account: Pick<MkioAccount, 'name'>,
  getSecret: () => Promise<string | undefined>,
  clock: Clock,
): RequestToken {
  return async (_signal, rejected) => usable(await requireSecret(getSecret, 'token', account), rejected, clock);
}

/**
 * A pasted token is used as it is until it expires or is refused; then only the person can give another.
 * @throws ServiceError `signIn`
 */
function usable(pasted: string, rejected: string | null, clock: Clock): AccessToken {
  const token = withoutScheme(pasted);
  if (!isSendable(token) || !isJwt(token)) {
    throw new ServiceError(
      'signIn',
      'The pasted text is no personal API token. Paste the token alone, without line breaks.',
    );
  }
  const expiresAt = readExpiry(token);
  if (expiresAt !== null && expiresAt <= clock.now()) {
    throw new ServiceError('signIn', 'The personal API token has expired. Create a new one, and sign in with it.');
  }
  if (token === rejected) {
    throw new ServiceError('signIn', `${refusedToken}.`, { status: 401 });
  }
  return { token, lifetimeMs: expiresAt === null ? null : expiresAt - clock.now() };
}
