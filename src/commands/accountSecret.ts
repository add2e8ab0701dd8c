import type { SecretKind } from '../accounts/secretDestination.ts';
import { isJwt, readExpiry } from '../client/accessToken.ts';
import type { ServiceKind } from '../client/account.ts';
import { withoutScheme } from '../client/ownSecret.ts';
import { formatLocalTime } from '../views/format.ts';
import type { PresentationContext } from '../views/jobPresentation.ts';
import type { Localizer } from '../views/localize.ts';

/** What a person is told and may enter where a secret is asked for, apart from how it is asked. */

/** Where a service gives out its secrets; nothing where people know. */
export function secretSource(kind: ServiceKind, l10n: Localizer): string | undefined {
  switch (kind) {
    case 'ams':
      return undefined;
    case 'mkio':
      return l10n.t(
        'A personal API token: in the MK.IO portal, profile menu → e-mail address → “Your personal API tokens” → Add Token.',
      );
    case 'ravnur':
      return l10n.t('The API key: in the console of Ravnur Media Services, on the tab “API Credentials”.');
  }
}

/** A secret as it is kept: white space is part of a passphrase; around the others it was only copied along. */
export function cleanSecret(secretKind: SecretKind, entered: string): string {
  switch (secretKind) {
    case 'passphrase':
      return entered;
    case 'token':
      return withoutScheme(entered);
    default:
      return entered.trim();
  }
}

/** Says what is wrong with a secret before it is sent anywhere, or nothing. It is not in what is said. */
export function secretProblem(
  kind: ServiceKind,
  secretKind: SecretKind,
  entered: string,
  { l10n, locale, now }: PresentationContext,
): string | undefined {
  const secret = cleanSecret(secretKind, entered);
  if (secret === '' && secretKind !== 'passphrase') {
    return l10n.t('Enter the secret; it cannot be empty.');
  }
  if (secretKind !== 'token') {
    return undefined;
  }
  if (kind === 'mkio' && !isJwt(secret)) {
    return l10n.t('This is no MK.IO token: that has three long parts with dots between. Copy the whole of it.');
  }
  const expiresAt = readExpiry(secret);
  return expiresAt !== null && expiresAt <= now
    ? l10n.t('This token has expired on {0}. Create a new one.', formatLocalTime(expiresAt, locale))
    : undefined;
}
