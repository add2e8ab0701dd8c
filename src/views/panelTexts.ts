import type { JobQuery } from '../jobs/jobQuery.ts';
import type { JobStore } from '../jobs/jobStore.ts';
import type { ServiceCapabilities } from '../jobs/serviceCapabilities.ts';
import { formatCount, formatShortLocalTime, formatTimeOfDay } from './format.ts';
import { dayKey } from './jobGroups.ts';
import { type PresentationContext, stateLabel } from './jobPresentation.ts';
import { shortLine } from './text.ts';

const maxNameLength = 40;

/** Which filter is on: `Failed, Canceled · name contains “trailer”`; nothing where none is. */
export function filterText({ states = [], name = '', createdFrom }: JobQuery, context: PresentationContext): string {
  const { l10n } = context;
  const parts: string[] = [];
  if (states.length > 0) {
    parts.push(states.map((state) => stateLabel(state, l10n)).join(', '));
  }
  if (name !== '') {
    parts.push(l10n.t('name contains “{0}”', shortLine(name, maxNameLength)));
  }
  if (createdFrom !== undefined) {
    parts.push(createdText(createdFrom, context));
  }
  return parts.join(' · ');
}

/** Since when jobs were created: `created today`, `created since 9:41 AM`. */
export function createdText(from: number, { l10n, locale, now }: PresentationContext): string {
  const isToday = dayKey(from) === dayKey(now);
  const date = new Date(from);
  if (isToday && date.getHours() + date.getMinutes() === 0) {
    return l10n.t('created today');
  }
  const time = isToday ? formatTimeOfDay(from, locale) : formatShortLocalTime(from, locale);
  return l10n.t('created since {0}', time);
}

/** How many jobs of how many a filter means, as far as that is known: `12 of 340 jobs`. */
export function countText(
  store: JobStore,
  accounts: readonly string[],
  query: JobQuery,
  { l10n, locale }: PresentationContext,
): string {
  const listings = accounts.map((account) => store.listing(account));
  if (!listings.every(({ loaded }) => loaded)) {
    return '';
  }
  const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
  const matching = sum(accounts.map((account) => store.count(account, query)));
  const found = formatCount(matching, locale);
  if (listings.some(({ searched }) => searched !== null)) {
    return l10n.t('{0} found', found);
  }
  const isMore = listings.some(({ hasMore }) => hasMore);
  if (listings.some(({ total }) => total === null)) {
    return isMore ? l10n.t('at least {0} jobs', found) : matching === 1 ? l10n.t('1 job') : l10n.t('{0} jobs', found);
  }
  // Counted at one time, and held at another: there are never fewer than are known.
  const totals = accounts.map((account, index) => Math.max(listings[index]?.total ?? 0, store.count(account)));
  const total = formatCount(sum(totals), locale);
  return isMore ? l10n.t('at least {0} of {1} jobs', found, total) : l10n.t('{0} of {1} jobs', found, total);
}

/** How far searches have come: `Looked at 3,000 jobs so far…`; nothing where none is under way. */
export function searchText(
  store: JobStore,
  accounts: readonly string[],
  { l10n, locale }: PresentationContext,
): string {
  const searches = accounts.map((account) => store.listing(account)).filter(({ searched }) => searched !== null);
  if (searches.length === 0) {
    return '';
  }
  const lookedAt = searches.reduce((sum, { searched }) => sum + (searched ?? 0), 0);
  const total = searches.reduce((sum, search) => sum + (search.total ?? Number.NaN), 0);
  return total >= lookedAt
    ? l10n.t('Looked at {0} of {1} jobs so far…', formatCount(lookedAt, locale), formatCount(total, locale))
    : l10n.t('Looked at {0} jobs so far…', formatCount(lookedAt, locale));
}

/**
 * Why jobs are looked at one after another: what the services of the accounts that are searched do not do themselves;
 * nothing where none is searched, or where a service turned out not to do what its kind does.
 */
export function searchReason(
  store: JobStore,
  accounts: readonly string[],
  query: JobQuery,
  { l10n, capabilitiesOf }: PresentationContext,
): string {
  const searched = accounts
    .filter((account) => store.listing(account).searched !== null)
    .flatMap((account) => capabilitiesOf(account) ?? []);
  const lacks = (part: keyof ServiceCapabilities['filter']): boolean => searched.some(({ filter }) => !filter[part]);
  if (query.name !== undefined && lacks('name')) {
    return l10n.t('the service does not filter by a part of the name');
  }
  if (query.states !== undefined && lacks('states')) {
    return l10n.t('the service does not filter by state');
  }
  if (query.createdFrom !== undefined && lacks('created')) {
    return l10n.t('the service does not filter by time');
  }
  return searched.some(({ sort }) => !sort) ? l10n.t('the service does not sort') : '';
}
