import type { Localizer } from './localize.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Whole percents, rounded down so that 100% is never shown before the end. */
export function formatPercent(progress: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent' }).format(Math.floor(progress) / 100);
}

/** The time left in steps that do not flicker: below a minute, minutes, then steps of five minutes. */
export function formatTimeLeft(leftMs: number, l10n: Localizer): string {
  if (leftMs < minuteMs) {
    return l10n.t('< 1 min left');
  }
  const minutes = Math.ceil(leftMs / minuteMs);
  const stepped = minutes <= 15 ? minutes : Math.ceil(minutes / 5) * 5;
  return l10n.t('{0} left', formatMinutes(stepped, l10n));
}

/** A span of time in its two largest units: `48 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(durationMs: number, l10n: Localizer): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  if (seconds < 60) {
    return l10n.t('{0} s', seconds);
  }
  if (seconds < 3600) {
    return twoUnits(l10n.t('{0} min', Math.floor(seconds / 60)), seconds % 60, (rest) => l10n.t('{0} s', rest));
  }
  return formatMinutes(Math.round(seconds / 60), l10n);
}

/** How long ago something was, in one unit: `just now`, `5 min ago`, `2 h ago`, `3 d ago`, and a date beyond a month. */
export function formatAgo(time: number, now: number, l10n: Localizer, locale: string): string {
  const ago = now - time;
  if (ago < minuteMs) {
    return l10n.t('just now');
  }
  if (ago < hourMs) {
    return l10n.t('{0} ago', l10n.t('{0} min', Math.floor(ago / minuteMs)));
  }
  if (ago < dayMs) {
    return l10n.t('{0} ago', l10n.t('{0} h', Math.floor(ago / hourMs)));
  }
  if (ago < 30 * dayMs) {
    return l10n.t('{0} ago', l10n.t('{0} d', Math.floor(ago / dayMs)));
  }
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(time);
}

/** Date and time in the person's own zone. */
export function formatLocalTime(time: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(time);
}

/** The time of a day that everybody knows, in the person's own zone. */
export function formatTimeOfDay(time: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(time);
}

/** Date and time in UTC, in the order that logs and the service use. */
export function formatUtcTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const barWidth = 24;

/** A progress bar for Markdown with HTML: runs of spaces on two backgrounds, in the theme's colours. */
export function drawBar(progress: number): string {
  const filled = Math.floor((Math.min(100, Math.max(0, progress)) / 100) * barWidth);
  const run = (length: number, color: string): string =>
    length === 0 ? '' : `<span style="background-color:var(--vscode-${color});">${'&nbsp;'.repeat(length)}</span>`;
  return run(filled, 'charts-blue') + run(barWidth - filled, 'list-inactiveSelectionBackground');
}

function formatMinutes(minutes: number, l10n: Localizer): string {
  if (minutes < 60) {
    return l10n.t('{0} min', minutes);
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    return twoUnits(l10n.t('{0} h', hours), minutes % 60, (rest) => l10n.t('{0} min', rest));
  }
  return twoUnits(l10n.t('{0} d', Math.floor(hours / 24)), hours % 24, (rest) => l10n.t('{0} h', rest));
}

function twoUnits(large: string, rest: number, small: (rest: number) => string): string {
  return rest === 0 ? large : `${large} ${small(rest)}`;
}
