import type { Localizer } from './localize.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * Makes what `make` makes once for each language: formatters take long to make, and no time to use.
 * Without side effects, so that a bundle holds only those that it uses.
 * @__NO_SIDE_EFFECTS__
 */
function once<Formatter>(make: (locale: string) => Formatter): (locale: string) => Formatter {
  const made = new Map<string, Formatter>();
  return (locale) => {
    const known = made.get(locale) ?? make(locale);
    made.set(locale, known);
    return known;
  };
}

/** The tag of a language as dates and numbers need it; English where there is none such, as nothing here may throw. */
export const knownLocale = once((language) => {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(language)[0] ?? 'en';
  } catch {
    return 'en';
  }
});

/** @__NO_SIDE_EFFECTS__ */
function dateFormat(options: Intl.DateTimeFormatOptions): (locale: string) => Intl.DateTimeFormat {
  return once((locale) => new Intl.DateTimeFormat(locale, options));
}

/** @__NO_SIDE_EFFECTS__ */
function numberFormat(options: Intl.NumberFormatOptions): (locale: string) => Intl.NumberFormat {
  return once((locale) => new Intl.NumberFormat(locale, options));
}

/** @__NO_SIDE_EFFECTS__ */
function unitFormat(unit: string): (locale: string) => Intl.NumberFormat {
  return numberFormat({ style: 'unit', unit, unitDisplay: 'short' });
}

const percentFormat = numberFormat({ style: 'percent' });
const countFormat = numberFormat({});
const secondFormat = unitFormat('second');
const minuteFormat = unitFormat('minute');
const hourFormat = unitFormat('hour');
const dayFormat = unitFormat('day');
const unitsFormat = once((locale) => new Intl.ListFormat(locale, { type: 'unit', style: 'narrow' }));
const mediumDate = dateFormat({ dateStyle: 'medium' });
const fullDate = dateFormat({ dateStyle: 'full' });
const localTime = dateFormat({ dateStyle: 'medium', timeStyle: 'medium' });
const shortLocalTime = dateFormat({ dateStyle: 'medium', timeStyle: 'short' });
const timeOfDay = dateFormat({ timeStyle: 'short' });

/** Whole percents, rounded down so that 100% is never shown before the end. */
export function formatPercent(progress: number, locale: string): string {
  return percentFormat(locale).format(Math.floor(progress) / 100);
}

/** How many there are of something: `3,000`. */
export function formatCount(count: number, locale: string): string {
  return countFormat(locale).format(count);
}

/** The time left in steps that do not flicker: below a minute, minutes, then steps of five minutes. */
export function formatTimeLeft(leftMs: number, l10n: Localizer): string {
  if (leftMs < minuteMs) {
    return l10n.t('< {0} left', formatMinutes(1, l10n));
  }
  const minutes = Math.ceil(leftMs / minuteMs);
  const stepped = minutes <= 15 ? minutes : Math.ceil(minutes / 5) * 5;
  return l10n.t('{0} left', formatMinutes(stepped, l10n));
}

/** A span of time in its two largest units: `48 sec`, `3 min 20 sec`, `2 hr 5 min`, `3 days 4 hr`. */
export function formatDuration(durationMs: number, l10n: Localizer): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  return seconds < 3600
    ? formatUnits(seconds, 60, minuteFormat, secondFormat, l10n)
    : formatMinutes(Math.round(seconds / 60), l10n);
}

/** How long ago something was, in one unit: `just now`, `5 min ago`, `2 hr ago`, `3 days ago`, and a date beyond a month. */
export function formatAgo(time: number, now: number, l10n: Localizer, locale: string): string {
  const ago = now - time;
  if (ago < minuteMs) {
    return l10n.t('just now');
  }
  if (ago >= 30 * dayMs) {
    return mediumDate(locale).format(time);
  }
  const unit = ago < hourMs ? minuteMs : ago < dayMs ? hourMs : dayMs;
  return l10n.t('{0} ago', formatDuration(ago - (ago % unit), l10n));
}

/** Date and time in the person's own zone. */
export function formatLocalTime(time: number, locale: string): string {
  return localTime(locale).format(time);
}

/** The same without seconds, for times that somebody chose. */
export function formatShortLocalTime(time: number, locale: string): string {
  return shortLocalTime(locale).format(time);
}

/** The time of a day that everybody knows, in the person's own zone. */
export function formatTimeOfDay(time: number, locale: string): string {
  return timeOfDay(locale).format(time);
}

/** A day with its name, in the person's own zone. */
export function formatDay(time: number, locale: string): string {
  return fullDate(locale).format(time);
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
  return minutes < 24 * 60
    ? formatUnits(minutes, 60, hourFormat, minuteFormat, l10n)
    : formatUnits(Math.floor(minutes / 60), 24, dayFormat, hourFormat, l10n);
}

type UnitFormat = (language: string) => Intl.NumberFormat;

/** A count of the small unit, of which so many make the large one; a unit of which there is none is left out. */
function formatUnits(count: number, perLarge: number, large: UnitFormat, small: UnitFormat, l10n: Localizer): string {
  // Units are words, so they are in the language of the words around them, whatever the person's is: each bundle has
  // its own tag for this key.
  const language = l10n.t('en');
  const parts: [number, UnitFormat][] = [
    [Math.floor(count / perLarge), large],
    [count % perLarge, small],
  ];
  const shown = parts.filter(([number]) => number > 0);
  return unitsFormat(language).format(
    (shown.length > 0 ? shown : parts.slice(1)).map(([number, unit]) => unit(language).format(number)),
  );
}
