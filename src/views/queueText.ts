import type { QueuePlace } from '../jobs/queuePlace.ts';
import { formatCount } from './format.ts';
import type { PresentationContext } from './jobPresentation.ts';

type Words = Pick<PresentationContext, 'l10n' | 'locale'>;

/**
 * Why a job waits, in whole sentences: how many reserved units are busy, and where in line the job is.
 * @returns `null` where nothing of it is known
 */
export function queueText(place: QueuePlace | null, context: Words): string | null {
  const sentences = place === null ? [] : [unitsText(place, context), placeText(place, context)];
  const known = sentences.filter((sentence) => sentence !== null);
  return known.length === 0 ? null : known.join(' ');
}

function unitsText({ busyUnits, isExact, reservedUnits }: QueuePlace, { l10n, locale }: Words): string | null {
  if (reservedUnits === 0 && (busyUnits ?? 0) <= 1) {
    return l10n.t('The account has no reserved units, so its tasks run one after the other.');
  }
  if (busyUnits === null) {
    return null;
  }
  const format = (count: number): string => formatCount(count, locale);
  // An account of later years runs as many tasks as it likes, whatever its units: they are no reason to wait then.
  if (reservedUnits === null || busyUnits > reservedUnits) {
    switch (busyUnits) {
      case 0:
        return null;
      case 1:
        return isExact ? l10n.t('One task is running.') : l10n.t('At least one task is running.');
      default:
        return isExact
          ? l10n.t('{0} tasks are running.', format(busyUnits))
          : l10n.t('At least {0} tasks are running.', format(busyUnits));
    }
  }
  const all = format(reservedUnits);
  if (busyUnits === reservedUnits) {
    return reservedUnits === 1
      ? l10n.t('The only reserved unit is busy.')
      : l10n.t('All {0} reserved units are busy.', all);
  }
  switch (busyUnits) {
    case 0:
      return l10n.t('No reserved unit is busy.');
    case 1:
      return isExact
        ? l10n.t('One of {0} reserved units is busy.', all)
        : l10n.t('At least one of {0} reserved units is busy.', all);
    default:
      return isExact
        ? l10n.t('{0} of {1} reserved units are busy.', format(busyUnits), all)
        : l10n.t('At least {0} of {1} reserved units are busy.', format(busyUnits), all);
  }
}

function placeText({ place }: QueuePlace, { l10n, locale }: Words): string | null {
  if (place === null) {
    return null;
  }
  return place === 1
    ? l10n.t('The job is next in line.')
    : l10n.t('The job is number {0} in line.', formatCount(place, locale));
}
