import type { AccountSummary } from '../jobs/accountStatus.ts';
import { formatLocalTime } from './format.ts';
import type { PresentationContext } from './jobPresentation.ts';
import { plainLine } from './text.ts';

const dayMs = 86_400_000;
const shownFromDays = 14;

/** As whom an account is signed in, and for how long still where that ends soon: `me@contoso.com · token expires in 5 days`. */
export function signInText(account: AccountSummary, context: PresentationContext): string {
  return [plainLine(account.identity ?? ''), expiryText(account, context)].filter(Boolean).join(' · ');
}

function expiryText({ expiresAt = Number.POSITIVE_INFINITY }: AccountSummary, context: PresentationContext): string {
  const { l10n, now } = context;
  const daysLeft = Math.floor((expiresAt - now) / dayMs);
  if (daysLeft < 0) {
    return l10n.t('token has expired');
  }
  switch (daysLeft) {
    case 0:
      return l10n.t('token expires within a day');
    case 1:
      return l10n.t('token expires in 1 day');
    default:
      return daysLeft < shownFromDays ? l10n.t('token expires in {0} days', daysLeft) : '';
  }
}

/** The same at length, a line for each; nothing of what is not known. */
export function signInLines({ identity, expiresAt }: AccountSummary, context: PresentationContext): readonly string[] {
  const { l10n, locale } = context;
  return [
    ...(identity === undefined ? [] : [l10n.t('Signed in as {0}', plainLine(identity))]),
    ...(expiresAt === undefined ? [] : [l10n.t('The token expires on {0}', formatLocalTime(expiresAt, locale))]),
  ];
}
