const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Steps that clocks have, in milliseconds. */
const steps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 28].map((count) => count * day),
];

/** Times for the marks of an axis, in the person's own zone, no more than `most` of them. */
export function ticksBetween(from: number, to: number, most: number): readonly number[] {
  const span = Math.max(1, to - from);
  const step = steps.find((candidate) => span / candidate <= most) ?? Math.ceil(span / most / day) * day;
  const offset = new Date(from).getTimezoneOffset() * minute;
  const first = Math.ceil((from - offset) / step) * step + offset;
  const ticks: number[] = [];
  for (let at = first; at <= to && ticks.length <= most; at += step) {
    ticks.push(at);
  }
  return ticks;
}

/** How times are written on an axis of this length. */
export function tickFormat(span: number, locale: string): (at: number) => string {
  const options: Intl.DateTimeFormatOptions =
    span < 10 * minute
      ? { hour: 'numeric', minute: '2-digit', second: '2-digit' }
      : span < 2 * day
        ? { hour: 'numeric', minute: '2-digit' }
        : { month: 'short', day: 'numeric' };
  const format = new Intl.DateTimeFormat(locale, options);
  return (at) => format.format(at);
}
